"""The rules of config/returns.yaml: the first row that holds decides."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from activities.catalogue import ACTIONS
from config.shop import read_shop
from domain.errors import ActRefused
from domain.money import Money
from domain.returns import Terms
from flow.conditions import ConditionFailed, check, compile  # noqa: A004 (a condition is compiled)
from flow.facts import LEVELS, ROOTS
from flow.load.returns import read_returns
from flow.model import Level
from flow.return_rules import Fee
from tests.fake_returns import FakeReturns
from tests.fakes import facts

FLOWS = {"return": "return", "keep": "return", "warehouse": "fulfilment"}
RULES = """\
returns:
  - if: return.claim == "lost"
    flow: keep
    window: 60 days
    shipping: true
  - if: any(line.made_to_order for line in return.lines)
    refuse: what was made to order does not come back
  - below: {EUR: 10.00, JPY: 1600}
    flow: keep
    window: 30 days
  - otherwise: return
    window: 30 days
    fee: 10 %
"""


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def terms(minor: int = 7000, days: int = 3, source: str = RULES, **changes) -> Terms:
    rules, book = read_returns(source, "returns.yaml", FLOWS, one_currency=False)
    assert book.findings == []
    returned = FakeReturns().return_facts() | changes
    return rules.terms({"order": facts(), "return": returned}, eur(minor), timedelta(days=days))


def test_the_last_row_takes_what_no_other_does():
    assert terms() == Terms("return", eur(700))


def test_a_claim_comes_first_and_costs_nothing():
    assert terms(claim="lost") == Terms("keep", eur(0), shipping=True)


def test_the_customer_pays_for_the_way_back_unless_the_shop_says_so():
    assert not terms().free
    assert terms(source=RULES.replace("fee: 10 %", "way_back: shop")).free


def test_what_is_worth_less_than_a_row_says_stays_with_the_customer():
    assert terms(999).flow == "keep"
    assert terms(1000).flow == "return"


def test_a_currency_that_a_row_does_not_name_is_never_below():
    rules, _ = read_returns(RULES, "returns.yaml", FLOWS, one_currency=False)
    scope = {"order": facts(), "return": FakeReturns().return_facts()}

    assert rules.terms(scope, Money(1, "USD"), timedelta(0)).flow == "return"
    assert rules.terms(scope, Money(1599, "JPY"), timedelta(0)).flow == "keep"


def test_what_was_made_to_order_does_not_come_back():
    made = [{**FakeReturns().return_facts()["lines"][0], "made_to_order": True}]

    with pytest.raises(ActRefused, match=r"Order 1001: what was made to order does not come back\."):
        terms(lines=made)


def test_the_window_counts_from_delivery_to_the_second():
    assert terms(days=30).flow == "return"
    with pytest.raises(ActRefused, match="30 days for returns are over; it was delivered 31 days ago"):
        terms(days=31)


@pytest.mark.parametrize(
    ("fee", "value", "kept"),
    [
        (Fee(), 7000, 0),
        (Fee(percent=Decimal(10)), 7005, 701),
        (Fee(amounts={"EUR": Decimal("4.90")}), 7000, 490),
        (Fee(amounts={"EUR": Decimal("4.90")}), 300, 300),
        (Fee(amounts={"USD": Decimal("4.90")}), 7000, 0),
    ],
)
def test_a_fee_is_kept_and_never_more_than_the_goods_are_worth(fee, value, kept):
    assert fee.of(eur(value)) == eur(kept)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("flow: keep\n    window: 60 days", "flow: kepe\n    window: 60 days", "did you mean 'keep'"),
        ("otherwise: return", "otherwise: warehouse", "there is no such flow 'warehouse'"),
        ("window: 60 days", "window: 60 working days", "runs by the clock"),
        ("    window: 60 days\n", "", "needs `window`"),
        ("    flow: keep\n    window: 30 days\n", "    window: 30 days\n", "needs `flow`"),
        ("fee: 10 %", "way_back: us", "'us' does not pay for the way back - write customer or shop"),
        ("fee: 10 %", "fee: ten", "'ten' is no fee"),
        ("fee: 10 %", "fee: {EUR: 4.905}", "finer than EUR allows"),
        ("EUR: 10.00", "Euro: 10.00", "'Euro' is no currency"),
        ("EUR: 10.00", "EUR: -1", "less than nought"),
        ("return.claim", "return.calim", "did you mean"),
        ('return.claim == "lost"', "return.fee > 0", "unknown field 'return.fee'"),
        ("  - otherwise: return", "  - if: order.express\n    flow: return", "does not say what else"),
        ("returns:", "return:", "did you mean 'returns'"),
    ],
)
def test_what_is_wrong_with_the_rules_is_found(before, after, told):
    assert before in RULES
    _, book = read_returns(RULES.replace(before, after), "returns.yaml", FLOWS, one_currency=False)

    assert any(told in f"{found}" for found in book.findings), [str(found) for found in book.findings]


def test_the_shipped_rules_hold_together():
    shop = read_shop(Path("config"), ACTIONS)
    scope = {"order": facts(), "return": FakeReturns().return_facts()}

    assert shop.returns.terms(scope, eur(7000), timedelta(days=3)) == Terms("return", eur(0))
    assert shop.returns.terms(scope, eur(900), timedelta(days=3)).flow == "return-keep"


def test_a_condition_reads_the_facts_of_a_return():
    scope = {"order": facts(), "return": {"value": "70.00", "claim": "none", "lines": []}}
    text = 'order.currency == "EUR" and return.value > 50 and return.claim in ["none"]'

    verdict = compile(text).evaluate(scope)

    assert verdict.value is True
    assert "return.value = 70.00" in verdict.because
    assert check(text, LEVELS[Level.RETURN]) == []


def test_a_mistake_beside_a_return_is_found_in_its_place():
    text = 'order.currency == "EUR" and return.valeu > 50'

    problem = check(text, ROOTS)[0]

    assert "did you mean 'return.value'" in problem.message
    assert problem.column == text.index("return")


def test_the_word_return_in_a_text_is_left_alone_and_nothing_else_passes_for_it():
    said = compile('order.channel == "return"').evaluate({"order": {"channel": "return"}})

    assert said.value is True
    with pytest.raises(ConditionFailed):
        compile("_retrn.value > 50")
    with pytest.raises(ConditionFailed):
        compile("return return.value")
