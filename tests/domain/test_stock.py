from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ActRefused
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.money import Money
from domain.order import DeliveryMethod
from domain.shares import share_total, split_total
from domain.stock import Source, allocate, is_thousandths, quantities, set_apart, spread, whole
from tests.goods import line, order

PLACES = ("main", "east", "west")
SKUS = ("CLOTH", "CUP", "MUG", "POT")
amounts = st.integers(1, 20_000).map(lambda n: Decimal(n) / 1000)
shelves = st.dictionaries(
    st.sampled_from(SKUS),
    st.dictionaries(st.sampled_from(PLACES), st.integers(-2000, 20_000).map(lambda n: Decimal(n) / 1000)),
)
order_lines = st.lists(
    st.builds(
        line,
        st.sampled_from(SKUS),
        amounts.map(str),
        st.integers(0, 5000),
        made_to_order=st.booleans(),
        supplier=st.sampled_from(["", "", "acme", "bolt"]),
    ),
    min_size=1,
    max_size=6,
)
orders = st.builds(
    lambda lines, shipping, discount: order(
        "W1", *lines, shipping=shipping, discount=min(discount, sum(one.total.minor for one in lines))
    ),
    order_lines,
    st.integers(0, 5000),
    st.integers(0, 5000),
)


def there(**stock):
    return {
        sku: {place: Decimal(amount) for place, amount in levels.items()} for sku, levels in stock.items()
    }


def parts_of(placed, stock):
    return [
        (part.source.value, part.location or part.supplier, {p.line: str(p.quantity) for p in part.lines})
        for part in allocate(placed, whole(placed), stock, PLACES)
    ]


def test_one_location_that_has_everything_is_preferred_to_two_before_it():
    placed = order("W1", line("CUP", "2"), line("POT"))
    stock = there(CUP={"main": 2, "west": 2}, POT={"east": 1, "west": 1})
    assert parts_of(placed, stock) == [("shelf", "west", {0: "2", 1: "1"})]


def test_of_several_locations_that_have_everything_the_shops_first_is_taken():
    placed = order("W1", line("CUP", "2"))
    stock = there(CUP={"west": 9, "east": 2})
    assert parts_of(placed, stock) == [("shelf", "east", {0: "2"})]


def test_the_fewest_locations_are_taken_when_none_has_everything():
    placed = order("W1", line("CUP"), line("MUG"), line("POT"))
    stock = there(CUP={"main": 1}, MUG={"east": 1, "west": 1}, POT={"west": 1})
    assert parts_of(placed, stock) == [("shelf", "main", {0: "1"}), ("shelf", "west", {1: "1", 2: "1"})]


def test_an_item_comes_from_one_place_if_one_of_those_taken_has_all_of_it():
    placed = order("W1", line("CUP", "2"), line("POT"))
    stock = there(CUP={"main": 1, "east": 2}, POT={"main": 1})
    assert parts_of(placed, stock) == [("shelf", "main", {1: "1"}), ("shelf", "east", {0: "2"})]


def test_lines_of_the_same_item_are_summed_and_cannot_take_it_twice():
    placed = order("W1", line("CUP", "2"), line("CUP", "2"))
    stock = there(CUP={"main": 3})
    assert parts_of(placed, stock) == [("shelf", "main", {0: "2", 1: "1"}), ("incoming", "main", {1: "1"})]


def test_what_is_missing_everywhere_becomes_one_part_on_order():
    placed = order("W1", line("CUP", "2"), line("MUG"), line("POT"))
    stock = there(CUP={"west": 1})
    assert parts_of(placed, stock) == [
        ("shelf", "west", {0: "1"}),
        ("incoming", "main", {0: "1", 1: "1", 2: "1"}),
    ]


def test_cloth_is_promised_to_a_thousandth():
    placed = order("W1", line("CLOTH", "2.5"))
    stock = there(CLOTH={"main": "1.125"})
    assert parts_of(placed, stock) == [("shelf", "main", {0: "1.125"}), ("incoming", "main", {0: "1.375"})]


def test_what_is_made_or_sent_by_suppliers_needs_no_stock_and_leaves_by_itself():
    placed = order(
        "W1",
        line("CUP"),
        line("RING", made_to_order=True),
        line("SOFA", supplier="acme"),
        line("LAMP", supplier="bolt"),
        line("BED", supplier="acme"),
    )
    assert parts_of(placed, there(CUP={"main": 1})) == [
        ("shelf", "main", {0: "1"}),
        ("workshop", "main", {1: "1"}),
        ("supplier", "acme", {2: "1", 4: "1"}),
        ("supplier", "bolt", {3: "1"}),
    ]


def test_a_safety_stock_that_was_broken_into_gives_nothing():
    placed = order("W1", line("CUP"))
    assert parts_of(placed, there(CUP={"main": -3})) == [("incoming", "main", {0: "1"})]


def test_a_shop_with_very_many_places_still_gets_an_answer_without_needless_parcels():
    places = [f"store-{n:03}" for n in range(200)]
    stock = {f"SKU-{n}": {places[n * 20]: Decimal(1), places[199]: Decimal(0)} for n in range(10)}
    takes = spread(dict.fromkeys(stock, Decimal(1)), stock, places)
    assert sorted(takes) == [places[n * 20] for n in range(10)]


@given(order_lines, shelves)
def test_every_piece_of_an_order_is_in_one_part_and_no_shelf_gives_more_than_it_has(lines, stock):
    placed = order("W1", *lines)
    parts = allocate(placed, whole(placed), stock, PLACES)
    for index, one in enumerate(placed.lines):
        pieces = [p.quantity for part in parts for p in part.lines if p.line == index]
        assert sum(pieces) == one.quantity
        assert all(piece > 0 for piece in pieces)
    for part in parts:
        assert len({piece.line for piece in part.lines}) == len(part.lines)
        if part.source == Source.SHELF:
            for sku, quantity in quantities(part.lines).items():
                assert quantity <= stock[sku][part.location]
    missing = {sku for part in parts if part.source == Source.INCOMING for sku in quantities(part.lines)}
    for sku in missing:
        given = [quantities(p.lines).get(sku, 0) for p in parts if p.source == Source.SHELF]
        assert sum(given) == sum(max(0, amount) for amount in stock.get(sku, {}).values())


@given(orders, shelves)
def test_the_parcels_cost_together_exactly_what_the_order_costs(placed, stock):
    lines = [part.lines for part in allocate(placed, whole(placed), stock, PLACES)]
    totals = share_total(placed, lines)
    assert sum(total.minor for total in totals) == placed.total.minor
    assert all(total.minor >= 0 for total in totals)


@given(orders, st.data())
def test_splitting_a_parcel_keeps_its_total_to_the_smallest_coin(placed, data):
    held = whole(placed)
    missing = {
        sku: data.draw(st.integers(1, int(amount * 1000))) / Decimal(1000)
        for sku, amount in quantities(held).items()
        if data.draw(st.booleans())
    }
    if not missing:
        return
    staying, moving = set_apart(parcel(held, placed.total), missing)
    assert quantities(moving) == missing
    left, gone = split_total(placed, placed.total, [staying, moving])
    assert left + gone == placed.total
    assert left.minor >= 0
    assert gone.minor >= 0
    assert staying or left.minor == 0


def parcel(lines, total):
    return Fulfilment("W1-F1", "W1", DeliveryMethod.SHIP, "main", "warehouse", tuple(lines), total)


def test_shipping_and_discount_follow_the_value_of_the_goods():
    placed = order("W1", line("POT", price=3000), line("CUP", price=1000), shipping=401, discount=0)
    first, second = ([piece] for piece in whole(placed))
    assert share_total(placed, [first, second]) == [Money(3301, "EUR"), Money(1100, "EUR")]


def test_free_goods_let_the_first_parcel_carry_the_shipping():
    placed = order("W1", line("GIFT", price=0), line("CARD", price=0), shipping=490)
    first, second = ([piece] for piece in whole(placed))
    assert share_total(placed, [first, second]) == [Money(490, "EUR"), Money(0, "EUR")]


def test_free_goods_that_are_all_missing_take_the_whole_total_along():
    placed = order("W1", line("GIFT", price=0), shipping=490)
    held = whole(placed)
    assert split_total(placed, placed.total, [(), held]) == [Money(0, "EUR"), Money(490, "EUR")]


def test_later_lines_go_without_first():
    held = [FulfilmentLine(0, "CUP", Decimal(2)), FulfilmentLine(1, "CUP", Decimal(2))]
    staying, moving = set_apart(parcel(held, Money(4000, "EUR")), {"CUP": Decimal(3)})
    assert staying == (FulfilmentLine(0, "CUP", Decimal(1)),)
    assert moving == (FulfilmentLine(0, "CUP", Decimal(1)), FulfilmentLine(1, "CUP", Decimal(2)))


@pytest.mark.parametrize("missing", [{}, {"CUP": "0"}, {"CUP": "-1"}, {"CUP": "0.0001"}, {"POT": "1"}])
def test_what_cannot_be_missing_is_refused(missing):
    held = [FulfilmentLine(0, "CUP", Decimal(2))]
    with pytest.raises(ActRefused, match="W1-F1"):
        set_apart(parcel(held, Money(2000, "EUR")), {sku: Decimal(n) for sku, n in missing.items()})


def test_more_than_the_parcel_holds_cannot_be_missing():
    held = [FulfilmentLine(0, "CUP", Decimal(2))]
    with pytest.raises(ActRefused, match="W1-F1 holds 2 of CUP; 3 cannot be missing"):
        set_apart(parcel(held, Money(2000, "EUR")), {"CUP": Decimal(3)})


def test_nothing_finer_than_a_thousandth_can_be_counted():
    assert is_thousandths(Decimal("1.5"))
    assert not is_thousandths(Decimal("1.0005"))
