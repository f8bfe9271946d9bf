"""What is decided when goods are to come back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.errors import ActRefused, BadInput, FlowRefused
from domain.facts import Facts
from domain.money import Money
from domain.return_book import Sold
from domain.returns import Claim, Shipped, Terms
from starter.ids import return_workflow, subject_of
from starter.returning import Wish, goods_of, prepare_return
from tests.goods import MORNING, line, order

NOW = MORNING + timedelta(days=10)
WISH = Wish("W1", {"CUP": Decimal(2)}, Claim.NONE, " too big ", "Ann", "support", "form-1")


class Shop:
    """Its books, flows and rules; `asked` is what the rules were asked."""

    def __init__(self, *delivered, speed=1.0) -> None:
        sold = order("W1", line("CUP", "3"))
        goods = tuple(
            Shipped(0, f"W1-F{n}", "CUP", Decimal(1), when) for n, when in enumerate(delivered, 1)
        )
        self.goods = Sold(sold, goods, 4, speed)
        self.asked: tuple[Facts, Money, timedelta] = ({}, Money(0, "EUR"), timedelta(0))

    def sold(self, number):
        return self.goods

    def current(self):
        return {"return": "abc"}

    def terms(self, scope, value, since_delivery):
        self.asked = (scope, value, since_delivery)
        return Terms("return", Money(100, "EUR"))


def asked(shop: Shop, wish: Wish = WISH):
    return prepare_return(wish, shop, shop, shop, NOW)


def test_the_terms_of_the_day_are_kept_with_the_return():
    shop = Shop(MORNING, MORNING + timedelta(days=7))

    made = asked(shop)

    assert (made.value, made.terms.fee, made.flow_hash) == (Money(2000, "EUR"), Money(100, "EUR"), "abc")
    assert (made.reason, made.days, made.speed) == ("too big", 10, 1.0)
    scope, value, since = shop.asked
    assert (value, since) == (Money(2000, "EUR"), timedelta(days=10))
    assert scope["order"]["orders_before"] == 4
    assert scope["return"]["lines"][0]["quantity"] == "1"


def test_the_window_is_counted_on_the_orders_own_clock():
    shop = Shop(NOW - timedelta(hours=1), NOW - timedelta(hours=1), speed=24.0)

    assert asked(shop).days == 1


def test_what_was_lost_has_no_days_since_delivery():
    shop = Shop(None, None)

    assert asked(shop, replace(WISH, claim=Claim.LOST)).days == 0
    with pytest.raises(ActRefused, match="not delivered yet"):
        asked(shop)


def test_a_return_says_why():
    with pytest.raises(BadInput, match="say why"):
        asked(Shop(MORNING, MORNING), replace(WISH, reason="  "))


def test_a_flow_that_is_not_published_takes_no_return():
    shop = Shop(MORNING, MORNING)
    shop.current = dict  # type: ignore[method-assign] # nothing is published

    with pytest.raises(FlowRefused, match="not published"):
        asked(shop)


def test_goods_are_typed_as_sku_and_quantity():
    assert goods_of(["CUP=2", "A=B=1.5", "CUP=1"]) == {"CUP": Decimal(3), "A=B": Decimal("1.5")}


@pytest.mark.parametrize("typed", ["CUP", "=2", "CUP=", "CUP=two", "CUP=-1", "CUP=1e3", "CUP=NaN", "CUP=²"])
def test_what_is_no_quantity_is_refused(typed):
    with pytest.raises(BadInput):
        goods_of([typed])


def test_the_workflow_of_a_return_is_named_after_its_order_and_its_number():
    assert return_workflow("A-R1-R12") == "return/A-R1/12"
    assert subject_of("return/A-R1/12") == "A-R1-R12"
    assert subject_of("order/A-R1") == "A-R1"
