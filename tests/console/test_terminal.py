"""Codes for the day the telephone is lost, a PIN for each answer at a shared terminal, and their log."""

import re
from datetime import timedelta

import pytest

from domain.account import Account
from domain.audit import DeedKind
from starter.accounts import PER_PIN, SignedIn, TurnedAway
from starter.second_factor import SECONDS, code_at, new_secret
from tests.console.conftest import PACK, Browser

PASSWORD = "two herons on a lake"
PIN = "4917"


@pytest.fixture(autouse=True)
def pat(house):
    """Pat packs, and has a PIN."""
    once = house.accounts.add("pat", ["warehouse"])
    house.accounts.change_password("pat", once, PASSWORD)
    house.accounts.set_pin("pat", PASSWORD, PIN)


@pytest.fixture
async def terminal(house, sign_in) -> Browser:
    browser = await sign_in("station", "warehouse")
    house.accounts.share("station", shared=True)
    return browser


@pytest.fixture
def secret(house):
    """Pat's app, and the codes for the day that it is lost."""
    made = new_secret()
    codes = house.accounts.use_second("pat", PASSWORD, made, code(house, made))
    return made, codes


def code(house, secret) -> str:
    return code_at(secret, int(house.clock().timestamp()) // SECONDS).decode()


def enter(house, code=""):
    return house.accounts.sign_in("pat", PASSWORD, "192.0.2.1", "", code)


def told(house, kind) -> list[tuple[str, str, str]]:
    return [(d.what or d.subject, d.by, d.whom) for _, d in house.audit.entries(50) if d.kind == kind]


async def test_the_secret_of_an_app_is_not_in_the_database(house, secret, clock, database):
    made, codes = secret
    clock.pass_(timedelta(minutes=1))
    assert isinstance(enter(house, code(house, made)), SignedIn)
    with database.engine.connect() as connection:
        rows = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("account", "recovery_code")
        )
    for hidden in (made, *codes, codes[0].replace("-", ""), PIN):
        assert hidden not in rows


async def test_a_recovery_code_lets_in_once_however_it_is_typed(house, secret):
    _, codes = secret
    assert isinstance(enter(house), TurnedAway)
    assert isinstance(enter(house, codes[0].upper().replace("-", " ")), SignedIn)
    assert isinstance(enter(house, codes[0]), TurnedAway)
    assert isinstance(enter(house, "abcd-efgh-jkmn-pqrs"), TurnedAway)
    assert house.accounts.codes_left("pat") == 9
    assert ("recovery code used", "pat", "pat") in told(house, DeedKind.ACCOUNT)


async def test_new_codes_replace_the_old_and_all_go_with_the_app(house, secret):
    _, old = secret
    new = house.accounts.new_codes("pat", PASSWORD)
    assert isinstance(enter(house, old[0]), TurnedAway)
    assert isinstance(enter(house, new[0]), SignedIn)
    house.accounts.drop_second("pat", PASSWORD)
    assert house.accounts.codes_left("pat") == 0
    assert isinstance(enter(house), SignedIn)


async def test_a_shop_that_lost_its_key_lets_in_with_paper_and_with_no_made_up_code(house, secret):
    _, codes = secret
    house.accounts._safe = type(house.accounts._safe)((b"another" * 5,))
    for guess in ("", "000000", code(house, "")):
        assert isinstance(enter(house, guess), TurnedAway)
    assert isinstance(enter(house, codes[3]), SignedIn)


async def test_the_codes_are_shown_once_on_the_page(sign_in, house):
    browser = await sign_in("pat", "warehouse")
    page = await browser.get("/account/second")
    found = re.search(r'name="secret" value="(\w+)"', page.text)
    assert found is not None
    made = found[1]
    fields = {"secret": made, "code": code(house, made), "password": PASSWORD}
    shown = await browser.send("/account/second", **fields)
    assert len(re.findall(r"<li>\w{4}(-\w{4}){3}</li>", shown.text)) == 10
    later = (await browser.get("/account/second")).text
    assert "10 of your recovery codes are left." in later
    assert not re.search(r"\w{4}(-\w{4}){3}", later)


async def test_good_and_refused_sign_ins_stand_in_the_log_but_no_unknown_name(house):
    enter(house)
    house.accounts.sign_in("pat", "wrong", "192.0.2.1", "")
    house.accounts.sign_in("two herons on a lake", "x", "192.0.2.1", "")
    assert told(house, DeedKind.SIGN_IN) == [
        ("sign-in refused", "", ""),
        ("sign-in refused", "", "pat"),
        ("signed in", "pat", "pat"),
    ]


async def test_what_somebody_may_not_and_whom_they_looked_at_stand_in_the_log(sign_in, house, clock):
    browser = await sign_in("sue", "support")
    assert (await browser.get("/accounts")).status_code == 403
    for _ in range(3):
        assert (await browser.get("/orders/1001")).status_code == 200
        await browser.get("/orders")
    await browser.get("/customers/one", params={"email": "Ada@example.org"})
    assert told(house, DeedKind.FORBIDDEN) == [("GET /accounts", "sue", "")]
    reads = [d for _, d in house.audit.entries(50) if d.kind == DeedKind.READ]
    assert [(d.order, d.by, d.whom) for d in reads] == [("", "sue", "ada@example.org"), ("1001", "sue", "")]
    clock.pass_(timedelta(minutes=61))
    await browser.get("/orders/1001")
    assert len([d for _, d in house.audit.entries(50) if d.kind == DeedKind.READ]) == 3


async def test_at_a_shared_terminal_the_answer_is_that_of_the_person(terminal, house):
    assert (await terminal.send(f"/tasks/{PACK}/claim")).status_code == 303
    page = await terminal.get(f"/tasks/{PACK}")
    assert 'name="pin"' in page.text
    fields = {"answer": "packed", "field.parcel_weight": "450"}
    nobody = await terminal.send(f"/tasks/{PACK}/answer", **fields)
    assert nobody.status_code == 403
    answer = await terminal.send(f"/tasks/{PACK}/answer", **fields, person=" Pat ", pin=PIN)
    assert answer.status_code == 303
    record = house.book.act("ab" * 16)
    assert (record.by, record.role) == ("pat", "warehouse")


async def test_the_pack_station_and_the_answers_for_many_ask_for_it_too(terminal, house):
    for path in (f"/pack/{PACK}", "/inbox/answers"):
        assert (await terminal.send(path, answer="packed", task=PACK)).status_code == 403
    assert 'name="pin"' in (await terminal.get(f"/pack/{PACK}")).text
    fields = {"answer": "packed", "field.parcel_weight": "450", "person": "pat", "pin": PIN}
    assert (await terminal.send(f"/pack/{PACK}", **fields)).status_code == 303
    assert house.book.act("ab" * 16).by == "pat"


async def test_a_pin_gives_nobody_more_than_they_may(terminal, house, sign_in):
    house.accounts.add("ben", ["buyer"])
    await sign_in("ben", "buyer")
    house.accounts._book.set_pin(
        "ben", house.accounts._passwords.hash(house.accounts._safe.pepper("ben\n2718")), deed()
    )
    answer = await terminal.send(f"/tasks/{PACK}/answer", answer="packed", person="ben", pin="2718")
    assert answer.status_code == 404
    assert house.book.act("ab" * 16) is None


def deed():
    from domain.audit import Deed  # noqa: PLC0415 - only here
    from tests.adapters.database.given import NOW  # noqa: PLC0415 - only here

    return Deed(NOW, DeedKind.ACCOUNT, "account")


async def test_nothing_else_is_done_at_a_shared_terminal(terminal):
    for path in ("/orders/1001/note", "/account/pin", "/account/second", f"/tasks/{PACK}/take-over"):
        told = await terminal.send(path, text="x", person="pat", pin=PIN)
        assert told.status_code == 403, path


async def test_guessing_a_pin_soon_takes_long_and_the_right_one_waits_too(terminal, house, clock):
    fields = {"answer": "packed", "field.parcel_weight": "450", "person": "pat"}
    for n in range(PER_PIN):
        assert (await terminal.send(f"/tasks/{PACK}/answer", **fields, pin=f"27{n}9")).status_code == 403
    late = await terminal.send(f"/tasks/{PACK}/answer", **fields, pin=PIN)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0
    assert isinstance(enter(house), SignedIn)  # their password is another matter
    clock.pass_(timedelta(minutes=16))
    assert isinstance(house.accounts.at_terminal("pat", PIN, ""), Account)


async def test_a_pin_of_somebody_who_left_or_of_the_terminal_itself_is_worth_nothing(house):
    house.accounts.disable("pat")
    assert isinstance(house.accounts.at_terminal("pat", PIN, ""), TurnedAway)
    house.accounts.enable("pat")
    house.accounts.share("pat", shared=True)
    assert isinstance(house.accounts.at_terminal("pat", PIN, ""), TurnedAway)
    assert isinstance(house.accounts.at_terminal("nobody", PIN, ""), TurnedAway)
    assert isinstance(house.accounts.at_terminal("", "", ""), TurnedAway)
