from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tax import UNKNOWN, Moved, SalesTax, mix_of, mix_of_goods, mix_of_part, rate_of
from tests.adapters.placed import a_fulfilment, a_line, an_order, eur


def included(*rates, shipping=0, discount=0):
    """An order of a line of 119.00 for each rate."""
    lines = tuple(a_line(f"SKU-{n}", "Thing", "1", 11_900, tax_rate=rate) for n, rate in enumerate(rates))
    total = eur(11_900 * len(rates) + shipping - discount)
    return an_order(lines=lines, shipping=eur(shipping), discount=eur(discount), total=total)


def sold(order, minor=None):
    return SalesTax(mix_of(order)).move(order.total.minor if minor is None else minor)


def test_prices_that_include_tax_hold_it_at_their_rate():
    assert sold(included(Decimal(19))) == {"19": Moved(11_900, 1_900)}


def test_tax_on_top_is_what_the_shop_said_and_its_rate_follows():
    line = replace(a_line("MUG", "Mug", "2", 2_140), tax=eur(140))
    assert sold(an_order(lines=(line,), shipping=eur(0), total=eur(2_140))) == {"7": Moved(2_140, 140)}


def test_shipping_follows_goods_whose_prices_include_their_tax():
    moved = sold(included(Decimal(19), Decimal(7), shipping=500))
    assert {rate: each.gross for rate, each in moved.items()} == {"19": 12_150, "7": 12_150}
    assert moved["19"].tax == 1_940


def test_shipping_with_a_rate_of_its_own_keeps_it():
    order = replace(included(Decimal(7), shipping=1_190), shipping_tax_rate=Decimal(19))
    assert sold(order) == {"7": Moved(11_900, 779), "19": Moved(1_190, 190)}


def test_of_what_nobody_stated_no_tax_is_made_up():
    assert sold(included(None, shipping=500)) == {UNKNOWN: Moved(12_400, 0)}


def test_a_discount_on_the_order_lowers_the_tax_that_prices_include():
    assert sold(included(Decimal(19), discount=1_190)) == {"19": Moved(10_710, 1_710)}


def test_a_parcel_is_taxed_as_what_lies_in_it():
    order = included(Decimal(19), Decimal(7))
    second = replace(a_fulfilment(order), lines=a_fulfilment(order).lines[1:], total=eur(11_900))
    assert SalesTax(mix_of_part(order, second)).move(11_900) == {"7": Moved(11_900, 779)}


def test_goods_that_come_back_take_their_own_tax_with_them():
    order = included(Decimal(19), Decimal(7))
    meter = SalesTax(mix_of(order))
    meter.move(23_800)
    back = mix_of_goods(order, {1: Decimal(1)}, Fraction(11_900))
    assert meter.move(-11_900, back) == {"7": Moved(-11_900, -779)}
    assert meter.move(-11_900) == {"19": Moved(-11_900, -1_900)}


@given(
    rates=st.lists(
        st.sampled_from([None, *map(Decimal, ("0", "7", "8.875", "19", "100"))]), min_size=1, max_size=4
    ),
    cuts=st.lists(st.integers(1, 5_000), max_size=6),
    shipping=st.integers(0, 1_000),
)
def test_however_it_is_taken_in_parts_and_given_back_the_tax_comes_out_even(rates, cuts, shipping):
    order = included(*rates, shipping=shipping)
    once, meter = sold(order), SalesTax(mix_of(order))
    totals: dict[str, tuple[int, int]] = {}

    def move(minor):
        moved = meter.move(minor)
        assert sum(each.gross for each in moved.values()) == minor
        for rate, each in moved.items():
            gross, tax = totals.get(rate, (0, 0))
            totals[rate] = gross + each.gross, tax + each.tax

    for cut in cuts:
        move(cut)
    move(order.total.minor - sum(cuts) if sum(cuts) < order.total.minor else 0)
    if sum(cuts) < order.total.minor:
        assert totals == {rate: (each.gross, each.tax) for rate, each in once.items()}
    move(-max(order.total.minor, sum(cuts)))
    assert set(totals.values()) <= {(0, 0)}


@pytest.mark.parametrize(
    ("net", "tax", "rate"),
    [
        (10_000, 1_900, "19"),
        (100, 7, "7"),
        (2_000, 178, "8.9"),
        (10_000, 888, "8.88"),
        (10_000, 750, "7.5"),
        (0, 5, UNKNOWN),
    ],
)
def test_the_plainest_rate_that_gives_a_tax_is_the_one_meant(net, tax, rate):
    assert rate_of(net, tax) == rate
