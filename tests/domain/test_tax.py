from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fulfilment import FulfilmentLine
from domain.sales_tax import Moved, SalesTax, summed
from domain.tax import UNKNOWN, mix_of, mix_of_part, mix_of_return, rate_of
from tests.adapters.placed import a_fulfilment, a_line, an_order, eur


def included(*rates, shipping=0, discount=0):
    """An order of a line of 119.00 for each rate."""
    lines = tuple(a_line(f"SKU-{n}", "Thing", "1", 11_900, tax_rate=rate) for n, rate in enumerate(rates))
    total = eur(11_900 * len(rates) + shipping - discount)
    return an_order(lines=lines, shipping=eur(shipping), discount=eur(discount), total=total)


def sold(order, minor=None):
    return SalesTax(mix_of(order)).take(order.total.minor if minor is None else minor)


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
    assert SalesTax(mix_of_part(order, second)).take(11_900) == {"7": Moved(11_900, 779)}


def test_goods_that_come_back_take_their_own_tax_with_them():
    order = included(Decimal(19), Decimal(7))
    meter = SalesTax(mix_of(order))
    meter.take(23_800)
    back = mix_of_return(order, {1: Decimal(1)}, shipping=False)
    assert meter.give_back(11_900, back) == {"7": Moved(-11_900, -779)}
    assert meter.give_back(11_900) == {"19": Moved(-11_900, -1_900)}


def pot_and_book():
    """238.00 at 19 % and 107.00 at 7 %, and 5.00 of shipping at 19 %; all of it taken."""
    lines = (
        a_line("POT", "Pot", "2", 23_800, tax_rate=Decimal(19)),
        a_line("BOOK", "Book", "1", 10_700, tax_rate=Decimal(7)),
    )
    order = an_order(lines=lines, shipping=eur(500), total=eur(35_000), shipping_tax_rate=Decimal(19))
    meter = SalesTax(mix_of(order))
    meter.take(35_000)
    return order, meter


BOOK = {1: Decimal(1)}


def test_a_restocking_fee_lowers_what_goes_back_and_its_tax_alike():
    order, meter = pot_and_book()
    back = mix_of_return(order, {0: Decimal(1), **BOOK}, shipping=False)
    # 119.00 and 107.00 less a tenth.
    assert meter.give_back(20_340, back) == {"19": Moved(-10_710, -1_710), "7": Moved(-9_630, -630)}


def test_shipping_goes_back_at_its_own_rate_where_it_goes_back():
    order, meter = pot_and_book()
    back = mix_of_return(order, BOOK, shipping=True)
    assert meter.give_back(10_855, back) == {"7": Moved(-10_700, -700), "19": Moved(-155, -25)}
    assert mix_of_return(order, BOOK, shipping=False).keys() == {"7"}


def test_money_for_no_goods_lowers_all_that_is_left():
    _, meter = pot_and_book()
    assert meter.give_back(3_500) == {"19": Moved(-2_430, -388), "7": Moved(-1_070, -70)}


def test_no_more_goes_back_at_a_rate_than_is_left_there():
    order, meter = pot_and_book()
    meter.give_back(3_500)
    back = mix_of_return(order, BOOK, shipping=False)
    # Of the 107.00 for the book, a goodwill has lowered 10.70 before.
    assert meter.give_back(10_700, back) == {"7": Moved(-9_630, -630), "19": Moved(-1_070, -171)}
    assert meter.give_back(1_000) == {"19": Moved(-1_000, -160)}
    assert meter.give_back(19_800) == {"19": Moved(-19_800, -3_161)}


def test_what_came_back_from_a_refund_undoes_just_that():
    order, meter = pot_and_book()
    back = mix_of_return(order, BOOK, shipping=False)
    first = meter.give_back(10_700, back, "ref")
    assert meter.undo(10_700, "ref") == {"7": Moved(10_700, 700)}
    assert meter.give_back(10_700, back, "ref-2") == first
    meter.give_back(24_300, name="rest")
    assert meter.undo(24_300, "rest") == {"19": Moved(24_300, 3_880)}


def test_what_rounding_leaves_over_is_no_shipping():
    """A third of 100.00 costs its parcel 33.34, and no coin of that is of another rate."""
    line = a_line("CUP", "Cup", "3", 10_000, tax_rate=Decimal(7))
    order = an_order(lines=(line,), shipping=eur(0), total=eur(10_000), shipping_tax_rate=Decimal(19))
    pieces = (FulfilmentLine(0, "CUP", Decimal(1)),)
    part = replace(a_fulfilment(order), lines=pieces, total=eur(3_334))
    assert SalesTax(mix_of_part(order, part)).take(3_334) == {"7": Moved(3_334, 218)}


@given(
    gifts=st.lists(st.integers(1, 20_000), max_size=4),
    goods=st.lists(st.sampled_from([0, 1]), max_size=3),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_goes_back_in_whatever_order_no_rate_goes_below_nought(gifts, goods, seed):
    order, meter = pot_and_book()
    left = {"19": Moved(24_300, 3_880), "7": Moved(10_700, 700)}
    steps = [*((minor, None) for minor in gifts), *((11_900 - 1_200 * n, n) for n in goods)]
    seed.shuffle(steps)
    for minor, line in steps:
        due = min(minor, sum(each.gross for each in left.values()))
        mix = None if line is None else mix_of_return(order, {line: Decimal(1)}, shipping=False)
        moved = meter.give_back(due, mix)
        assert sum(each.gross for each in moved.values()) == -due
        left = summed([left, moved])
        assert all(0 <= each.tax <= each.gross for each in left.values())


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
        moved = meter.take(minor) if minor >= 0 else meter.give_back(-minor)
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
