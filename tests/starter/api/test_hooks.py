"""The door for payment gateways: signed, in time, small, once; and nothing of the screens before it."""

from datetime import timedelta

import httpx
import pytest

from adapters.payment.signature import SIGNATURE, is_signed, sign
from adapters.payment.stripe.news import read_news
from domain.errors import DatabaseUnavailable
from domain.gateway_news import NewsKind
from starter.api.hooks import MOST_BYTES, Doorstep, Sender, create_hooks
from tests.adapters.placed import NOON
from tests.doubles.stripe_events import event, intent, refund

OLD, NEW = "whsec_of_last_year", "whsec_of_this_year"
URL = "http://127.0.0.1:8000"
DOOR = "/hooks/payment/stripe"
BODY = event("evt_1", "refund.updated", refund("re_1", "ch_1", 500, "succeeded", "1001:r:O.1:v1"), NOON)


class Box:
    """Keeps messages as the database would."""

    def __init__(self):
        self.kept = {}
        self.away = False

    def keep(self, news, now):
        if self.away:
            raise DatabaseUnavailable("The database does not answer.")
        return self.kept.setdefault(news.id, news) is news


@pytest.fixture
def box():
    return Box()


def doorstep(box, *secrets, live=False):
    def keep(body, _headers, at):
        news = read_news(body, "stripe", live=live)
        return None if news is None else box.keep(news, at)

    def signed(body, headers, at):
        return is_signed(body, headers.get(SIGNATURE, ""), secrets, at)

    senders = {"payment/stripe": Sender("stripe", signed, keep)} if secrets else {}
    return create_hooks(Doorstep(senders, lambda: NOON))


def client_of(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=URL)


async def send(app, body=BODY, header=None, path=DOOR, **headers):
    signed = header if header is not None else sign(body, NEW, NOON)
    given = {"content-type": "application/json", "stripe-signature": signed} | headers
    async with client_of(app) as client:
        return await client.post(path, content=body, headers=given)


async def test_a_signed_message_is_kept_once(box):
    app = doorstep(box, NEW)
    first, again = await send(app), await send(app)
    assert (first.status_code, first.text) == (200, "kept")
    assert (again.status_code, again.text) == (200, "kept before")
    (news,) = box.kept.values()
    assert (news.kind, news.object, news.about, news.state) == (
        NewsKind.REFUND,
        "re_1",
        "ch_1",
        "confirmed",
    )


FORGED = {
    "no signature": "",
    "another secret": sign(BODY, "whsec_of_a_stranger", NOON),
    "a body that was re-encoded": sign(BODY.replace(b": ", b":"), NEW, NOON),
    "301 seconds old": sign(BODY, NEW, NOON - timedelta(seconds=301)),
    "from an hour ahead": sign(BODY, NEW, NOON + timedelta(hours=1)),
    "no time": "v1=" + sign(BODY, NEW, NOON).rpartition("v1=")[2],
    "two times": "t=1," + sign(BODY, NEW, NOON),
    "a time that is none": sign(BODY, NEW, NOON).replace("t=1", "t=x", 1),
    "a time beyond time": "t=99999999999999999999,v1=00",
    "another scheme": sign(BODY, NEW, NOON).replace("v1=", "v0="),
    "letters that are no digits": "t=\u0661,v1=\u0661",
}


@pytest.mark.parametrize("why", FORGED)
async def test_a_forged_or_untimely_message_is_refused_and_not_kept(box, why):
    told = await send(doorstep(box, NEW), header=FORGED[why].encode("utf-8"))
    assert told.status_code == 400
    assert box.kept == {}


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_five_minutes_of_difference_are_let_pass_both_ways(box, seconds):
    header = sign(BODY, NEW, NOON + timedelta(seconds=seconds))
    assert (await send(doorstep(box, NEW), header=header)).status_code == 200


async def test_while_a_secret_changes_both_are_taken_and_then_the_old_one_no_more(box):
    old, new = sign(BODY, OLD, NOON), sign(BODY, NEW, NOON)
    both = f"{old},{new.partition(',')[2]}"
    changing, changed = doorstep(box, OLD, NEW), doorstep(box, NEW)
    for header in (old, new, both):
        assert (await send(changing, header=header)).status_code == 200
    assert (await send(changed, header=both)).status_code == 200
    assert (await send(changed, header=old)).status_code == 400


async def test_an_unknown_type_is_taken_and_not_kept(box):
    body = event("evt_2", "customer.created", {"id": "cus_1"}, NOON)
    told = await send(doorstep(box, NEW), body)
    assert (told.status_code, box.kept) == (200, {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        event("evt_3", "refund.updated", {}, NOON),
        event("evt_4", "refund.updated", refund("re", "ch", 10**30, "succeeded"), NOON),
        event("evt_5", "refund.updated", refund("re\n", "ch", 1, "succeeded"), NOON),
        event("evt_6", "refund.updated", refund("re", "ch", 1, "succeeded"), NOON, live=True),
    ],
)
async def test_a_signed_message_that_cannot_be_one_is_refused(box, body):
    told = await send(doorstep(box, NEW), body)
    assert (told.status_code, box.kept) == (400, {})


async def test_too_much_another_kind_and_another_way_of_asking_are_refused(box):
    app = doorstep(box, NEW)
    assert (await send(app, b" " * (MOST_BYTES + 1))).status_code == 413
    assert (await send(app, **{"content-type": "text/plain"})).status_code == 415
    assert (await send(app, **{"content-encoding": "gzip"})).status_code == 415
    assert (await send(app, path="/hooks/payment/other")).status_code == 404
    assert (await send(app, path="/hooks/payment/stripe/")).status_code == 404
    async with client_of(app) as client:
        for method in ("GET", "PUT", "DELETE"):
            assert (await client.request(method, DOOR)).status_code == 405
    assert box.kept == {}


async def test_without_a_secret_no_message_is_taken(box):
    assert (await send(doorstep(box))).status_code == 404


async def test_the_gateway_is_told_to_come_again_when_a_message_could_not_be_kept(box):
    app = doorstep(box, NEW)
    box.away = True
    assert (await send(app)).status_code == 503
    box.away = False
    assert (await send(app)).text == "kept"


async def test_what_another_program_wrote_on_its_payments_is_none_of_ours(box):
    thing = intent("pi_1", 500, "canceled") | {"metadata": {"order": "Müller \n", "key": ["x"]}}
    body = event("evt_7", "payment_intent.canceled", thing, NOON)
    assert (await send(doorstep(box, NEW), body)).status_code == 200
    (news,) = box.kept.values()
    assert (news.order, news.key) == ("", "")
