"""Parcels followed by EasyPost: as they were recorded, by asking, and by messages of theirs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from adapters.carrier.easypost.client import Trackers
from adapters.carrier.easypost.following import AT_ONCE, EVERY, WITH_MESSAGES, Following
from adapters.carrier.easypost.news import NAME, read_event, read_tracker
from adapters.carrier.easypost.signature import SIGNATURE, is_signed, sign
from adapters.database.desk.order_page import show_order
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.shipping.carrier_news import CarrierNewsBook
from config.settings import Settings
from console.serve import _doorstep
from domain.carrier_news import Scan
from domain.errors import ActRefused, BadInput, CarrierUnavailable, SettingsRefused
from domain.fulfilment import FulfilmentState
from starter.api.hooks import create_hooks
from tests.adapters.placed import NOON, a_fulfilment, an_order, place
from tests.doubles.easypost import KEY, SECRET, EasyPost
from tests.partners import said, told

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "easypost"
CODE = "1Z5R89390357567127"
HOUR = timedelta(hours=1)
# The office's door has a clock of its own.
ANY_DAY = NOON + timedelta(days=30_000)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


class Depot:
    """An order that has left with a typed number, and EasyPost."""

    def __init__(self, database, clock):
        self.url = database.url
        self.database = database
        self.clock = clock
        self.theirs = EasyPost(NOON)
        self.book = CarrierNewsBook(database.url)
        self.trackers = Trackers(KEY, transport=self.theirs.transport)
        self.following = Following(self.trackers, self.book, clock, messages=False)

    def ship(self, number="1001", tracking=CODE, carrier="UPS"):
        order = an_order(number)
        state = FulfilmentState.SHIPPED
        place(self.database, order, a_fulfilment(order, tracking=tracking, carrier=carrier, state=state))

    async def look(self, hours: float = 0) -> list[str]:
        """Ask, settle what was heard, and say what the order was told."""
        self.clock.now = NOON + hours * HOUR
        before = len(said(self.url, "1001"))
        await self.following.look()
        self.book.report(self.clock.now)
        return said(self.url, "1001")[before:]


@pytest.fixture
def depot(sqlite_database):
    opened = Depot(sqlite_database, Clock())
    opened.ship()
    return opened


def recorded(file: str) -> list[dict[str, Any]]:
    path = RECORDED / f"{file}.yaml"
    if not path.exists():
        pytest.skip(f"{path} is not here: what EasyPost answered cannot be read")
    tape: list[dict[str, Any]] = yaml.safe_load(path.read_text())["interactions"]
    return tape


@pytest.mark.shared_data
@pytest.mark.parametrize("file", ["test_tracker_create", "test_tracker_retrieve"])
async def test_their_recorded_answers_are_what_we_ask_for_and_can_read(file):
    """Every call of ours is one of the recorded ones, and its answer is understood."""
    tape = recorded(file)
    left = list(tape)

    def answer(request: httpx.Request) -> httpx.Response:
        call = left.pop(0)["request"]
        assert (request.method, str(request.url)) == (call["method"], call["uri"])
        assert call["body"] is None or httpx.Response(200, content=call["body"]).json() == (
            httpx.Response(200, content=request.content).json()
        )
        response = tape[len(tape) - len(left) - 1]["response"]
        return httpx.Response(response["status"]["code"], content=response["body"]["string"])

    async with Trackers(KEY, transport=httpx.MockTransport(answer)) as trackers:
        made = read_tracker(await trackers.make("EZ1000000001", ""))
        assert (made.tracker[:4], made.tracking, made.scans) == ("trk_", "EZ1000000001", ())
        if len(tape) > 1:
            assert read_tracker(await trackers.read(made.tracker)).id == made.id
    assert left == []


async def test_a_parcel_that_left_is_given_to_them_once_and_asked_about(depot):
    assert await depot.look() == []
    depot.theirs.scan(CODE, "pre_transit", HOUR)
    depot.theirs.scan(CODE, "in_transit", 2 * HOUR)
    assert await depot.look(1) == [], "not asked every minute"
    assert await depot.look(5) == ["carrier.in_transit"]
    depot.theirs.scan(CODE, "in_transit", 6 * HOUR, "weather_delay")
    depot.theirs.scan(CODE, "out_for_delivery", 30 * HOUR)
    depot.theirs.scan(CODE, "in_transit", 33 * HOUR, "delivery_exception")
    depot.theirs.scan(CODE, "delivered", 54 * HOUR, "arrived_at_destination")
    told_then = await depot.look(60)
    assert told_then == [
        "carrier.delayed",
        "carrier.out_for_delivery",
        "carrier.attempted",
        "carrier.delivered",
    ]
    assert await depot.look(100) == []
    assert depot.theirs.asked == ["POST trackers", *["GET trackers/trk_" + "0" * 32] * 2]
    (first, *_) = told(depot.url, "1001")
    assert (first.by, first.role, first.act.lane, first.act.tracking) == ("UPS", "carrier", "1001-F1", CODE)
    assert first.at == NOON + 2 * HOUR
    assert not any("LOVELACE" in str(act) for act in told(depot.url, "1001"))


async def test_parcels_of_the_simulated_carrier_and_those_without_a_number_are_not_theirs(depot):
    depot.ship("1002", "SIM000000000000017", "SIM")
    depot.ship("1003", "", "")
    await depot.look()
    assert depot.theirs.asked == ["POST trackers"]


async def test_a_number_that_was_mended_is_followed_as_well(depot):
    await depot.look()
    other = a_fulfilment(an_order(), tracking="7777", carrier="", state=FulfilmentState.SHIPPED)
    with depot.database.write() as session:
        save_fulfilments(session, [other])
    depot.theirs.scan("7777", "in_transit", HOUR)
    assert await depot.look(1) == ["carrier.in_transit"]


async def test_no_answer_is_waited_for_ever_longer_and_a_refusal_is_final(depot):
    depot.theirs.away = True
    for hours in (0, 0.02, 0.06):
        await depot.look(hours)
    assert depot.theirs.asked == ["POST trackers"] * 3
    depot.theirs.away = False
    depot.theirs.answers = [429, 500]
    for hours in (1, 2, 3):
        await depot.look(hours)
    assert len(depot.theirs.trackers) == 1
    depot.ship("1002", "no such number", "")
    depot.theirs.answers = [422]
    await depot.look(4)
    asked = len(depot.theirs.asked)
    await depot.look(4.5)
    assert len(depot.theirs.asked) == asked, "what they cannot follow is not asked about again"
    with depot.database.read() as session:
        (part,) = show_order(session, "1002").fulfilments
    assert part.news == "Not followed: EasyPost cannot follow this number (422)."


async def test_a_key_that_is_not_taken_is_said_once_and_no_parcel_is_given_up(depot):
    other = Following(
        Trackers("EZTKanother", transport=depot.theirs.transport), depot.book, depot.clock, messages=True
    )
    with pytest.raises(SettingsRefused, match="does not take ORDERKEEPER_EASYPOST_KEY"):
        await other.look()
    assert len(depot.book.due(NAME, NOON, AT_ONCE)) == 1


async def test_where_messages_come_they_are_asked_less_often(depot):
    assert WITH_MESSAGES > EVERY
    depot.following = Following(depot.trackers, depot.book, depot.clock, messages=True)
    for hours in (0, 5, 23):
        await depot.look(hours)
    assert depot.theirs.asked == ["POST trackers"]


async def test_a_parcel_nobody_heard_the_end_of_is_forgotten(depot):
    await depot.look()
    await depot.look(91 * 24)
    await depot.look(92 * 24)
    assert len(depot.theirs.asked) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, content=b"no json"), CarrierUnavailable),
        (httpx.Response(302, headers={"location": "http://127.0.0.1/"}), CarrierUnavailable),
        (httpx.Response(200, content=b" " * 2_000_001), CarrierUnavailable),
        (httpx.Response(503), CarrierUnavailable),
        (httpx.Response(404), ActRefused),
        (httpx.Response(403), SettingsRefused),
    ],
)
async def test_an_odd_answer_is_an_error_of_ours(answer, error):
    trackers = Trackers(KEY, transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(error):
        await trackers.read("trk_1")


@pytest.mark.parametrize("odd", [None, [], {}, {"id": "trk_1"}, {"object": "Tracker", "id": "../x"}])
def test_what_is_no_tracker_is_refused(odd):
    with pytest.raises(BadInput):
        read_tracker(odd)


@pytest.fixture
async def door(depot, tmp_path):
    """The office's own door for messages, at the depot's books."""
    env = {
        "ORDERKEEPER_DATA": str(tmp_path),
        "ORDERKEEPER_DATABASE_URL": depot.url,
        "ORDERKEEPER_EASYPOST_KEY": KEY,
        "ORDERKEEPER_EASYPOST_WEBHOOK_SECRETS_FILE": str(tmp_path / "secret"),
    }
    (tmp_path / "secret").write_text("of-last-year-and-gone\n" + SIGNING)
    app = create_hooks(_doorstep(Settings.from_env(env)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    ) as client:
        yield client


SIGNING = "5ecret-of-these-plays-only"


async def send(door, body, header=None):
    signed = header if header is not None else sign(body, SIGNING)
    headers = {"content-type": "application/json", SIGNATURE: signed}
    return await door.post("/hooks/carrier/easypost", content=body, headers=headers)


async def test_a_message_is_kept_before_it_is_answered_and_settled_by_the_worker(depot, door):
    depot.theirs.scan(CODE, "in_transit", HOUR)
    body, _ = depot.theirs.message(CODE)
    first, again = await send(door, body), await send(door, body)
    assert (first.status_code, first.text, again.text) == (200, "kept", "kept before")
    assert said(depot.url, "1001") == []
    assert depot.book.report(ANY_DAY) == 1
    assert said(depot.url, "1001") == ["carrier.in_transit"]
    assert await depot.look() == [], "asking finds nothing new"


async def test_messages_come_twice_late_and_in_any_order(depot, door):
    bodies = []
    for hours, status in ((1, "in_transit"), (30, "out_for_delivery"), (35, "delivered")):
        depot.theirs.scan(CODE, status, hours * HOUR)
        bodies.append(depot.theirs.message(CODE)[0])
    for n, body in enumerate((bodies[1], bodies[1], bodies[2], bodies[0], bodies[2])):
        assert (await send(door, body)).status_code == 200
        depot.book.report(ANY_DAY + n * HOUR)
    assert said(depot.url, "1001") == [
        "carrier.in_transit",
        "carrier.out_for_delivery",
        "carrier.delivered",
    ]


async def test_a_message_quicker_than_our_books_waits_for_them(sqlite_database):
    depot = Depot(sqlite_database, Clock())
    depot.theirs.scan(CODE, "in_transit", HOUR)
    body, _ = depot.theirs.message(CODE)
    news = read_event(body, live=False)
    assert news is not None
    assert depot.book.keep(news, NOON)
    depot.book.report(NOON)
    depot.ship()
    depot.book.report(NOON + HOUR)
    assert said(depot.url, "1001") == ["carrier.in_transit"]


async def test_an_order_that_has_ended_is_told_nothing(depot):
    with depot.database.write() as session:
        session.connection().exec_driver_sql("UPDATE orders SET ended_at = placed_at")
    depot.theirs.scan(CODE, "delivered", HOUR)
    assert await depot.look() == []
    assert await depot.look(48) == []
    assert depot.theirs.asked == ["POST trackers"]


@pytest.mark.parametrize(
    "header",
    ["", "hmac-sha256-hex=", sign(b"another body", SIGNING), "of-another", "\u0661"],
)
async def test_a_forged_message_is_refused_and_not_kept(depot, door, header):
    body, _ = depot.theirs.message(CODE)
    assert (await send(door, body, header.encode())).status_code == 400
    stranger = sign(body, "the-secret-of-a-stranger")
    assert (await send(door, body, stranger)).status_code == 400
    assert depot.book.report(ANY_DAY) == 0


async def test_while_a_secret_changes_both_are_taken(depot, door):
    body, _ = depot.theirs.message(CODE)
    assert (await send(door, body, sign(body, "of-last-year-and-gone"))).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"description": "batch.created"}, 200),
        ({"mode": "production"}, 400),
        ({"object": "Tracker"}, 400),
        ({"result": None}, 400),
        ({"result": {"object": "Tracker"}}, 400),
        ({"id": "../evil"}, 400),
    ],
)
async def test_what_changes_nothing_or_cannot_be_is_not_kept(depot, door, changes, status):
    body, _ = depot.theirs.message(CODE, **changes)
    assert (await send(door, body)).status_code == status
    assert depot.book.report(ANY_DAY) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
async def test_what_is_no_message_is_refused(door, body):
    assert (await send(door, body)).status_code == 400


async def test_a_carrier_without_a_secret_has_no_door(tmp_path):
    senders = _doorstep(Settings.from_env({"ORDERKEEPER_DATA": str(tmp_path)})).senders
    assert "carrier/easypost" not in senders


def test_a_secret_in_letters_of_any_kind_is_taken_as_they_take_it():
    body, header = EasyPost(NOON).message(CODE)
    assert is_signed(body, header, (SECRET,))
    assert not is_signed(body + b" ", header, (SECRET,))


def test_every_status_of_theirs_is_one_of_our_words_or_none():
    theirs = EasyPost(NOON)
    statuses = {
        "unknown": None,
        "pre_transit": None,
        "in_transit": Scan.IN_TRANSIT,
        "out_for_delivery": Scan.OUT_FOR_DELIVERY,
        "delivered": Scan.DELIVERED,
        "available_for_pickup": Scan.READY_FOR_PICKUP,
        "return_to_sender": Scan.RETURNING,
        "failure": Scan.FAILED,
        "cancelled": None,
        "error": None,
        "something new": None,
    }
    for n, (status, scan) in enumerate(statuses.items()):
        theirs.scan(f"7{n}", status, HOUR)
        news = read_event(theirs.message(f"7{n}")[0], live=False)
        assert news is not None
        assert [each.scan for each in news.scans] == ([scan] if scan else []), status
