"""What is decided when goods come back for others."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.errors import BadInput, FlowRefused
from domain.money import Money
from domain.order import PaymentTerms
from domain.return_book import Sold
from domain.returns import Claim, Shipped, Terms
from domain.tax import stated_rate
from starter.exchanging import Instead, instead_of, with_exchange
from starter.returning import Wish, prepare_return
from tests.goods import MORNING, line, order

WISH = Wish("W1", {"CUP": Decimal(2)}, Claim.NONE, "too small", "Ann", "support", "form-1")


class Shop:
    """Its books, flows and rules."""

    def __init__(self, fee=0, **more) -> None:
        self.order = order("W1", line("CUP", "3"), line("POT", price=3000), **more)
        self.fee = fee
        self.flows = {"return": "r", "exchange": "x", "standard": "s"}

    def sold(self, number):
        return Sold(self.order, (Shipped(0, "W1-F1", "CUP", Decimal(3), MORNING),), 4, 1.0)

    def current(self):
        return self.flows

    def terms(self, scope, value, since_delivery):
        return Terms("return", Money(self.fee, "EUR"))

    def exchanges(self, number):
        return 1

    def route_order(self, facts):
        return "standard"

    def orders_before(self, email):
        return 4

    def unknown_skus(self, skus):
        return [sku for sku in skus if sku == "GHOST"]

    def discontinued_skus(self, skus):
        return []


def exchanged(shop: Shop, *typed: str):
    asked = prepare_return(WISH, shop, shop, shop, MORNING)
    return with_exchange(asked, instead_of(typed), shop, shop, shop, {"JUG": "A jug"})


def test_what_was_paid_for_the_goods_pays_for_the_others():
    made = exchanged(Shop(), "POT=1")
    new = made.exchange.order

    assert (new.number, new.total, made.exchange.credit) == (
        "W1-X2",
        Money(1000, "EUR"),
        Money(2000, "EUR"),
    )
    assert (made.terms.flow, made.flow_hash) == ("exchange", "x")
    assert (new.customer, new.shipping_address) == (Shop().order.customer, Shop().order.shipping_address)
    assert list(made.exchange.placement.holds) == ["AWAITING_RETURN"]


def test_cheaper_goods_cost_nothing_and_the_rest_goes_back():
    made = exchanged(Shop(), "JUG=1@12.50")

    assert (made.exchange.order.total, made.exchange.credit) == (Money(0, "EUR"), Money(1250, "EUR"))
    assert made.exchange.order.lines[0].title == "A jug"


def test_a_fee_pays_for_nothing():
    assert exchanged(Shop(fee=300), "POT=1").exchange.order.total == Money(1300, "EUR")


def test_the_same_goods_again_keep_their_rate_of_tax():
    included, added = replace(line("CUP", "3"), tax_rate=Decimal("7.5")), line("POT", price=3000)
    added = replace(added, tax=Money(570, "EUR"), total=Money(3570, "EUR"))
    shop = Shop()
    shop.order = replace(shop.order, lines=(included, added), total=Money(6570, "EUR"))

    lines = exchanged(shop, "CUP=1", "POT=1", "JUG=1@3.00").exchange.order.lines

    assert [stated_rate(each) for each in lines] == ["7.5", "19", ""]


def test_the_same_goods_again_cost_what_they_cost_with_their_tax():
    taxed = replace(line("CUP", "3"), tax=Money(300, "EUR"), total=Money(3300, "EUR"))
    shop = Shop()
    shop.order = replace(shop.order, lines=(taxed, shop.order.lines[1]), total=Money(6790, "EUR"))

    assert exchanged(shop, "CUP=2").exchange.order.total == Money(0, "EUR")


@pytest.mark.parametrize(
    ("terms", "paid_by"),
    [
        (PaymentTerms("card", token="tok_ok"), PaymentTerms("card", token="tok_ok")),
        (PaymentTerms("paypal"), PaymentTerms("transfer")),
        (PaymentTerms("invoice"), PaymentTerms("invoice")),
    ],
)
def test_what_the_others_cost_more_is_paid_the_same_way_where_that_can_be(terms, paid_by):
    shop = Shop()
    shop.order = replace(shop.order, payment=terms)

    assert exchanged(shop, "POT=1").exchange.order.payment == paid_by


@pytest.mark.parametrize(
    ("typed", "why"),
    [("JUG=1", "say what one JUG costs"), ("GHOST=1@5.00", "not an article"), ("JUG=1@1.005", "finer")],
)
def test_what_cannot_go_out_is_refused_by_its_field(typed, why):
    with pytest.raises(BadInput, match=why):
        exchanged(Shop(), typed)


@pytest.mark.parametrize("typed", ["CUP", "=1", "CUP=0", "CUP=-1", "CUP=1e3", "CUP=one", ""])
def test_what_is_no_exchange_is_refused(typed):
    with pytest.raises(BadInput, match="SKU=quantity"):
        instead_of([typed])


def test_a_price_is_read_apart_from_the_quantity():
    assert instead_of(["A=B=1.5@2"]) == (Instead("A=B", Decimal("1.5"), "2"),)


def test_an_exchange_takes_a_flow_that_is_published():
    shop = Shop()
    del shop.flows["exchange"]
    with pytest.raises(FlowRefused, match="publish"):
        exchanged(shop, "POT=1")
