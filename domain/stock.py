"""Where an order's goods come from, and in which parts they leave: the rules, without a database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from math import comb

from domain.errors import ActRefused
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.order import Line, Order

# Above this many ways to combine locations, a good answer has to do instead of the best.
MANY = 5_000
NONE = Decimal(0)
AS_THEY_ARE: Mapping[str, str] = {}

Available = Mapping[str, Mapping[str, Decimal]]
"""SKU -> location -> what may be promised there."""


class Source(StrEnum):
    SHELF = "shelf"  # there, and to be promised
    INCOMING = "incoming"  # on order: waits until goods arrive
    WORKSHOP = "workshop"  # made for this order
    SUPPLIER = "supplier"  # the supplier's own stock


class Scarce(StrEnum):
    """What the people who buy have to know of an item."""

    NOT = ""
    LOW = "low"
    OUT = "out"


def scarcity(available: Decimal, low_at: Decimal | None) -> Scarce:
    """`available` over all locations; with no `low_at` nobody wants to know before it is out."""
    if available <= 0:
        return Scarce.OUT
    return Scarce.LOW if low_at is not None and available <= low_at else Scarce.NOT


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that leave together; an order line stands in it once at most."""

    source: Source
    location: str
    lines: tuple[FulfilmentLine, ...]
    supplier: str = ""


def is_thousandths(quantity: Decimal) -> bool:
    """Whether the stock can count this quantity: nothing finer than a thousandth."""
    return quantity.scaleb(3) == quantity.scaleb(3).to_integral_value()


def needs_stock(line: Line) -> bool:
    return not line.made_to_order and not line.supplier


def whole(order: Order, ours: Mapping[str, str] = AS_THEY_ARE) -> tuple[FulfilmentLine, ...]:
    """Every line, under our own SKU where `ours` maps the shop's to one."""
    return tuple(
        FulfilmentLine(i, ours.get(line.sku, line.sku) if needs_stock(line) else line.sku, line.quantity)
        for i, line in enumerate(order.lines)
    )


def quantities(lines: Sequence[FulfilmentLine]) -> dict[str, Decimal]:
    """How much of each SKU, lines of the same SKU summed."""
    sums: dict[str, Decimal] = {}
    for piece in lines:
        sums[piece.sku] = sums.get(piece.sku, NONE) + piece.quantity
    return sums


def allocate(
    order: Order, wanted: Sequence[FulfilmentLine], available: Available, locations: Sequence[str]
) -> tuple[Part, ...]:
    """
    The parts in which `wanted` leaves, from as few of the `locations` as can be, in the shop's order.

    What is missing becomes one part on order, expected at the first location. What is made to order or
    sent by a supplier needs no stock, and leaves in parts of its own.
    """
    home = locations[0]
    stocked = [piece for piece in wanted if needs_stock(order.lines[piece.line])]
    parts = _from_shelves(stocked, available, locations)
    rest = [piece for piece in wanted if not needs_stock(order.lines[piece.line])]
    made = tuple(piece for piece in rest if not order.lines[piece.line].supplier)
    if made:
        parts.append(Part(Source.WORKSHOP, home, made))
    for supplier in dict.fromkeys(order.lines[piece.line].supplier for piece in rest):
        theirs = tuple(piece for piece in rest if order.lines[piece.line].supplier == supplier)
        if supplier:
            parts.append(Part(Source.SUPPLIER, "", theirs, supplier))
    return tuple(parts)


def _from_shelves(
    wanted: Sequence[FulfilmentLine], available: Available, locations: Sequence[str]
) -> list[Part]:
    takes = spread(quantities(wanted), available, locations)
    left = list(wanted)
    parts = []
    for location in locations:
        taken, left = _hand_out(left, takes.get(location, {}))
        if taken:
            parts.append(Part(Source.SHELF, location, taken))
    if left:
        parts.append(Part(Source.INCOMING, locations[0], tuple(left)))
    return parts


def _hand_out(
    wanted: Sequence[FulfilmentLine], take: Mapping[str, Decimal]
) -> tuple[tuple[FulfilmentLine, ...], list[FulfilmentLine]]:
    """What `take` gives to the lines, first come first, and what stays wanted."""
    budget, taken, left = dict(take), [], []
    for piece in wanted:
        given = min(piece.quantity, budget.get(piece.sku, NONE))
        if given > 0:
            budget[piece.sku] -= given
            taken.append(FulfilmentLine(piece.line, piece.sku, given))
        if given < piece.quantity:
            left.append(FulfilmentLine(piece.line, piece.sku, piece.quantity - given))
    return tuple(taken), left


def spread(
    need: Mapping[str, Decimal], available: Available, locations: Sequence[str]
) -> dict[str, dict[str, Decimal]]:
    """
    Location -> SKU -> what it gives. All that is there is given, up to the need, by the fewest locations.

    An SKU comes from one place where one of them has all of it.
    """
    total = {sku: _together(available, sku, locations) for sku in need}
    given = {sku: min(wanted, total[sku]) for sku, wanted in need.items() if total[sku] > 0}
    chosen = _fewest(given, available, locations)
    takes: dict[str, dict[str, Decimal]] = {place: {} for place in chosen}
    for sku, wanted in given.items():
        for place, quantity in _fetch(sku, wanted, available, chosen):
            takes[place][sku] = quantity
    return takes


def _fetch(
    sku: str, wanted: Decimal, available: Available, places: Sequence[str]
) -> Iterator[tuple[str, Decimal]]:
    # Sorting is stable: where several have all of it, the shop's order decides.
    for place in sorted(places, key=lambda place: _at(available, sku, place) < wanted):
        take = min(wanted, _at(available, sku, place))
        if take > 0:
            yield place, take
            wanted -= take


def _fewest(
    given: Mapping[str, Decimal], available: Available, locations: Sequence[str]
) -> tuple[str, ...]:
    useful = [place for place in locations if any(_at(available, sku, place) for sku in given)]
    for size in range(len(useful) + 1):
        if comb(len(useful), size) > MANY:
            break
        for chosen in combinations(useful, size):
            if _covers(given, available, chosen):
                return chosen
    return _without_the_needless(given, available, useful)


def _without_the_needless(
    given: Mapping[str, Decimal], available: Available, useful: Sequence[str]
) -> tuple[str, ...]:
    kept = tuple(useful)
    for place in reversed(useful):
        others = tuple(other for other in kept if other != place)
        if _covers(given, available, others):
            kept = others
    return kept


def _covers(given: Mapping[str, Decimal], available: Available, places: Sequence[str]) -> bool:
    return all(_together(available, sku, places) >= wanted for sku, wanted in given.items())


def _together(available: Available, sku: str, places: Sequence[str]) -> Decimal:
    return sum((_at(available, sku, place) for place in places), NONE)


def _at(available: Available, sku: str, location: str) -> Decimal:
    # A safety stock raised later makes less than nothing available.
    return max(NONE, available.get(sku, {}).get(location, NONE))


def set_apart(
    fulfilment: Fulfilment, missing: Mapping[str, Decimal]
) -> tuple[tuple[FulfilmentLine, ...], tuple[FulfilmentLine, ...]]:
    """
    The lines that stay in a fulfilment, and those that are missing; later lines go without first.

    :raises ActRefused: nothing is missing, or more than the fulfilment holds.
    """
    held = quantities(fulfilment.lines)
    if not missing or min(missing.values()) <= 0:
        raise ActRefused(f"{fulfilment.id}: say which goods are missing, and how many.")
    for sku, quantity in missing.items():
        if not is_thousandths(quantity):
            raise ActRefused(f"{fulfilment.id}: {quantity} of {sku} is finer than a thousandth.")
        if quantity > held.get(sku, NONE):
            there = held.get(sku, NONE)
            raise ActRefused(f"{fulfilment.id} holds {there} of {sku}; {quantity} cannot be missing.")
    moving, staying = _hand_out(tuple(reversed(fulfilment.lines)), missing)
    return tuple(reversed(staying)), tuple(reversed(moving))
