"""What is held is held anew before it runs out, and paid anew by the customer where the bank refuses."""

import pytest
from sqlmodel import select

from adapters.database.order.acts import keep_act, settle_act
from adapters.database.payment.paying_anew import pays_anew
from adapters.database.tables.money import SimAuthorization, SimCapture
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.errors import GatewayUnavailable, PaymentDeclined
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from tests.adapters.payment.till import days
from tests.adapters.placed import NOON, eur

BY = days(7).isoformat()


def open_holds(till):
    with till.database.read() as session:
        rows = session.exec(select(SimAuthorization).where(SimAuthorization.closed_at == None))  # noqa: E711 - SQL
        return sorted(row.minor - row.captured for row in rows if row.minor > row.captured)


def paid_anew(till, id="again", at=NOON, refused=False, **texts):
    """The shop's pay page tells that the customer has paid."""
    act = Act(id, ActKind.EVENT, target="payment.paid")
    with till.database.write() as session:
        keep_act(session, ActRecord(act, "1001", "shop", "", "", at, texts))
        if refused:
            settle_act(session, id, ActResult(Outcome.REFUSED, "no"), at)


async def declined(till):
    """Its bank holds the money no longer than it did."""
    till.order()
    await till.do("authorize")
    await till.gateway.misbehave("1001", "authorize", "decline")
    with pytest.raises(PaymentDeclined, match=r"declined to hold EUR 98\.20"):
        await till.do("renew", at=days(6), by=BY)


async def test_money_is_held_anew_and_the_old_hold_let_go(till):
    till.order()
    await till.do("authorize")
    anew = await till.do("renew", at=days(6), by=BY)

    assert anew.values == {"amount": "98.20", "expires_at": days(13).isoformat()}
    assert anew.order["payment"]["expires_at"] == days(13).isoformat()
    assert anew.said == "EUR 98.20 held until 4 Dec 2026"
    assert open_holds(till) == [9_820]
    assert (await till.do("capture", "1001-F1", days(10))).values == {"amount": "98.20"}
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(11)) == []


async def test_only_what_open_parcels_still_need_is_held_anew(till):
    till.order("1001", 6_000, 3_000, 820)
    await till.do("authorize")
    await till.do("capture", "1001-F1", days(1))
    till.call_off("1001-F3")

    anew = await till.do("renew", at=days(6), by=BY)

    assert anew.values["amount"] == "30.00"
    assert open_holds(till) == [3_000]
    assert till.wrong(days(6)) == []


async def test_nothing_is_held_anew_when_nothing_is_left_to_pay(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("capture", "1001-F1", days(1))
    quick.call_off("1001-F2")

    anew = await quick.do("renew", at=days(6), by=BY)

    assert anew.order["payment"]["expires_at"] is None
    assert open_holds(quick) == []


async def test_parcels_that_held_their_own_share_are_renewed_with_the_others(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize", "1001-F1")
    await quick.do("authorize", "1001-F2", days(2))

    await quick.do("renew", at=days(6), by=BY)

    assert open_holds(quick) == [3_820, 6_000]
    for part in ("F1", "F2"):
        await quick.do("capture", f"1001-{part}", days(8))
    assert quick.there(SimCapture) == [3_820, 6_000]
    quick.end("completed", FulfilmentState.FULFILLED)
    assert quick.wrong(days(8)) == []


@pytest.mark.parametrize("op", ["authorize", "void"])
@pytest.mark.parametrize("how", ["timeout_after", "error_after", "error", "down", "busy"])
async def test_a_renewal_that_is_interrupted_is_one_in_the_end(quick, op, how):
    quick.order()
    await quick.do("authorize")
    await quick.gateway.misbehave("1001", op, how)
    call = quick.call("renew", at=days(6), by=BY)

    for _ in range(2):
        try:
            anew = await quick.cashier.renew(call)
        except GatewayUnavailable:
            continue

    assert anew.values["expires_at"] == days(13).isoformat()
    assert open_holds(quick) == [9_820]
    assert quick.figures().held == eur(9_820)
    assert quick.wrong(days(6)) == []


async def test_a_renewal_that_died_before_the_old_hold_was_let_go_holds_no_third_time(quick):
    quick.order(token="tok_ok")
    await quick.do("authorize")
    call = quick.call("renew", at=days(6), by=BY)
    sheet = quick.ledger.sheet("1001", "")
    attempt = quick.ledger.attempt(call, call.key, "tok_ok", eur(9_820))
    made = await quick.gateway.authorize(call, attempt.key, eur(9_820), "tok_ok")
    assert sheet.holds[0].id != made.id

    await quick.cashier.renew(call)

    assert quick.there(SimAuthorization) == [9_820, 9_820]
    assert open_holds(quick) == [9_820]


async def test_a_card_whose_holds_are_short_is_not_let_go_by_its_own_renewal(quick):
    """The new hold runs out before the old one would have: tried again, it is still the new one."""
    quick.order()
    await quick.do("authorize")
    paid_anew(quick, token="tok_expires_soon")
    call = quick.call("renew", at=days(6), by=BY)
    await quick.gateway.misbehave("1001", "void", "busy")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.renew(call)

    await quick.cashier.renew(call)

    assert open_holds(quick) == [9_820]
    assert quick.figures().held == eur(9_820)


async def test_a_bank_that_refuses_leaves_what_is_held_and_gives_the_customer_a_link(till):
    await declined(till)

    assert open_holds(till) == [9_820]
    with till.database.read() as session:
        assert pays_anew(session, "1001")


async def test_an_order_is_asked_for_once_however_often_its_bank_refuses(quick):
    await declined(quick)
    await quick.gateway.misbehave("1001", "authorize", "decline")
    with pytest.raises(PaymentDeclined):
        await quick.do("renew", at=days(6), by=BY)

    with quick.database.read() as session:
        assert pays_anew(session, "1001")


async def test_another_card_of_the_customer_is_what_is_held_from_then_on(till):
    await declined(till)
    paid_anew(till, token="tok_declined", id="first")
    with pytest.raises(PaymentDeclined):
        await till.do("renew", at=days(6), by=BY)
    paid_anew(till, token="tok_ok", id="second")

    await till.do("renew", at=days(6), by=BY)

    assert open_holds(till) == [9_820]
    assert till.wrong(days(6)) == []


async def test_a_card_given_while_another_is_being_asked_waits_for_its_answer(quick):
    """One key never asks about two cards: the gateway would take it for our mistake."""
    quick.order(token="tok_ok")
    await quick.do("authorize")
    await quick.gateway.misbehave("1001", "authorize", "timeout_after")
    call = quick.call("renew", at=days(6), by=BY)
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.renew(call)
    paid_anew(quick, token="tok_other")

    await quick.cashier.renew(call)

    assert open_holds(quick) == [9_820]
    assert quick.wrong(days(6)) == []


async def test_what_was_refused_as_a_payment_is_none(quick):
    quick.order()
    paid_anew(quick, token="tok_declined", refused=True)

    await quick.do("authorize")

    assert open_holds(quick) == [9_820]


async def test_an_authorisation_the_customer_gave_is_taken_over_and_not_asked_for_twice(till):
    await declined(till)
    paid_anew(till, authorization="auth_of_the_page")

    anew = await till.do("renew", at=days(6), by=BY)

    assert anew.values["amount"] == "98.20"
    assert open_holds(till) == [9_820]
    await till.do("capture", "1001-F1", days(8))
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(8)) == []


async def test_an_authorisation_nobody_needed_is_let_go_when_all_is_taken(quick):
    quick.order()
    await quick.do("authorize")
    paid_anew(quick, authorization="auth_too_much")

    await quick.do("capture", "1001-F1", days(1))

    assert open_holds(quick) == []
    quick.end("completed", FulfilmentState.FULFILLED)
    assert quick.wrong(days(1)) == []


@pytest.mark.parametrize(
    "terms",
    [{"method": "invoice"}, {"method": "transfer"}, {"state": PaymentState.PAID}],
    ids=["invoice", "transfer", "paid"],
)
async def test_money_that_no_gateway_holds_is_not_held_anew(quick, terms):
    quick.order(**terms)

    await quick.do("renew", at=days(6), by=BY)

    assert quick.there(SimAuthorization) == []
