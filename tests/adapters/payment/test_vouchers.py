"""Vouchers and gift cards beside another payment: taken first, given back last."""

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from domain.errors import AmountDiffers, GatewayUnavailable, PaymentDeclined
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState, PaymentTerms, Voucher
from tests.adapters.payment.till import days
from tests.adapters.placed import a_fulfilment, an_order, eur, place

GIFT = PaymentTerms("gift_card", token="tok_gift")
PAID = PaymentTerms("voucher", PaymentState.PAID)


def with_vouchers(till, *vouchers, shares=(6_000, 3_820), number="1001", **terms):
    """An order of EUR 98.20, some of which `vouchers` pay: (terms, cents)."""
    order = an_order(
        number,
        payment=PaymentTerms(**{"method": "card", **terms}),
        total=eur(sum(shares)),
        vouchers=tuple(Voucher(terms, eur(minor)) for terms, minor in vouchers),
    )
    parts = [a_fulfilment(order, n, total=eur(share)) for n, share in enumerate(shares, 1)]
    return place(till.database, order, *parts)


async def test_a_voucher_is_taken_when_the_order_is_accepted_and_the_card_holds_the_rest(till):
    with_vouchers(till, (GIFT, 2_000))
    held = await till.do("authorize")
    assert held.values["amount"] == "78.20"
    assert till.there(SimCapture) == [2_000]
    first = await till.do("capture", "1001-F1", days(1))
    assert first.values == {"amount": "60.00"}
    assert till.there(SimCapture) == [2_000, 4_000]
    await till.do("capture", "1001-F2", days(1))
    assert till.there(SimCapture) == [2_000, 3_820, 4_000]
    assert till.figures().captured == eur(9_820)
    assert till.figures().held == eur(0)
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(1)) == []


async def test_a_parcel_that_a_voucher_pays_whole_leaves_what_the_card_holds_for_the_next(quick):
    with_vouchers(quick, (GIFT, 6_000))
    await quick.do("authorize")
    assert (await quick.do("capture", "1001-F1")).said == "EUR 60.00 taken"
    assert quick.figures().held == eur(3_820)
    await quick.do("capture", "1001-F2")
    assert quick.there(SimCapture) == [3_820, 6_000]
    assert quick.wrong() == []


@pytest.mark.parametrize("op", ["authorize", "capture"])
@pytest.mark.parametrize("how", ["timeout_after", "error_after", "error", "down", "busy"])
async def test_a_voucher_is_charged_once_whatever_the_answer(quick, op, how):
    with_vouchers(quick, (GIFT, 2_000))
    await quick.gateway.misbehave("1001", op, how)
    call = quick.call("authorize")
    for _ in range(2):
        try:
            held = await quick.cashier.authorize(call)
        except GatewayUnavailable:
            continue
    assert held.values["amount"] == "78.20"
    assert quick.there(SimCapture) == [2_000]
    assert quick.there(SimAuthorization) == [2_000, 7_820]
    assert quick.wrong() == []


@pytest.mark.parametrize("op", ["authorize", "capture"])
async def test_a_voucher_that_was_never_answered_is_given_back_when_the_order_is_called_off(quick, op):
    with_vouchers(quick, (GIFT, 2_000))
    await quick.gateway.misbehave("1001", op, "timeout_after")
    with pytest.raises(GatewayUnavailable):
        await quick.do("authorize")
    await quick.do("void")
    assert quick.figures().refundable == eur(0)
    assert quick.figures().held == eur(0)
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong() == []


async def test_a_voucher_is_given_back_where_the_card_is_declined(till):
    with_vouchers(till, (GIFT, 2_000), token="tok_declined")
    with pytest.raises(PaymentDeclined):
        await till.do("authorize")
    assert (await till.do("void")).said == "EUR 20.00 given back"
    assert till.there(SimRefund) == [2_000]
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert till.wrong() == []


async def test_a_voucher_that_is_worth_nothing_is_a_declined_payment(quick):
    with_vouchers(quick, (PaymentTerms("voucher", token="tok_declined"), 2_000))
    with pytest.raises(PaymentDeclined, match=r"voucher over EUR 20\.00 of order 1001 was refused"):
        await quick.do("authorize")
    assert quick.payments() == []


async def test_what_comes_back_is_paid_to_the_card_before_the_voucher(till):
    with_vouchers(till, (GIFT, 2_000))
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    back = await till.do("refund", "1001-F1")
    assert back.said == "EUR 40.00 given back, EUR 20.00 given back"
    await till.do("void")
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert till.wrong() == []


async def test_a_voucher_that_came_paid_leaves_the_card_to_pay_the_rest(till):
    """The shop took it by itself: no gateway of ours knows it, and it is paid back by hand."""
    with_vouchers(till, (PAID, 2_000))
    assert (await till.do("authorize")).values["amount"] == "78.20"
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    assert till.there(SimCapture) == [3_820, 4_000]
    assert till.figures().captured == eur(9_820)
    assert (
        await till.do("refund", "1001-F1")
    ).said == "EUR 40.00 given back, EUR 20.00 to be paid back by hand"
    assert till.wrong() == []


async def test_an_order_paid_in_two_ways_before_is_never_charged(quick):
    with_vouchers(quick, (PAID, 2_000), state=PaymentState.PAID, authorization="shop-88")
    assert (await quick.do("authorize")).said == "EUR 78.20 came paid"
    await quick.do("capture", "1001-F1")
    await quick.do("capture", "1001-F2")
    assert quick.there(SimAuthorization) == []
    assert quick.there(SimCapture) == [7_820]
    quick.end("completed", FulfilmentState.FULFILLED)
    assert quick.wrong() == []


async def test_a_transfer_beside_a_voucher_is_of_the_rest(quick):
    with_vouchers(quick, (GIFT, 2_000), method="transfer")
    with pytest.raises(AmountDiffers):
        await quick.do("receive", amount="98.20")
    assert (await quick.do("receive", amount="78.20")).values == {"amount": "78.20"}
    await quick.do("capture", "1001-F1")
    await quick.do("capture", "1001-F2")
    assert quick.figures().captured == eur(9_820)
    quick.end("completed", FulfilmentState.FULFILLED)
    assert quick.wrong() == []


async def test_an_invoice_beside_a_voucher_is_of_the_rest(quick):
    with_vouchers(quick, (GIFT, 2_000), method="invoice")
    await quick.do("authorize")
    taken = await quick.do("capture", "1001-F1")
    assert taken.said == "EUR 20.00 taken, EUR 40.00 owed by the customer"
    assert (await quick.do("capture", "1001-F2")).said == "EUR 38.20 owed by the customer"
    assert quick.wrong() == []


async def test_only_what_no_voucher_pays_is_held_anew(quick):
    with_vouchers(quick, (GIFT, 2_000))
    await quick.do("authorize")
    anew = await quick.do("renew", at=days(6), by=days(7).isoformat())
    assert anew.values["amount"] == "78.20"
    assert quick.figures().held == eur(7_820)


async def test_vouchers_that_pay_for_everything_leave_no_card_to_ask(quick):
    with_vouchers(quick, (GIFT, 5_000), method="voucher", token="tok_other")
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    await quick.do("capture", "1001-F2")
    assert quick.there(SimCapture) == [1_000, 3_820, 5_000]
    assert quick.wrong() == []
