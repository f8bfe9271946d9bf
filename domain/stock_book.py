"""What people see of the shelves, and what a count of them makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True, slots=True)
class StockRow:
    sku: str
    title: str
    location: str
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    available: Decimal
    backordered: Decimal
    discontinued: bool
    incoming: Decimal = Decimal(0)
    incoming_on: date | None = None
    low_at: Decimal | None = None
    backorderable: bool = True
    scarce: str = ""  # low | out, over all locations


@dataclass(frozen=True, slots=True)
class Availability:
    """
    What of an item may be sold now, in all and at each location. With `may_wait` it may be ordered beyond
    that, and comes when it comes: so much is on its way, expected on a day.
    """

    sku: str
    title: str
    available: Decimal
    locations: Mapping[str, Decimal]
    may_wait: bool
    incoming: Decimal
    incoming_on: date | None


def availability(rows: Sequence[StockRow]) -> list[Availability]:
    """Of each item, by SKU. A location that has promised more than it has counts as nought."""
    found = []
    for sku, group in groupby(sorted(rows, key=lambda row: row.sku), key=lambda row: row.sku):
        there = list(group)
        locations = {row.location: max(row.available, Decimal(0)) for row in there}
        days = [row.incoming_on for row in there if row.incoming and row.incoming_on]
        found.append(
            Availability(
                sku,
                there[0].title,
                sum(locations.values(), Decimal(0)),
                locations,
                may_wait=there[0].backorderable and not there[0].discontinued,
                incoming=sum((row.incoming for row in there), Decimal(0)),
                incoming_on=min(days, default=None),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class MovementRow:
    """`quantity` is the change of what is on hand, `promised` of what is promised."""

    at: datetime
    sku: str
    location: str
    quantity: Decimal
    kind: str  # receive | adjust | count | scrap | reserve | release | ship | short | return
    why: str
    order: str = ""
    promised: Decimal = Decimal(0)
    fulfilment: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ScarceRow:
    """An item became scarce (`kind`: low | out): what there was then, and how much was waited for."""

    at: datetime
    sku: str
    title: str
    kind: str
    available: Decimal
    waiting: Decimal
    told_at: datetime | None  # None while no mail has gone out


@dataclass(frozen=True, slots=True)
class ItemChange:
    """
    What of an item is to be set; None leaves it as it is. `never_low` forgets `low_at`; `safety`, and
    the `bin` it lies in, are those at `location`.
    """

    title: str | None = None
    low_at: str | None = None
    never_low: bool = False
    backorderable: bool | None = None
    discontinued: bool | None = None
    safety: str | None = None
    location: str = ""
    bin: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of a count of the shelves; None leaves what is not in the file as it is."""

    sku: str
    location: str
    on_hand: Decimal
    title: str | None = None
    safety: Decimal | None = None
    low_at: Decimal | None = None
    incoming: Decimal | None = None
    bin: str | None = None  # where on the shelves


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What a count makes of one item at one place."""

    sku: str
    location: str
    before: Decimal
    after: Decimal
    new: bool  # an item not heard of before


@dataclass(frozen=True, slots=True)
class CountProblem:
    """Why row `row` of a count, from nought, cannot be; `column` is the field that is wrong."""

    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Count:
    """
    A count of the shelves: nothing of it is written where there are problems. `filled` are the fulfilments
    that now have all they waited for.
    """

    rows: tuple[CountedRow, ...]
    problems: tuple[CountProblem, ...] = ()
    filled: tuple[str, ...] = ()
