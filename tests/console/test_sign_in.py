"""Who gets in: the right password, after a change of the one that was given out, at a bearable pace."""

import re
from datetime import timedelta

import httpx
import pytest

from console.gate import DEVICE, SESSION
from starter.second_factor import code_at
from tests.console.conftest import URL, Browser, browser

GOOD = "two herons on a lake"


pytestmark = pytest.mark.usefixtures("pat")


@pytest.fixture
def pat(house):
    """Pat has chosen a password of their own."""
    once = house.accounts.add("pat", ["warehouse"])
    house.accounts.change_password("pat", once, GOOD)
    return "pat"


async def enter(made: Browser, name: str, password: str, **more) -> httpx.Response:
    page = await made.get("/sign-in")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    fields = {"csrf": csrf[1], "name": name, "password": password, "next": "/", **more}
    return await made.client.post("/sign-in", data=fields)


async def test_the_right_password_opens_the_first_page(anyone):
    answer = await enter(anyone, " Pat ", GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    first = await anyone.get("/")
    assert first.headers["location"] == "/inbox"
    assert (await anyone.get("/inbox")).status_code == 200


async def test_a_wrong_name_and_a_wrong_password_are_told_the_same(anyone):
    wrong = await enter(anyone, "pat", "not it at all")
    nobody = await enter(anyone, "nobody", "not it at all")
    assert wrong.status_code == nobody.status_code == 403
    token = re.compile(r'value="[^"]*"')
    assert token.sub("", wrong.text) == token.sub("", nobody.text)


async def test_a_session_that_was_planted_before_is_worth_nothing(anyone):
    planted = "planted-by-somebody-else"
    anyone.client.cookies.set(SESSION, planted)
    answer = await enter(anyone, "pat", GOOD)
    new = answer.cookies[SESSION]
    assert new != planted
    anyone.client.cookies.clear()
    assert (await anyone.get("/inbox", headers={"cookie": f"{SESSION}={planted}"})).status_code == 303


async def test_each_sign_in_is_a_session_of_its_own(anyone):
    first = (await enter(anyone, "pat", GOOD)).cookies[SESSION]
    second = (await enter(anyone, "pat", GOOD)).cookies[SESSION]
    assert first != second


async def test_one_is_led_back_to_ones_page_and_nowhere_else(anyone):
    asked = await anyone.get("/orders?q=1001&state=open")
    assert asked.headers["location"] == "/sign-in?next=%2Forders%3Fq%3D1001%26state%3Dopen"
    answer = await enter(anyone, "pat", GOOD, next="/orders?q=1001")
    assert answer.headers["location"] == "/orders?q=1001"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil", "orders"):
        assert (await enter(anyone, "pat", GOOD, next=elsewhere)).headers["location"] == "/"


async def test_the_sign_in_form_of_another_browser_is_not_taken(anyone, app):
    page = await anyone.get("/sign-in")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    async with browser(app) as other:
        await other.get("/sign-in")
        fields = {"csrf": csrf[1], "name": "pat", "password": GOOD}
        assert (await other.client.post("/sign-in", data=fields)).status_code == 403


async def test_a_one_time_password_has_to_be_changed_first(anyone, house):
    once = house.accounts.add("new", ["warehouse"])
    await enter(anyone, "new", once)
    for path in ("/", "/inbox", "/orders/1001"):
        answer = await anyone.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account"), path
    page = await anyone.get("/account")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    before = anyone.client.cookies[SESSION]
    fields = {"csrf": csrf[1], "old": once, "new": GOOD, "again": GOOD}
    answer = await anyone.client.post("/account/password", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert anyone.client.cookies[SESSION] != before
    assert (await anyone.get("/inbox")).status_code == 200
    async with httpx.AsyncClient(transport=anyone.client._transport, base_url=URL) as replay:
        answer = await replay.get("/inbox", headers={"cookie": f"{SESSION}={before}"})
        assert answer.status_code == 303


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("short", "12 characters"),
        ("x" * 201, "longer"),
        ("aaaaaaaaaaaaaaaa", "guess"),
        ("patpatpatpatpat", "guess"),
        ("orderkeeper2026", "guess"),
    ],
)
async def test_a_new_password_that_is_easy_to_guess_is_not_taken(new, why, anyone):
    await enter(anyone, "pat", GOOD)
    csrf = re.search(r'name="csrf" value="(\w+)"', (await anyone.get("/account")).text)
    assert csrf is not None
    fields = {"csrf": csrf[1], "old": GOOD, "new": new, "again": new}
    answer = await anyone.client.post("/account/password", data=fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert new not in answer.text or new == "short"


async def test_strangers_guesses_make_strangers_wait_but_not_the_owner(app, anyone, clock):
    await enter(anyone, "pat", GOOD)
    async with browser(app) as stranger:
        for _ in range(10):
            assert (await enter(stranger, "pat", "a guess again")).status_code == 403
        waiting = await enter(stranger, "pat", "a guess again")
        assert waiting.status_code == 429
        assert 0 < int(waiting.headers["retry-after"]) <= 901
        assert (await enter(stranger, "pat", GOOD)).status_code == 429
    # Pat's own browser has been here before.
    anyone.client.cookies.delete(SESSION)
    assert (await enter(anyone, "pat", GOOD)).status_code == 303
    clock.pass_(timedelta(minutes=16))
    async with browser(app) as elsewhere:
        assert (await enter(elsewhere, "pat", GOOD)).status_code == 303


async def test_a_forwarded_address_does_not_start_the_count_anew(anyone):
    for n in range(10):
        anyone.client.headers["x-forwarded-for"] = f"203.0.113.{n}"
        await enter(anyone, "pat", "a guess again")
    assert (await enter(anyone, "pat", "a guess again")).status_code == 429


async def test_guesses_at_many_names_from_one_address_are_slowed(anyone):
    for n in range(50):
        await enter(anyone, f"name{n}", "a guess again")
    assert (await enter(anyone, "pat", GOOD)).status_code == 429


async def test_a_known_browser_is_bounded_too(anyone):
    await enter(anyone, "pat", GOOD)
    for _ in range(10):
        assert (await enter(anyone, "pat", "a guess again")).status_code == 403
    assert (await enter(anyone, "pat", GOOD)).status_code == 429


async def test_a_new_one_time_password_ends_the_wait(anyone, house):
    for _ in range(11):
        await enter(anyone, "pat", "a guess again")
    once = house.accounts.reset("pat")
    assert (await enter(anyone, "pat", once)).status_code == 303


async def test_a_device_of_somebody_else_is_no_device_of_mine(house, app):
    other = house.accounts.add("eve", ["warehouse"])
    async with browser(app) as hers:
        await enter(hers, "eve", other)
        assert DEVICE in hers.client.cookies
        for _ in range(10):
            await enter(hers, "pat", "a guess again")
        assert (await enter(hers, "pat", GOOD)).status_code == 429


async def test_a_disabled_account_is_told_nothing_more(anyone, house):
    house.accounts.disable("pat")
    answer = await enter(anyone, "pat", GOOD)
    assert answer.status_code == 403
    house.accounts.enable("pat")
    assert (await enter(anyone, "pat", GOOD)).status_code == 303


async def test_long_and_odd_passwords_are_taken_whole(anyone, house):
    once = house.accounts.add("odd", ["warehouse"])
    odd = " " + "ünï 🫖 " * 18 + "end "
    house.accounts.change_password("odd", once, odd)
    assert (await enter(anyone, "odd", odd)).status_code == 303
    assert (await enter(anyone, "odd", odd.strip())).status_code == 403


async def take_up(made: Browser, clock) -> str:
    """Pat has an app from now on; its secret."""
    await enter(made, "pat", GOOD)
    page = (await made.get("/account/second")).text
    secret, csrf = (re.search(rf'name="{name}" value="(\w+)"', page) for name in ("secret", "csrf"))
    assert secret is not None
    assert csrf is not None
    fields = {"csrf": csrf[1], "secret": secret[1], "password": GOOD}
    assert (await made.client.post("/account/second", data={**fields, "code": "000000"})).status_code == 422
    code = code_now(secret[1], clock)
    wrong = {**fields, "code": code, "password": "another"}
    assert (await made.client.post("/account/second", data=wrong)).status_code == 422
    assert (await made.client.post("/account/second", data={**fields, "code": code})).status_code == 200
    return secret[1]


def code_now(secret: str, clock) -> str:
    return code_at(secret, int(clock().timestamp()) // 30).decode()


async def test_with_an_app_the_password_alone_opens_nothing_and_each_code_opens_once(anyone, clock):
    secret = await take_up(anyone, clock)
    assert (await enter(anyone, "pat", GOOD)).status_code == 403
    assert (await enter(anyone, "pat", GOOD, code=code_now(secret, clock))).status_code == 403
    clock.pass_(timedelta(minutes=1))
    code = code_now(secret, clock)
    assert (await enter(anyone, "pat", "not it at all", code=code)).status_code == 403
    assert (await enter(anyone, "pat", GOOD, code=f"{code[:3]} {code[3:]}")).status_code == 303
    assert (await enter(anyone, "pat", GOOD, code=code)).status_code == 403
    clock.pass_(timedelta(minutes=5))
    assert (await enter(anyone, "pat", GOOD, code=code)).status_code == 403


async def test_a_lost_telephone_is_no_end(anyone, clock, house):
    await take_up(anyone, clock)
    once = house.accounts.reset("pat")
    assert (await enter(anyone, "pat", once)).status_code == 303


async def test_the_app_is_given_up_with_ones_password(anyone, clock):
    await take_up(anyone, clock)
    csrf = re.search(r'name="csrf" value="(\w+)"', (await anyone.get("/account/second")).text)
    assert csrf is not None
    wrong = {"csrf": csrf[1], "password": "another"}
    assert (await anyone.client.post("/account/second/drop", data=wrong)).status_code == 422
    await anyone.client.post("/account/second/drop", data={"csrf": csrf[1], "password": GOOD})
    assert (await enter(anyone, "pat", GOOD)).status_code == 303


def test_codes_are_those_of_the_rfc():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    known = {59: b"287082", 1111111109: b"081804", 1234567890: b"005924", 20000000000: b"353130"}
    assert {at: code_at(secret, at // 30) for at in known} == known
