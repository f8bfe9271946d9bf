"""Partners' programs: their own orders, what they say of them, and nothing else."""

import json
from datetime import timedelta

import pytest

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.account.tokens import TokenBook
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.desk import PartnerDesk
from domain.audit import Deed, DeedKind
from domain.partner import PartnerState
from starter.tokens import Tokens
from tests.adapters.database.given import NOW, place
from tests.partners import ask, said, standing, told
from tests.starter.api.test_api import Program, app, client, clock, no, shop, tokens

__all__ = ["app", "client", "shop", "tokens"]
SHIPPED = {"tracking": "1Z5R89390357567127"}


@pytest.fixture
def url(sqlite_database):
    """Two partners with an order each, and one without."""
    place(sqlite_database.url, "1001", "1002", "1003")
    ask(sqlite_database.url, "1001", "Oak & Sons")
    ask(sqlite_database.url, "1002", "Iron Works")
    return sqlite_database.url


@pytest.fixture
def oak(url, client):
    """A program of Oak & Sons, who spell themselves as the orders do."""
    deed = Deed(NOW, DeedKind.ACCOUNT, "account", whom="oak")
    AccountBook(url).add("oak", ["partner"], "not a hash", deed, first=False, partner="Oak & Sons")
    return Program(client, Tokens(TokenBook(url), clock, "root").give("oak", "their shop system"))


async def test_a_partner_lists_its_own_orders_and_learns_nothing_of_others(oak):
    listed = (await oak.ask("GET", "partner/orders")).json()
    by_state = [(await oak.ask("GET", f"partner/orders?state={state}")).json() for state in PartnerState]

    assert [each["id"] for each in listed] == ["1001-F1"]
    assert [each for state in by_state for each in state] == listed
    for name in ("1002-F1", "1003-F1", "9999-F1", "1001", "1001-F2", "x" * 300):
        assert no(await oak.ask("GET", f"partner/orders/{name}"))[0] == 404
        assert no(await oak.ask("GET", f"partner/orders?before={name}"))[0] == 404
    assert no(await oak.ask("GET", "partner/orders?state=lost")) == (422, "state")


async def test_what_is_foreign_is_answered_word_for_word_as_what_is_missing(oak, url):
    doors = [("GET", "", None), ("POST", "/accept", {}), ("POST", "/ship", SHIPPED)]
    doors += [("POST", "/reject", {"reason": "no"}), ("POST", "/pick", {})]
    doors += [("POST", "/cancel-answer", {"answer": "accepted"})]
    for method, door, body in doors:
        foreign = await oak.ask(method, f"partner/orders/1002-F1{door}", body)
        missing = await oak.ask(method, f"partner/orders/9999-F1{door}", body)
        assert foreign.status_code == 404
        assert foreign.text.replace("1002", "") == missing.text.replace("9999", "")
    assert told(url, "1002") == []


async def test_a_partner_has_no_other_door(oak):
    staff = [("GET", "orders"), ("GET", "orders/1001"), ("GET", "tasks"), ("POST", "orders")]
    staff += [("POST", "orders/1001/events"), ("POST", "orders/1001/cancellation")]
    for method, path in staff:
        answer = await oak.ask(method, path, {} if method == "POST" else None)
        assert no(answer)[0] == 403, path
        assert "Ada" not in answer.text


async def test_the_address_is_there_once_it_is_accepted_and_prices_never(oak, url):
    before = await oak.ask("GET", "partner/orders/1001-F1")
    done = await oak.ask("POST", "partner/orders/1001-F1/accept", {}, key="a-1")
    again = await oak.ask("POST", "partner/orders/1001-F1/accept", {}, key="a-1")
    after = (await oak.ask("GET", "partner/orders/1001-F1")).json()

    assert (before.json()["address"], before.json()["may"]) == ([], ["accept", "reject"])
    assert "Ada" not in before.text
    assert (done.status_code, again.json()["act"]) == (202, "oak:a-1")
    assert after["address"] == ["Ada Lovelace", "1 Mill Lane", "12345 Town", "DE"]
    assert (after["state"], after["may"]) == ("accepted", ["ship"])
    assert said(url, "1001") == ["partner.answered accepted"]
    for secret in ("9.50", "950", "19.00", "example.org", "tok_ok"):
        assert secret not in json.dumps(after)


async def test_what_is_shipped_is_told_with_its_number_once(oak, url):
    early = await oak.ask("POST", "partner/orders/1001-F1/ship", SHIPPED)
    await oak.ask("POST", "partner/orders/1001-F1/accept", {})
    wrong = await oak.ask("POST", "partner/orders/1001-F1/ship", {"tracking": "1Z5R89390357567128"})
    named = await oak.ask("POST", "partner/orders/1001-F1/ship", {"tracking": "7", "carrier": "ups"})
    none = await oak.ask("POST", "partner/orders/1001-F1/ship", {})
    shipped = await oak.ask("POST", "partner/orders/1001-F1/ship", SHIPPED, key="s")
    again = await oak.ask("POST", "partner/orders/1001-F1/ship", SHIPPED, key="s")
    other = await oak.ask(
        "POST", "partner/orders/1001-F1/ship", {"tracking": "SIM000000000000017"}, key="s"
    )
    late = await oak.ask("POST", "partner/orders/1001-F1/ship", SHIPPED, key="t")

    assert no(early)[0] == 409
    assert [no(each) for each in (wrong, named, none)] == [(422, "tracking")] * 3
    assert (shipped.status_code, again.status_code) == (202, 202)
    assert (no(other)[0], no(late)[0]) == (409, 409)
    assert said(url, "1001") == ["partner.answered accepted", "partner.shipped"]
    (_, last) = told(url, "1001")
    assert (last.by, last.role, last.texts) == ("oak", "partner", SHIPPED)
    assert standing(url, "1001-F1").state == PartnerState.SHIPPED
    shown = (await oak.ask("GET", "partner/orders/1001-F1")).json()
    assert (shown["tracking"], shown["may"]) == ("1Z5R89390357567127", [])


async def test_who_rejects_says_why_and_loses_it(oak, url):
    silent = await oak.ask("POST", "partner/orders/1001-F1/reject", {})
    done = await oak.ask("POST", "partner/orders/1001-F1/reject", {"reason": "Sold out"})
    after = await oak.ask("POST", "partner/orders/1001-F1/accept", {})

    assert no(silent) == (422, "reason")
    assert (done.status_code, no(after)[0]) == (202, 409)
    (act,) = told(url, "1001")
    assert (act.act.values, act.reason) == ({"answer": "rejected"}, "Sold out")
    assert (await oak.ask("GET", "partner/orders/1001-F1")).json()["address"] == []


@pytest.mark.parametrize(("answer", "state"), [("accepted", "cancelled"), ("refused", "accepted")])
async def test_a_wish_to_cancel_is_answered_once(oak, url, answer, state):
    ask(url, "1003", "Oak & Sons", state=PartnerState.ACCEPTED, cancel_asked_at=NOW)
    path = "partner/orders/1003-F1/cancel-answer"

    odd = await oak.ask("POST", path, {"answer": "perhaps"})
    done = await oak.ask("POST", path, {"answer": answer})
    again = await oak.ask("POST", path, {"answer": answer})

    assert no(odd) == (422, "answer")
    assert (done.status_code, no(again)[0]) == (202, 409)
    assert said(url, "1003") == [f"partner.cancel_answered {answer}"]
    assert (await oak.ask("GET", "partner/orders/1003-F1")).json()["state"] == state


async def test_shipping_says_what_goes_with_it(oak, url):
    """Goods of ours were picked, and what has left is not let go any more."""
    ask(
        url,
        "1003",
        "Oak & Sons",
        supplies=False,
        state=PartnerState.ACCEPTED,
        cancel_asked_at=NOW,
    )
    done = await oak.ask("POST", "partner/orders/1003-F1/ship", SHIPPED)

    assert done.status_code == 202
    assert said(url, "1003") == ["partner.shipped", "partner.picked", "partner.cancel_answered refused"]
    assert standing(url, "1003-F1").standing.may() == ()


async def test_what_a_clerk_writes_down_for_them_counts_as_theirs(oak, program_of):
    staff = program_of("sue", "support")
    told_them = {"event": "partner.answered", "fields": {"answer": "accepted"}}

    kept = await staff.ask("POST", "orders/1001/events", told_them)

    assert kept.status_code == 202
    assert (await oak.ask("GET", "partner/orders/1001-F1")).json()["may"] == ["ship"]


@pytest.fixture
def program_of(url, client):
    return lambda name, role: Program(client, Tokens(TokenBook(url), clock, "root").give(name, role))


def test_a_partner_that_is_nobodys_sees_nothing(url):
    desk = PartnerDesk(url)
    assert desk.orders("", list(PartnerState), 10) == []
    assert list(desk.partners()) == ["Iron Works", "Oak & Sons"]
    assert OrderBook(url).act("oak:a-1") is None


@pytest.mark.parametrize("oldest_first", [True, False])
def test_a_long_list_is_turned_over_page_by_page_and_none_is_missed(url, oldest_first):
    desk, states = PartnerDesk(url), list(PartnerState)
    ask(url, "1003", "Oak & Sons")
    place(url, "1004", "1005")
    ask(url, "1004", "Oak & Sons", at=NOW + timedelta(hours=1))
    ask(url, "1005", "Oak & Sons", at=NOW - timedelta(hours=1))
    found, before = [], ""
    while page := desk.orders("Oak & Sons", states, 2, before, oldest_first=oldest_first):
        found += [each.id for each in page]
        before = found[-1]
    in_time = ["1005-F1", "1001-F1", "1003-F1", "1004-F1"]
    assert found == (in_time if oldest_first else in_time[::-1])
