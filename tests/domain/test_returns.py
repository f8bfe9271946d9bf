"""What comes back: which goods, what became of them, and what of the price goes with them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ActRefused
from domain.money import Money
from domain.return_shares import paid_for_shipping, paid_per_line, refund_of, value_of
from domain.returns import (
    Claim,
    ReturnLine,
    Shipped,
    Terms,
    accept_ahead,
    accept_rest,
    choose,
    judge,
    order_of_return,
    return_id,
    return_in,
    return_number,
)
from tests.goods import MORNING, line, order

ONE = Decimal(1)


def goods(part: str, left: int, delivered: int | None, index: int = 0, sku: str = "CUP") -> Shipped:
    """`delivered` so many days after the morning."""
    when = None if delivered is None else MORNING + timedelta(days=delivered)
    return Shipped(index, f"W1-{part}", sku, Decimal(left), when)


def chosen(lines: tuple[ReturnLine, ...]) -> dict[str, Decimal]:
    return {one.fulfilment: one.quantity for one in lines}


def test_the_id_of_a_return_names_its_order_even_a_strange_one():
    assert return_id("A-R1", 2) == "A-R1-R2"
    assert (order_of_return("A-R1-R2"), return_number("A-R1-R2")) == ("A-R1", 2)


@pytest.mark.parametrize(
    ("order_", "place", "found"),
    [
        ("1001", "1001-R1", "1001-R1"),
        ("1001", "1001-R12.inspect.1", "1001-R12"),
        ("1001", "1001-F1.pack.1", ""),
        ("1001", "1001", ""),
        ("1001-R1", "1001-R1", ""),
        ("1001-R1", "1001-R1.pack.1", ""),
        ("10.1", "1001-R1", ""),
        ("1001", "carrier.delivered", ""),
    ],
)
def test_what_belongs_to_a_return_is_told_by_its_place(order_, place, found):
    assert return_in(order_, place) == found


def test_what_was_delivered_last_comes_back_first():
    shipped = [goods("F1", 2, 1), goods("F2", 2, 5)]

    assert chosen(choose("W1", {"CUP": Decimal(3)}, shipped, Claim.NONE)) == {
        "W1-F1": ONE,
        "W1-F2": Decimal(2),
    }


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({}, "say which goods"),
        ({"CUP": Decimal(0)}, "no quantity"),
        ({"CUP": Decimal(-1)}, "no quantity"),
        ({"CUP": Decimal("0.0001")}, "no quantity"),
        ({"POT": ONE}, "no POT has left"),
        ({"TRAY": ONE}, "TRAY is not delivered yet"),
        ({"CUP": Decimal(3)}, "2 of CUP can still come back; 3"),
    ],
)
def test_what_cannot_come_back_is_refused_with_a_reason(wanted, why):
    shipped = [goods("F1", 2, 1), goods("F2", 1, None, 1, "TRAY")]

    with pytest.raises(ActRefused, match=why):
        choose("W1", wanted, shipped, Claim.NONE)


def test_what_never_arrived_can_be_claimed_as_lost_only():
    shipped = [goods("F1", 1, None)]

    assert chosen(choose("W1", {"CUP": ONE}, shipped, Claim.LOST)) == {"W1-F1": ONE}
    with pytest.raises(ActRefused):
        choose("W1", {"CUP": ONE}, shipped, Claim.DAMAGED)


def figures(*quantities: Decimal) -> str:
    return " ".join(map(str, quantities))


TWO_PARCELS = (ReturnLine(0, "W1-F1", "CUP", Decimal(2)), ReturnLine(0, "W1-F2", "CUP", Decimal(1)))


def test_goods_are_judged_line_by_line():
    first = judge("W1-R1", TWO_PARCELS, {"CUP": ONE}, accepted=True, resellable=False)
    second = judge("W1-R1", first, {"CUP": Decimal(2)}, accepted=False, resellable=False)

    assert [figures(one.received, one.accepted, one.resellable) for one in second] == [
        "2 1 0",
        "1 0 0",
    ]
    assert [one.scrapped for one in second] == [1, 0]
    assert [one.counts for one in second] == [2, 1]


def test_more_than_announced_is_not_judged():
    with pytest.raises(ActRefused, match="still expects 3 of CUP, not 4"):
        judge("W1-R1", TWO_PARCELS, {"CUP": Decimal(4)}, accepted=True, resellable=True)
    with pytest.raises(ActRefused, match="still expects 0 of POT"):
        judge("W1-R1", TWO_PARCELS, {"POT": ONE}, accepted=True, resellable=True)


def test_what_stays_with_the_customer_is_never_scrapped():
    kept = accept_ahead(TWO_PARCELS)

    assert [figures(one.received, one.accepted, one.scrapped) for one in kept] == ["0 2 0", "0 1 0"]


def test_what_was_paid_back_ahead_is_counted_once_when_it_comes():
    paid = accept_ahead(TWO_PARCELS)
    first = judge("W1-R1", paid, {"CUP": ONE}, accepted=True, resellable=True)
    then = accept_rest(first)

    assert [figures(one.received, one.accepted, one.resellable) for one in first] == ["1 2 1", "0 1 0"]
    assert [figures(one.received, one.accepted, one.scrapped) for one in then] == ["2 2 1", "1 1 1"]
    with pytest.raises(ActRefused, match="CUP is paid back already; take it back as damaged"):
        judge("W1-R1", first, {"CUP": ONE}, accepted=False, resellable=False)


def test_what_nobody_looked_at_is_not_sold_again():
    judged = judge("W1-R1", TWO_PARCELS, {"CUP": ONE}, accepted=True, resellable=True)

    rest = accept_rest(judged)

    assert [figures(one.received, one.resellable, one.scrapped) for one in rest] == ["2 1 1", "1 0 1"]


def bought(*lines, shipping=490, discount=0):
    return order("W1", *lines, shipping=shipping, discount=discount)


def test_the_orders_discount_lowers_what_a_line_is_worth():
    discounted = bought(line("CUP", "2", 1000), line("POT", "1", 3000), discount=500)

    assert paid_per_line(discounted) == [1800, 2700]
    assert paid_for_shipping(discounted) == 490
    assert value_of(discounted, {0: ONE}) == Money(900, "EUR")


def test_a_discount_beyond_the_goods_comes_off_shipping():
    gift = bought(line("CUP", "1", 1000), shipping=1000, discount=1500)

    assert (paid_per_line(gift), paid_for_shipping(gift)) == ([0], 500)
    assert refund_of(gift, {0: ONE}, {}, Terms("return", Money(0, "EUR"), shipping=True)).minor == 0


def test_a_fee_never_makes_a_refund_negative():
    cup = bought(line("CUP", "1", 300))

    assert refund_of(cup, {0: ONE}, {}, Terms("return", Money(500, "EUR"))) == Money(0, "EUR")


prices = st.integers(1, 5000)
quantities = st.integers(1, 9)


@given(
    st.lists(st.tuples(quantities, prices), min_size=1, max_size=4),
    st.integers(0, 2000),
    st.integers(0, 3000),
    st.data(),
)
def test_any_split_into_returns_gives_back_exactly_what_was_paid_for_the_goods(lines, shipping, off, data):
    goods_ = sum(count * price for count, price in lines)
    sold = bought(
        *(line(f"SKU{n}", str(count), price) for n, (count, price) in enumerate(lines)),
        shipping=shipping,
        discount=min(off, goods_ + shipping),
    )
    units = data.draw(st.permutations([n for n, (count, _) in enumerate(lines) for _ in range(count)]))
    before: dict[int, Decimal] = {}
    with_shipping = Terms("return-keep", Money(0, "EUR"), shipping=True)
    given_back = all_of_it = 0
    while units:
        size = data.draw(st.integers(1, len(units)))
        now: dict[int, Decimal] = {}
        for index in units[:size]:
            now[index] = now.get(index, Decimal(0)) + 1
        given_back += value_of(sold, now, before).minor
        all_of_it += refund_of(sold, now, before, with_shipping).minor
        before = {n: before.get(n, Decimal(0)) + now.get(n, Decimal(0)) for n in {*before, *now}}
        units = units[size:]

    assert given_back == sum(paid_per_line(sold))
    assert given_back <= all_of_it <= sold.total.minor
    assert sum(paid_per_line(sold)) + paid_for_shipping(sold) == sold.total.minor


@given(st.integers(1, 9999), st.integers(1, 3000), st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_cloth_comes_back_by_the_millimetre_and_never_for_more_than_it_cost(price, length, cuts):
    metres = Decimal(length).scaleb(-3)
    cloth = bought(replace(line("CLOTH", str(metres), 1), total=Money(price, "EUR")), shipping=0)
    cloth = replace(cloth, total=Money(price, "EUR"))
    before, given_back = Decimal(0), 0
    for cut in cuts:
        piece = Decimal(cut).scaleb(-3)
        worth = value_of(cloth, {0: piece}, {0: before}).minor
        assert worth >= 0
        before, given_back = before + piece, given_back + worth

    assert given_back <= price
    assert before < metres or given_back == price
