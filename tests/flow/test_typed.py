"""Conditions: what is found in them before any order meets them."""

# ruff: noqa: E501 - one case a row reads best on one line

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow import conditions
from flow.conditions import ConditionFailed, check
from flow.facts import ROOTS
from flow.kinds import LINES, Kind
from tests.fakes import facts

SCREEN = Kind("record", fields={"score": Kind("count"), "note": Kind("private")})
TYPES = {
    **ROOTS,
    "screen": SCREEN,
    "pack": Kind("record", fields={"missing": LINES, "weight": Kind("grams")}),
    "transfer": Kind("record", fields={"amount": Kind("money"), "at": Kind("instant")}),
    "tell": Kind("record"),
    "broken": Kind("anything"),
}
SCOPE = {"order": facts(), "screen": {"score": 12}}


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("order.totl > 5", 0, "unknown field 'order.totl' - did you mean 'order.total'?"),
        ("ordr.total > 5", 0, "unknown name 'ordr' - did you mean 'order'?"),
        ("order.express and scren.score > 5", 18, "unknown name 'scren' - did you mean 'screen'?"),
        ("order.country == 'Ö' and order.totl > 5", 25, "unknown field 'order.totl'"),
        ("true", 0, "unknown name 'true' - did you mean 'True'?"),
        ("order.total > '5'", 14, "money cannot be compared with text"),
        ("order.total > order.item_count", 14, "money cannot be compared with number"),
        ("pack.weight > order.total", 14, "grams cannot be compared with money"),
        ("screen.score", 0, "this is count, but true or false is wanted"),
        ("not screen.score", 4, "screen.score is count, neither true nor false"),
        ("1 < 2", 0, "this is always the same"),
        ("order.express or True", 17, "True decides here always"),
        ("order.express == order.express", 0, "both sides are the same"),
        ("order.delivery == 'post'", 18, "this is never 'post': it is one of ship, pickup, local"),
        ("order.delivery in ['ship', 'post']", 27, "this is never 'post'"),
        ("screen.score > 1.5", 15, "a count is never 1.5"),
        ("order.country in []", 17, "this list is empty"),
        ("order.country in order.lines", 0, "`in` wants a list on its right"),
        ("order.placed_at > '2026-11-01'", 18, "is not an instant such as"),
        ("order.country > 'DE'", 0, "text has no more or less"),
        ("order.total = 5", 12, "'=' has no place in a condition"),
        ("order.express && order.hold", 14, "'&' has no place in a condition"),
        ("order.total / 2 > 5", 12, "'/' has no place in a condition"),
        ("order.total > 1e3", 14, "this is no number"),
        ("order.total > 0x10", 14, "this is no number"),
        ("order.total > 10for", 14, "this is no number"),
        ("order.country == 'DE", 17, "this text does not end"),
        ("order.country in ['DE' 'AT']", 23, "a text cannot follow here"),
        ("order.country == f'x'", 18, "a text cannot follow here"),
        ("order.total > 1234567890123456", 14, "a number of more than 15 digits"),
        ("order.total >", 12, "this does not read as a condition"),
        ("", 0, "there is no condition here"),
        ("order.__class__ == 1", 0, "'__class__' cannot be read"),
        ("__import__('os')", 0, "this cannot be called"),
        ("order.country.lower() == 'de'", 0, "this cannot be called"),
        ("len([1, 2]) == 2", 0, "this cannot be called"),
        ("any(order.lines)", 0, "this cannot be called"),
        ("any(x.sku == 'A' for x in order.lines if x.total > 1)", 0, "this cannot be called"),
        ("order.lines[0] == 1", 0, "this has no place in a condition here"),
        ("[x for x in order.lines]", 0, "this has no place in a condition here"),
        ("lambda: 1", 6, "':' has no place in a condition"),
        ("(order.total)(1)", 0, "this cannot be called"),
        ("order.total is 5", 0, "`is` only asks whether a fact is missing"),
        ("order.total == None", 15, "None can only be compared with `is`"),
        ("order.total is None", 0, "order.total is never missing"),
        ("order.lines.sku == 'A'", 0, "order.lines are several lines"),
        ("order.total.cents == 1", 0, "order.total is money and has no fields"),
        ("tell.sent == 1", 0, "tell answers with nothing that can be read"),
        ("screen.note == 'x'", 0, "screen.note is free text, which stays in our own books"),
        ("any(x.qty > 1 for x in order.lines)", 4, "unknown field 'x.qty'"),
        ("any(order.express for x in order.lines)", 4, "this does not look at x"),
        ("any(order.sku == 'A' for order in order.lines)", 25, "order already means something"),
        ("any(x.sku == 'A' for x in order.payment)", 26, "order.payment is a group of facts, not lines"),
        ("order.express + 1 == 2", 0, "order.express is true or false, which is no number"),
        ("order.total + pack.weight == 2", 0, "money and grams cannot be added"),
        ("(1 if order.express else 'a') == 1", 1, "this is either count or text"),
        ("order.express == (order.total", 17, "this does not read as a condition"),
    ],
)  # fmt: skip
def test_a_wrong_condition_is_found_where_it_is_wrong(text, column, told):
    problems = check(text, TYPES, one_currency=True)
    assert problems, "nothing was found"
    assert told in problems[0].message
    assert problems[0].column == column
    assert problems[0].advice


@pytest.mark.parametrize(
    "text",
    [
        "order.total > 800",
        "screen.score >= 90 or order.express",
        "order.payment.method == 'transfer' and order.payment.state == 'due'",
        "any(x.made_to_order for x in order.lines)",
        "fulfilment.ship_by is None or fulfilment.ship_by < order.placed_at",
        "transfer.amount == order.total",
        "len(order.lines) > 5 and pack.weight * 2 > 1000",
        "broken.anything.at_all == 5 and broken.other",
        "order.placed_at < '2027-01-01T00:00:00+01:00'",
        "all(any(a.sku == b.sku for b in pack.missing) for a in order.lines)",
        "order.orders_before + 1 > screen.score",
    ],
)
def test_a_sound_condition_has_no_findings(text):
    assert check(text, TYPES, one_currency=True) == []


@pytest.mark.parametrize(
    ("text", "wanted", "fits"),
    [
        ("1 if order.express else 5", "count", True),
        ("5", "count", True),
        ("order.total", "count", False),
        ("order.total", "money", True),
        ("pack.weight", "grams", True),
        ("pack.weight", "money", False),
        ("pack.missing", "lines", True),
        ("order.lines", "lines", True),
        ("order.country", "lines", False),
        ("fulfilment.flow", "text", True),
        ("order.delivery", "text", True),
        ("order.delivery", "choice [ship, pickup, local, post]", True),
        ("order.delivery", "choice [ship]", False),
        ("'a' if order.express else 'b'", "text", True),
        ("order.placed_at", "instant", True),
        ("order.placed_at", "date", False),
    ],
)
def test_an_expression_answers_with_the_kind_that_is_wanted(text, wanted, fits):
    assert (check(text, TYPES, wanted) == []) is fits


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("order.total > 800", False),
        ("order.total > 0", True),
        ("order.currency == 'EUR' and order.total > 800", True),
        ("order.currency in ['EUR', 'CHF'] and order.total > 800", True),
        ("order.total > 800 and order.currency == 'EUR'", False),
        ("order.currency == 'EUR' or order.total > 800", False),
        ("order.express and (order.currency == 'EUR' and order.total > 800)", True),
        ("(order.total > 800 if order.currency == 'EUR' else order.total > 90000)", False),
        ("any(x.total > 100 for x in order.lines)", False),
        ("order.currency == 'EUR' and any(x.total > 100 for x in order.lines)", True),
        ("order.total > transfer.amount", True),
    ],
)
def test_an_amount_is_compared_with_a_plain_number_only_in_a_known_currency(text, sound):
    assert [problem.rule for problem in check(text, TYPES)] == ([] if sound else ["currency"])
    assert check(text, TYPES, one_currency=True) == []


@pytest.mark.parametrize(
    "text",
    ["(" * 250 + "1" + ")" * 250, "not " * 100 + "order.express", "-" * 400 + "1", "order.express" + " " * 600,
     " + ".join(["1"] * 60) + " == 1", "any(any(any(a.x for a in b.y) for b in c.z) for c in order.lines)"],
)  # fmt: skip
def test_a_condition_too_long_or_too_deep_is_refused(text):
    assert check(text, TYPES)


@given(
    st.text(alphabet="order.total ><=()[]'\"+-*0159,anylenforifin\\\n\tÖ", max_size=60)
    | st.text(max_size=30)
)
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_checker_or_the_evaluation(text):
    found = check(text, TYPES)
    assert all(0 <= problem.column <= len(text) for problem in found)
    with suppress(ConditionFailed):
        conditions.compile(text).evaluate(SCOPE)
