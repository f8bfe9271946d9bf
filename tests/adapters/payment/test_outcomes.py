"""Whatever the gateway answers, or does not: it is done once, and the books know it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from domain.errors import (
    AuthorizationExpired,
    GatewayUnavailable,
    PaymentMisused,
)
from domain.fulfilment import FulfilmentState
from tests.adapters.payment.till import acted_once, days, just_before
from tests.adapters.placed import NOON, eur


@pytest.mark.parametrize("how", ["timeout_after", "empty_after"])
@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_after_a_lost_answer_the_same_key_asks_again(quick, op, how):
    await just_before(quick, op)
    await quick.gateway.misbehave("1001", op, how)
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable, match="no answer for order 1001"):
        await getattr(quick.cashier, op)(call)
    await getattr(quick.cashier, op)(call)
    assert quick.payments()[-1].key.endswith(":v1")
    acted_once(quick, op)


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_an_error_after_it_was_done_is_read_and_counts(quick, op):
    await just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "error_after")
    await quick.do(op, "1001-F1" if op in ("capture", "refund") else "1001")
    assert quick.payments()[-1].key.endswith(":v1")
    acted_once(quick, op)


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_an_error_before_it_was_done_is_read_and_takes_the_next_key(quick, op):
    await just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "error")
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable):
        await getattr(quick.cashier, op)(call)
    await getattr(quick.cashier, op)(call)
    assert quick.payments()[-1].key.endswith(":v2")
    acted_once(quick, op)


async def test_an_error_that_cannot_be_read_yet_is_read_before_asking_again(quick):
    await just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "error_after")
    await quick.gateway.misbehave("1001", "read", "down")
    call = quick.call("capture", "1001-F1")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(call)
    acted_once(quick, "capture")


async def test_a_gateway_that_is_busy_is_asked_again_with_the_same_key(quick):
    await just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "busy", times=2)
    call = quick.call("capture", "1001-F1")
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            await quick.cashier.capture(call)
    await quick.cashier.capture(call)
    assert quick.payments()[-1].key.endswith(":v1")


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_a_key_that_may_be_forgotten_is_read_first(quick, op):
    """Its first try is 23 hours old: the gateway may have pruned it, and would do it a second time."""
    await just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "timeout_after")
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable):
        await getattr(quick.cashier, op)(call)
    quick.forget_keys()
    await getattr(quick.cashier, op)(replace(call, now=NOON + timedelta(hours=23)))
    assert quick.payments()[-1].key.endswith(":v1")
    acted_once(quick, op)


@pytest.mark.parametrize("op", ["authorize", "capture", "void", "refund"])
async def test_an_old_key_under_which_nothing_was_done_is_given_up(quick, op):
    await just_before(quick, op)
    await quick.gateway.misbehave("1001", op, "down")
    call = quick.call(op, "1001-F1" if op in ("capture", "refund") else "1001")
    with pytest.raises(GatewayUnavailable):
        await getattr(quick.cashier, op)(call)
    await getattr(quick.cashier, op)(replace(call, now=NOON + timedelta(hours=23)))
    assert quick.payments()[-1].key.endswith(":v2")
    acted_once(quick, op)


async def test_what_the_gateway_says_is_done_already_counts_when_it_is_ours(quick):
    """The worker died before it wrote the answer down, and the gateway has forgotten the key."""
    await just_before(quick, "capture")
    call = quick.call("capture", "1001-F1")
    hold = quick.ledger.sheet("1001", "1001-F1").holds[0]
    attempt = quick.ledger.attempt(call, call.key, hold.id, eur(9_820))
    await quick.gateway.capture(call, attempt.key, hold.id, eur(9_820))
    quick.forget_keys()
    await quick.cashier.capture(call)
    acted_once(quick, "capture")


async def test_money_taken_at_the_gateway_by_somebody_else_is_for_a_person(quick):
    quick.order("1001", 5_000, 4_820)
    await quick.do("authorize")
    hold = quick.ledger.sheet("1001", "").holds[0]
    await quick.gateway.void(quick.call("void"), "by-hand", hold.id)
    with pytest.raises(AuthorizationExpired, match="no longer held"):
        await quick.do("capture", "1001-F1")


async def test_another_amount_at_the_gateway_is_for_a_person(quick):
    await just_before(quick, "capture")
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
    await just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", "timeout_after")
    call = quick.call("capture", "1001-F1", days(6.9))
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)
    await quick.cashier.capture(replace(call, now=days(7.5)))
    acted_once(quick, "capture")


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


@pytest.mark.parametrize("how", ["timeout_after", "empty_after"])
async def test_a_hold_that_was_never_answered_is_found_and_let_go_when_the_order_is_called_off(quick, how):
    quick.order()
    await quick.gateway.misbehave("1001", "authorize", how)
    with pytest.raises(GatewayUnavailable):
        await quick.do("authorize")

    assert (await quick.do("void")).said == "EUR 98.20 let go"

    assert quick.figures().held == eur(0)
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong() == []


@pytest.mark.parametrize("how", ["timeout_after", "empty_after"])
async def test_a_capture_that_was_never_answered_is_found_and_given_back(quick, how):
    await just_before(quick, "capture")
    await quick.gateway.misbehave("1001", "capture", how)
    with pytest.raises(GatewayUnavailable):
        await quick.do("capture", "1001-F1")

    assert (await quick.do("refund", "1001-F1")).said == "EUR 98.20 given back"

    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong() == []


async def test_what_another_parcel_is_still_asked_for_is_left_to_it(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.gateway.misbehave("1001", "capture", "timeout_after")
    call = quick.call("capture", "1001-F1")
    with pytest.raises(GatewayUnavailable):
        await quick.cashier.capture(call)

    await quick.do("refund", "1001-F2")
    await quick.cashier.capture(call)

    assert quick.there(SimCapture) == [6_000]
    assert quick.figures().refunded == eur(0)
