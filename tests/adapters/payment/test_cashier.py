"""The till takes what an order costs, once, whatever the gateway answers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from adapters.payment.gateway import NoAnswer
from adapters.payment.simulated import SimulatedGateway
from domain.errors import (
    AmountDiffers,
    AuthorizationExpired,
    GatewayUnavailable,
    NotFound,
    PaymentDeclined,
    PaymentMisused,
)
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from tests.adapters.payment.till import Till, days
from tests.adapters.placed import NOON, eur


@pytest.fixture
def till(database):
    return Till(database)


@pytest.fixture
def quick(sqlite_database):
    """Where both databases would say the same."""
    return Till(sqlite_database)


async def test_money_is_held_when_the_order_is_accepted_and_taken_when_it_ships(till):
    till.order()
    held = await till.do("authorize")
    assert held.values == {"amount": "98.20", "expires_at": days(7).isoformat()}
    assert held.said == "EUR 98.20 held until 28 Nov 2026"
    assert held.order["payment"] == {
        "method": "card",
        "state": "authorized",
        "authorized": "98.20",
        "captured": "0.00",
        "refunded": "0.00",
        "expires_at": days(7).isoformat(),
    }
    taken = await till.do("capture", "1001-F1", days(1))
    assert taken.values == {"amount": "98.20"}
    assert taken.said == "EUR 98.20 taken"
    assert taken.order["payment"]["state"] == "captured"
    assert taken.order["payment"]["expires_at"] is None
    assert [(p.kind, p.amount) for p in till.payments()] == [
        ("authorized", eur(9_820)),
        ("captured", eur(9_820)),
    ]
    assert [p.key for p in till.payments()] == [
        "1001:payment.authorize:O.1:v1",
        "1001:payment.capture:F1.1:v1",
    ]
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(2)) == []


async def test_a_call_repeated_with_one_key_answers_alike_and_posts_once(till):
    till.order()
    call = till.call("authorize")
    first = await till.cashier.authorize(call)
    assert await till.cashier.authorize(call) == first
    call = till.call("capture", "1001-F1")
    assert await till.cashier.capture(call) == await till.cashier.capture(call)
    assert till.figures().captured == eur(9_820)
    assert till.there(SimCapture) == [9_820]


async def test_workers_that_run_one_call_at_once_charge_once_and_answer_alike(till):
    """Several orders, as a race is not lost every time."""
    for number in map(str, range(1001, 1009)):
        till.order(number)
        await till.do("authorize", number)
        call = till.call("capture", f"{number}-F1")
        first, *others = await asyncio.gather(*(till.cashier.capture(call) for _ in range(5)))
        assert others == [first] * 4
        assert till.figures(number).captured == eur(9_820)
    assert till.there(SimCapture) == [9_820] * 8
    assert till.wrong() == []


async def test_a_declined_card_is_a_refusal_and_nothing_is_held(quick):
    quick.order(token="tok_declined")
    with pytest.raises(PaymentDeclined, match=r"declined to hold EUR 98\.20 for order 1001"):
        await quick.do("authorize")
    assert quick.figures().held == eur(0)
    assert quick.payments() == []
    assert quick.wrong() == []


async def test_after_a_decline_the_same_step_asks_under_the_next_key(quick):
    quick.order()
    await quick.gateway.misbehave("1001", "authorize", "decline")
    with pytest.raises(PaymentDeclined):
        await quick.do("authorize", key="1001:payment.authorize:O.1")
    await quick.do("authorize", key="1001:payment.authorize:O.1")
    assert quick.payments()[0].key == "1001:payment.authorize:O.1:v2"
    assert quick.there(SimAuthorization) == [9_820]


@pytest.mark.parametrize("how", ["timeout_after", "empty_after"])
@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_after_a_lost_answer_the_same_key_asks_again(quick, op, how):
    await _just_before(quick, op)
    await quick.gateway.misbehave("1001", op, how)
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable, match="no answer for order 1001"):
        await getattr(quick.cashier, op)(call)
    await getattr(quick.cashier, op)(call)
    assert quick.payments()[-1].key.endswith(":v1")
    _acted_once(quick, op)


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_an_error_after_it_was_done_is_read_and_counts(quick, op):
    await _just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "error_after")
    await quick.do(op, "1001-F1" if op in ("capture", "refund") else "1001")
    assert quick.payments()[-1].key.endswith(":v1")
    _acted_once(quick, op)


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_an_error_before_it_was_done_is_read_and_takes_the_next_key(quick, op):
    await _just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "error")
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable):
        await getattr(quick.cashier, op)(call)
    await getattr(quick.cashier, op)(call)
    assert quick.payments()[-1].key.endswith(":v2")
    _acted_once(quick, op)


async def test_an_error_that_cannot_be_read_yet_is_read_before_asking_again(quick):
    await _just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "error_after")
    await quick.gateway.misbehave("1001", "read", "down")
    call = quick.call("capture", "1001-F1")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(call)
    _acted_once(quick, "capture")


async def test_a_gateway_that_is_busy_is_asked_again_with_the_same_key(quick):
    await _just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "busy", times=2)
    call = quick.call("capture", "1001-F1")
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            await quick.cashier.capture(call)
    await quick.cashier.capture(call)
    assert quick.payments()[-1].key.endswith(":v1")


async def test_a_key_that_may_be_forgotten_is_read_first(quick):
    await _just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "timeout_after")
    call = quick.call("capture", "1001-F1")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(replace(call, now=days(3)))
    assert quick.payments()[-1].key.endswith(":v1")
    _acted_once(quick, "capture")


async def test_an_old_key_under_which_nothing_was_done_is_given_up(quick):
    await _just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "down")
    call = quick.call("capture", "1001-F1")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(replace(call, now=days(3)))
    assert quick.payments()[-1].key.endswith(":v2")
    _acted_once(quick, "capture")


async def test_what_the_gateway_says_is_done_already_counts_when_it_is_ours(quick):
    """The worker died before it wrote the answer down, and the gateway has forgotten the key."""
    await _just_before(quick, "capture")
    call = quick.call("capture", "1001-F1")
    hold = quick.ledger.sheet("1001", "1001-F1").holds[0]
    attempt = quick.ledger.attempt(call, call.key, hold.id, eur(9_820))
    await quick.gateway.capture(call, attempt.key, hold.id, eur(9_820))
    quick.forget_keys()
    await quick.cashier.capture(call)
    _acted_once(quick, "capture")


async def test_money_taken_at_the_gateway_by_somebody_else_is_for_a_person(quick):
    quick.order("1001", 5_000, 4_820)
    await quick.do("authorize")
    hold = quick.ledger.sheet("1001", "").holds[0]
    await quick.gateway.void(quick.call("void"), "by-hand", hold.id)
    with pytest.raises(AuthorizationExpired, match="no longer held"):
        await quick.do("capture", "1001-F1")


async def test_another_amount_at_the_gateway_is_for_a_person(quick):
    await _just_before(quick, "capture")
    call = quick.call("capture", "1001-F1")
    hold = quick.ledger.sheet("1001", "1001-F1").holds[0]
    attempt = quick.ledger.attempt(call, call.key, hold.id, eur(9_820))
    await quick.gateway.capture(call, attempt.key, hold.id, eur(500))
    with pytest.raises(PaymentMisused, match="our key or amount is wrong"):
        await quick.cashier.capture(call)
    quick.forget_keys()
    with pytest.raises(PaymentMisused):
        await quick.cashier.capture(replace(call, now=days(2)))
    assert quick.there(SimCapture) == [500]


async def test_a_worker_that_dies_between_charge_and_record_charges_once(till):
    till.order()
    await till.do("authorize")
    call = till.call("capture", "1001-F1")
    hold = till.ledger.sheet("1001", "1001-F1").holds[0]
    attempt = till.ledger.attempt(call, call.key, hold.id, eur(9_820))
    await till.gateway.capture(call, attempt.key, hold.id, eur(9_820))
    assert till.wrong() == []  # asked and not heard of yet is no difference
    result = await till.cashier.capture(call)
    assert result.values == {"amount": "98.20"}
    assert till.there(SimCapture) == [9_820]
    assert till.wrong() == []


async def test_a_retry_finds_its_charge_though_the_authorisation_has_expired_meanwhile(quick):
    await _just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "timeout_after")
    call = quick.call("capture", "1001-F1", days(6.9))
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(replace(call, now=days(7.5)))
    _acted_once(quick, "capture")


async def test_an_expired_authorisation_is_no_money(quick):
    quick.order(token="tok_expires_soon")
    held = await quick.do("authorize")
    assert held.values["expires_at"] == (NOON + timedelta(hours=1)).isoformat()
    with pytest.raises(AuthorizationExpired, match="order 1001 is no longer held"):
        await quick.do("capture", "1001-F1", days(1))
    assert quick.there(SimCapture) == []
    assert quick.wrong(days(1)) == []


async def test_each_parcel_holds_its_own_share_again_when_the_first_hold_has_expired(till):
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1", days(1))
    with pytest.raises(AuthorizationExpired):
        await till.do("capture", "1001-F2", days(8))
    again = await till.do("authorize", "1001-F2", days(8))
    assert again.values == {"amount": "38.20", "expires_at": days(15).isoformat()}
    assert (await till.do("capture", "1001-F2", days(8))).values == {"amount": "38.20"}
    assert till.there(SimCapture) == [3_820, 6_000]
    assert till.figures().held == eur(0)
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(9)) == []


async def test_a_parcel_does_not_hold_twice_what_is_held(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    again = await quick.do("authorize", "1001-F2")
    assert again.said == "EUR 98.20 held until 28 Nov 2026"
    assert quick.there(SimAuthorization) == [9_820]


async def test_two_parcels_that_hold_again_do_not_take_each_others_money(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("authorize", "1001-F1", days(8))
    with pytest.raises(AuthorizationExpired):
        await quick.do("capture", "1001-F2", days(8))
    await quick.do("authorize", "1001-F2", days(8))
    await quick.do("capture", "1001-F2", days(8))
    await quick.do("capture", "1001-F1", days(8))
    assert quick.there(SimCapture) == [3_820, 6_000]


async def test_the_captures_of_all_parcels_sum_to_the_total(till):
    till.order("1001", 3_333, 3_333, 3_334)
    await till.do("authorize")
    states = [(await till.do("capture", f"1001-F{n}")).order["payment"]["state"] for n in (1, 2, 3)]
    assert states == ["partially_captured", "partially_captured", "captured"]
    assert till.figures().captured == eur(10_000)
    assert till.figures().held == eur(0)


async def test_parcels_captured_at_once_take_each_their_share(till):
    till.order("1001", 3_333, 3_333, 3_334)
    await till.do("authorize")
    await asyncio.gather(*(till.do("capture", f"1001-F{n}") for n in (1, 2, 3)))
    assert till.figures().captured == eur(10_000)
    assert till.wrong() == []


async def test_a_capture_after_a_split_takes_only_what_is_left_to_take(quick):
    quick.order()
    await quick.do("authorize")
    quick.split("1001-F1", left=6_000, moved=3_820)
    assert (await quick.do("capture", "1001-F1")).values == {"amount": "60.00"}
    assert (await quick.do("capture", "1001-F1")).said == "Nothing left to take"
    assert (await quick.do("capture", "1001-F2")).values == {"amount": "38.20"}
    assert quick.figures().captured == eur(9_820)


async def test_without_multi_capture_the_rest_is_held_again(database):
    till = Till(database, gateway=SimulatedGateway(database.url, multi_capture=False))
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    assert till.figures().held == eur(0)
    with pytest.raises(AuthorizationExpired):
        await till.do("capture", "1001-F2")
    await till.do("authorize", "1001-F2")
    await till.do("capture", "1001-F2")
    assert till.there(SimCapture) == [3_820, 6_000]
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong() == []


async def test_an_order_that_came_authorised_is_taken_over(till):
    till.order(state=PaymentState.AUTHORIZED, authorization="shop-77", token="tok_declined")
    held = await till.do("authorize")
    assert held.values["amount"] == "98.20"
    await till.do("capture", "1001-F1")
    assert till.there(SimAuthorization) == [9_820]
    assert till.figures().captured == eur(9_820)
    assert till.wrong() == []


async def test_an_authorisation_of_another_order_is_not_taken_over(quick):
    for number in ("1001", "1002"):
        quick.order(number, state=PaymentState.AUTHORIZED, authorization="shop-77")
    await quick.do("authorize")
    with pytest.raises(PaymentMisused):
        await quick.do("authorize", "1002")


async def test_an_order_that_came_paid_is_booked_and_never_charged(till):
    till.order("1001", 6_000, 3_820, state=PaymentState.PAID, authorization="shop-88")
    paid = await till.do("authorize")
    assert paid.said == "EUR 98.20 came paid"
    assert paid.values == {"amount": "0.00", "expires_at": None}
    assert paid.order["payment"]["state"] == "captured"
    await till.do("authorize")
    assert (await till.do("capture", "1001-F1")).values == {"amount": "60.00"}
    assert (await till.do("capture", "1001-F2")).said == "EUR 38.20 taken"
    assert (await till.do("capture", "1001-F2")).said == "Nothing left to take"
    assert [(p.kind, p.amount) for p in till.payments()] == [
        ("received", eur(9_820)),
        ("captured", eur(9_820)),
    ]
    assert till.there(SimAuthorization) == []
    assert till.there(SimCapture) == [9_820]
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong() == []


async def test_a_paid_order_that_is_called_off_gets_everything_back_through_its_gateway(till):
    till.order("1001", 6_000, 3_820, state=PaymentState.PAID, authorization="shop-88")
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    assert (await till.do("refund", "1001-F1")).said == "EUR 60.00 given back"
    undone = await till.do("void")
    assert undone.said == "EUR 38.20 given back"
    assert undone.order["payment"]["state"] == "refunded"
    assert till.there(SimRefund) == [3_820, 6_000]
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert till.wrong() == []


async def test_letting_go_keeps_what_a_parcel_that_has_left_has_to_be_paid(quick):
    quick.order("1001", 6_000, 3_820, state=PaymentState.PAID)
    await quick.do("authorize")
    quick.end("completed", FulfilmentState.SHIPPED)
    assert (await quick.do("void")).said == "Nothing was held"


async def test_a_transfer_of_exactly_the_total_pays_the_order(till):
    till.order("1001", 6_000, 3_820, method="transfer")
    for amount in ("98.19", "98.21", "0", "98.205"):
        with pytest.raises(AmountDiffers):
            await till.do("receive", amount=amount)
    got = await till.do("receive", amount="98.20")
    assert got.values == {"amount": "98.20"}
    assert got.said == "EUR 98.20 received"
    assert got.order["payment"]["state"] == "captured"
    assert (await till.do("capture", "1001-F1")).values == {"amount": "60.00"}
    with pytest.raises(AmountDiffers, match=r"EUR 0\.00 to pay"):
        await till.do("receive", amount="98.20")
    assert (await till.do("void")).said == "EUR 38.20 to be paid back by hand"
    assert till.there(SimCapture) == []
    assert till.wrong() == []


async def test_a_transfer_that_has_not_come_cannot_be_held_or_taken(quick):
    quick.order(method="transfer")
    with pytest.raises(PaymentDeclined, match="has not come"):
        await quick.do("authorize")
    with pytest.raises(PaymentDeclined, match="has not come"):
        await quick.do("capture", "1001-F1")


async def test_an_invoice_is_owed_from_when_the_parcel_leaves(till):
    till.order("1001", 6_000, 3_820, method="invoice")
    held = await till.do("authorize")
    assert held.said == "EUR 98.20 to be paid later: invoice"
    taken = await till.do("capture", "1001-F1")
    assert taken.said == "EUR 60.00 owed by the customer"
    paid = await till.do("receive", amount="98.20")
    assert paid.order["payment"]["captured"] == "98.20"
    assert (await till.do("capture", "1001-F2")).said == "EUR 38.20 taken"
    assert (await till.do("refund", "1001-F1")).said == "EUR 60.00 to be paid back by hand"
    assert till.there(SimCapture) == []
    assert till.wrong() == []


async def test_an_unpaid_invoice_that_is_taken_back_is_no_longer_owed(quick):
    quick.order(method="invoice")
    await quick.do("capture", "1001-F1")
    assert (await quick.do("refund", "1001-F1")).said == "EUR 98.20 no longer owed"
    assert quick.wrong() == []


async def test_letting_go_twice_is_as_good_as_once(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    let_go = await quick.do("void")
    assert let_go.values == {"amount": "38.20"}
    assert let_go.said == "EUR 38.20 let go"
    assert (await quick.do("void")).values == {"amount": "0.00"}
    assert quick.figures().voided == eur(3_820)


async def test_letting_go_nothing_or_what_has_expired_is_fine(quick):
    quick.order()
    assert (await quick.do("void")).said == "Nothing was held"
    await quick.do("authorize")
    await quick.do("void", at=days(9))
    assert quick.figures().held == eur(0)
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong(days(9)) == []


async def test_a_parcel_lets_go_its_own_hold_only(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    assert (await quick.do("void", "1001-F1")).values == {"amount": "0.00"}
    assert quick.figures().held == eur(9_820)


async def test_a_refund_gives_back_what_was_taken_for_the_parcel(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    await quick.do("capture", "1001-F2")
    back = await quick.do("refund", "1001-F1")
    assert back.values == {"amount": "60.00"}
    assert back.order["payment"]["state"] == "partially_refunded"
    assert (await quick.do("refund", "1001-F1")).said == "Nothing left to give back"
    whole = await quick.do("refund")
    assert whole.values == {"amount": "38.20"}
    assert whole.order["payment"]["state"] == "refunded"
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong() == []


async def test_refunds_at_once_never_give_back_more_than_was_taken(till):
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    lanes = ["1001", "1001-F1", "1001-F2", "1001", "1001-F1", "1001"]
    await asyncio.gather(*(till.do("refund", lane) for lane in lanes))
    assert till.figures().refunded == eur(9_820)
    assert sum(till.there(SimRefund)) == 9_820
    assert till.wrong() == []


async def test_a_refund_that_is_refused_waits_for_a_person_and_can_be_asked_again(till):
    till.order(token="tok_refund_fails")
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    call = till.call("refund", "1001-F1")
    for _ in range(2):
        with pytest.raises(PaymentDeclined, match=r"did not take back EUR 98\.20 of order 1001"):
            await till.cashier.refund(call)
    assert till.figures().refunded == eur(0)
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert {difference.rule for difference in till.wrong()} == {"M5", "M6"}


class GoneAtTheSecondRefund(SimulatedGateway):
    refunds = 0

    async def refund(self, *asked):
        self.refunds += 1
        if self.refunds == 2:
            raise NoAnswer("gone")
        return await super().refund(*asked)


async def test_what_was_given_back_before_the_gateway_went_away_is_booked(sqlite_database):
    till = Till(sqlite_database, gateway=GoneAtTheSecondRefund(sqlite_database.url))
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    call = till.call("refund")
    with pytest.raises(GatewayUnavailable):
        await till.cashier.refund(call)
    assert till.figures().refunded == eur(6_000)
    back = await till.cashier.refund(call)
    assert back.values == {"amount": "98.20"}
    assert back.said == "EUR 60.00 given back, EUR 38.20 given back"
    assert till.there(SimRefund) == [3_820, 6_000]
    assert till.wrong() == []


async def test_a_gateway_that_is_down_for_an_hour_is_asked_again_after_it(quick):
    quick.order(token="tok_down")
    call = quick.call("authorize")
    for minutes in (0, 30, 59):
        with pytest.raises(GatewayUnavailable):
            await quick.cashier.authorize(replace(call, now=NOON + timedelta(minutes=minutes)))
    await quick.cashier.authorize(replace(call, now=NOON + timedelta(minutes=60)))
    assert quick.there(SimAuthorization) == [9_820]


async def test_the_orders_clock_counts_for_the_outage_and_the_expiry(quick):
    quick.order(token="tok_down")
    call = replace(quick.call("authorize"), speed=3600.0)
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.authorize(call)
    held = await quick.cashier.authorize(replace(call, now=NOON + timedelta(seconds=1)))
    assert held.values["expires_at"] == (NOON + timedelta(seconds=1 + 7 * 24)).isoformat()


async def test_a_card_that_answers_with_errors_is_charged_once_all_the_same(quick):
    quick.order(token="tok_unknown")
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    await quick.do("refund", "1001-F1")
    assert quick.there(SimAuthorization) == quick.there(SimCapture) == quick.there(SimRefund) == [9_820]
    assert quick.wrong() == []


async def test_an_order_that_costs_nothing_asks_the_gateway_nothing(quick):
    quick.order("1001", 0)
    assert (await quick.do("authorize")).said == "Nothing left to hold"
    assert (await quick.do("capture", "1001-F1")).said == "Nothing left to take"
    assert (await quick.do("refund")).said == "Nothing left to give back"
    assert quick.payments() == []


async def test_an_unknown_order_or_parcel_is_refused(quick):
    quick.order()
    with pytest.raises(NotFound):
        await quick.do("authorize", "9999")
    with pytest.raises(NotFound):
        await quick.do("capture", "1001-F9")


async def test_nothing_personal_stands_in_answers_and_refusals(quick):
    quick.order(token="tok_declined")
    with pytest.raises(PaymentDeclined) as refusal:
        await quick.do("authorize")
    quick.order("1002")
    said = str(await quick.do("authorize", "1002")) + str(refusal.value)
    for word in ("Ada", "Lovelace", "St James", "tok_"):
        assert word not in said


async def _just_before(till, op):
    """Everything that has to be done before `op` has something to do."""
    till.order()
    before = {"authorize": [], "capture": ["authorize"], "void": ["authorize"]}
    for step in before.get(op, ["authorize", "capture"]):
        await till.do(step, "1001-F1" if step == "capture" else "1001")


def _acted_once(till, op):
    figures = till.figures()
    made = {"authorize": SimAuthorization, "capture": SimCapture, "refund": SimRefund}
    if op in made:
        assert till.there(made[op]) == [9_820]
    booked = {
        "authorize": figures.authorized,
        "capture": figures.captured,
        "void": figures.voided,
        "refund": figures.refunded,
    }
    assert booked[op] == eur(9_820)
    assert till.attempts() <= {"done", "not_done"}
    assert till.wrong() == []
