"""Orders paid in several ways: vouchers and gift cards beside another payment."""

import pytest

from domain.order import PaymentState
from tests.starter.formats.samples import OWN, SHOPIFY, changed, refusal, taken

CARD = {"method": "card", "state": "due", "amount": "51.34", "token": "tok_ok"}
GIFT = {"method": "gift card", "state": "due", "amount": "20.00", "token": "tok_gift"}


def paid_by(*payments):
    return changed(OWN, "payment", ...) | {"payments": list(payments)}


def test_a_gift_card_stands_beside_the_card_that_pays_the_rest():
    order = taken(paid_by(GIFT, CARD), "orderkeeper")
    assert (order.payment.method, order.payment.token) == ("card", "tok_ok")
    assert [(each.terms.method, each.amount.minor) for each in order.vouchers] == [("gift card", 2_000)]
    assert (order.total.minor, order.to_pay.minor) == (7_134, 5_134)


def test_whichever_comes_first_the_voucher_is_the_one_that_does_not_wait():
    assert taken(paid_by(CARD, GIFT), "orderkeeper") == taken(paid_by(GIFT, CARD), "orderkeeper")


def test_one_payment_alone_is_as_if_it_were_not_in_a_list():
    alone = taken(paid_by(CARD | {"amount": "71.34"}), "orderkeeper")
    assert alone == taken(OWN, "orderkeeper")


def test_a_card_that_was_paid_in_part_pays_beside_one_that_is_due():
    paid = CARD | {"state": "paid", "amount": "20.00", "authorization": "ch_1"}
    order = taken(paid_by(paid, CARD), "orderkeeper")
    assert order.payment.state is PaymentState.DUE
    assert order.vouchers[0].terms.authorization == "ch_1"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (OWN | {"payments": [CARD]}, "payments stands beside `payment`"),
        (changed(OWN, "payment", ...), "payment is missing"),
        (paid_by(), "payments has to hold one to 10 payments"),
        (paid_by(*[GIFT] * 11), "payments has to hold one to 10 payments"),
        (paid_by(GIFT, CARD | {"amount": "51.33"}), "payments make 71.33, but the total is 71.34"),
        (paid_by(CARD, CARD), "payments[1].state only one payment may wait until the goods leave"),
        (paid_by(GIFT | {"amount": "0.00"}, CARD), "payments[0].amount has to be above nought"),
        (paid_by(GIFT | {"amount": "twenty"}, CARD), "payments[0].amount"),
        (paid_by(GIFT | {"token": ""}, CARD), "payments[0].token is needed"),
        (paid_by(GIFT | {"state": "authorized"}, CARD), "payments[0].authorization is needed"),
        (paid_by({"method": "card", "state": "due"}), "payments[0].amount is missing"),
        (paid_by(CARD | {"sum": "1"}), "payments[0].sum is not a field of an order"),
    ],
)
def test_payments_that_make_no_sense_are_refused_by_their_field(order, said):
    assert said in refusal(order, "orderkeeper").replace(":", "")


def transaction(kind, gateway, amount, status="success"):
    return {"kind": kind, "gateway": gateway, "amount": amount, "status": status, "authorization": "ch_9"}


GIFT_SALE = transaction("sale", "gift_card", "10.00")


def test_a_shopify_gift_card_is_a_voucher_where_the_payload_brings_the_transactions():
    order = taken(SHOPIFY | {"transactions": [GIFT_SALE, transaction("sale", "bogus", "36.40")]}, "shopify")
    assert order.payment.state is PaymentState.PAID
    assert [(each.terms.method, each.amount.minor) for each in order.vouchers] == [("gift_card", 1_000)]
    assert order.to_pay.minor == 3_640


def test_a_shopify_order_whose_card_holds_what_the_gift_card_does_not_pay_is_authorised():
    held = transaction("authorization", "bogus", "36.40")
    order = taken(
        SHOPIFY | {"financial_status": "partially_paid", "transactions": [GIFT_SALE, held]}, "shopify"
    )
    assert (order.payment.state, order.payment.authorization) == (PaymentState.AUTHORIZED, "ch_9")
    assert order.to_pay.minor == 3_640


@pytest.mark.parametrize(
    "transactions",
    [
        [GIFT_SALE],
        [GIFT_SALE, transaction("authorization", "bogus", "30.00")],
        [GIFT_SALE, transaction("authorization", "bogus", "36.40", "failure")],
        [transaction("sale", "bogus", "10.00"), transaction("authorization", "bogus", "36.40")],
    ],
)
def test_a_shopify_order_that_is_paid_in_part_only_is_refused_all_the_same(transactions):
    order = SHOPIFY | {"financial_status": "partially_paid", "transactions": transactions}
    assert "paid in part only" in refusal(order, "shopify")


def test_a_shopify_order_that_a_gift_card_pays_whole_has_no_voucher_beside_it():
    order = taken(SHOPIFY | {"transactions": [transaction("sale", "gift_card", "46.40")]}, "shopify")
    assert order.vouchers == ()
    assert order.payment.state is PaymentState.PAID
