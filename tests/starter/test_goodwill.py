"""What is decided when money is to go back with nothing coming back for it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.errors import BadInput, FlowRefused
from domain.money import Money
from domain.return_book import Sold
from domain.returns import Claim
from flow.return_rules import Goodwill as Rule
from starter.goodwill import Goodwill, prepare_goodwill
from tests.goods import line, order

WISH = Goodwill("W1", "10.00", " a scratch ", "Ann", "support", "form-1")
RULE = Rule("goodwill", {"EUR": Decimal(50)})


class Shop:
    def sold(self, number):
        return Sold(order(number, line("CUP", "3")), (), 0, 1.0)

    def current(self):
        return {"goodwill": "abc"}


def asked(wish=WISH, rule=RULE):
    return prepare_goodwill(wish, Shop(), Shop(), rule)


def test_a_goodwill_is_of_no_goods_and_says_why():
    made = asked()

    assert (made.claim, made.lines, made.value) == (Claim.GOODWILL, (), Money(1000, "EUR"))
    assert (made.reason, made.flow_hash, made.by) == ("a scratch", "abc", "Ann")


@pytest.mark.parametrize(
    ("amount", "rule", "two"),
    [("50.00", RULE, False), ("50.01", RULE, True), ("0.01", Rule("goodwill", {"USD": Decimal(50)}), True)],
)
def test_above_the_limit_of_its_currency_a_second_person_has_to_agree(amount, rule, two):
    assert asked(replace(WISH, amount=amount), rule).second_person is two


@pytest.mark.parametrize("amount", ["0", "0.00", "-5", "5.001", "", "1e3", "ten", "9" * 40])
def test_what_is_no_amount_is_refused_by_its_field(amount):
    with pytest.raises(BadInput) as refusal:
        asked(replace(WISH, amount=amount))
    assert refusal.value.field == "amount"


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 10_001])
def test_nothing_goes_back_without_a_reason_that_can_be_kept(reason):
    with pytest.raises(BadInput) as refusal:
        asked(replace(WISH, reason=reason))
    assert refusal.value.field == "reason"


def test_a_goodwill_takes_a_flow_that_is_published():
    with pytest.raises(FlowRefused, match="publish"):
        asked(rule=Rule("gone"))
