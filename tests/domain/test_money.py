"""Money to the smallest coin."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.money import Money, apportion, exponent


@pytest.mark.parametrize(
    ("text", "currency", "minor", "said"),
    [
        ("19.90", "EUR", 1990, "EUR 19.90"),
        ("19.9", "EUR", 1990, "EUR 19.90"),
        ("-5", "EUR", -500, "EUR -5.00"),
        ("1200", "JPY", 1200, "JPY 1200"),
        ("1200.0", "JPY", 1200, "JPY 1200"),
        ("1.234", "KWD", 1234, "KWD 1.234"),
        ("0", "EUR", 0, "EUR 0.00"),
    ],
)
def test_an_amount_is_exact_for_its_currency(text, currency, minor, said):
    money = Money.parse(text, currency)
    assert money.minor == minor
    assert str(money) == said


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("19.901", "EUR"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("1,50", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("", "EUR"),
        (" 1", "EUR"),
        ("1.", "EUR"),
        ("9" * 16, "EUR"),
    ],
)
def test_what_is_no_amount_of_the_currency_is_refused(text, currency):
    with pytest.raises(BadInput, match=r"^lines\[0\]: "):
        Money.parse(text, currency, field="lines[0]")


def test_two_currencies_cannot_be_added():
    with pytest.raises(ValueError, match="EUR and JPY"):
        Money(1, "EUR") + Money(1, "JPY")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_reads_back_as_it_is_written(minor, currency):
    money = Money(minor, currency)
    assert Money.parse(str(money.major), currency) == money
    assert money.major == Decimal(minor) / 10 ** exponent(currency)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (-100, [1, 1, 1], [-33, -33, -34]),
        (499, [Decimal("1.5"), Decimal("0.5")], [374, 125]),
        (10, [0, 0], [10, 0]),
        (10, [0, 5], [0, 10]),
    ],
)
def test_what_rounding_leaves_over_goes_to_the_largest_remainders(total, weights, shares):
    assert apportion(total, weights) == shares


def test_nothing_cannot_be_shared_among_nobody():
    with pytest.raises(ValueError, match="nothing to share"):
        apportion(1, [])


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.decimals(0, 10**6, places=3) | st.integers(0, 10**6), min_size=1, max_size=30),
)
def test_shares_add_up_to_the_total_and_are_fair(total, weights):
    shares = apportion(total, weights)
    assert sum(shares) == total
    whole = sum(Decimal(weight) for weight in weights)
    if whole:
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Decimal(total) * Decimal(weight) / whole) < 1
