"""The shelves as they were counted: every row at once, or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.stock import scarcity
from adapters.database.stock.backorders import Serving, fill
from adapters.database.stock.shelves import (
    MAIN,
    Booking,
    book,
    know_level,
    know_location,
    known_places,
    locations,
    lock_items,
)
from adapters.database.tables.stock import StockItem, StockLevel
from adapters.database.upsert import insert_all
from domain.stock_book import Count, Counted, CountedRow, CountProblem

NONE = Decimal(0)
Levels = Mapping[tuple[str, str], StockLevel]


@dataclass(frozen=True, slots=True)
class Known:
    """What our books know of the goods and places of a count."""

    items: Mapping[str, StockItem]
    places: tuple[str, ...]
    levels: Levels


class StockCount(Serving):
    """Counts of many items, as they come in files."""

    def look_through(self, rows: Sequence[Counted], *, new_places: bool) -> Count:
        """What a count would change, and what is wrong with it; changes nothing."""
        with self.read() as session:
            return _compare(rows, _known(session, rows), new_places=new_places)

    def count(self, rows: Sequence[Counted], why: str, by: str, at: datetime, *, new_places: bool) -> Count:
        """
        Put every row down, or, with a problem in any, none. The same count twice changes nothing.

        A location not heard of before is a problem, unless `new_places`. What is more than before goes
        first to those who wait.
        """
        with self.write() as session:
            items = lock_items(session, {row.sku for row in rows})
            count = _compare(rows, _known(session, rows, items), new_places=new_places)
            if count.problems:
                return count
            _make_known(session, rows, items)
            for row, change in zip(rows, count.rows, strict=True):
                _put_down(session, row, change, Booking("count", at, why, by))
            locked = lock_items(session, {row.sku for row in rows})
            filled = fill(session, set(locked), at, self.ship_by)
            scarcity.watch(session, locked, at)
            return Count(count.rows, filled=filled)


def _known(
    session: Session, rows: Sequence[Counted], locked: Mapping[str, StockItem] | None = None
) -> Known:
    skus = {row.sku for row in rows}
    items = locked
    if items is None:
        items = {
            item.sku: item for item in session.exec(select(StockItem).where(col(StockItem.sku).in_(skus)))
        }
    levels = select(StockLevel).where(col(StockLevel.sku).in_(skus))
    found = session.exec(levels.execution_options(populate_existing=True))
    return Known(
        items, known_places(session) or (MAIN,), {(level.sku, level.location): level for level in found}
    )


def _compare(rows: Sequence[Counted], known: Known, *, new_places: bool) -> Count:
    problems = [
        problem for n, row in enumerate(rows) for problem in _problems(n, row, known, new_places=new_places)
    ]
    return Count(tuple(_change(row, known) for row in rows), tuple(problems))


def _change(row: Counted, known: Known) -> CountedRow:
    level = known.levels.get((row.sku, row.location))
    before = NONE if level is None else level.on_hand
    return CountedRow(row.sku, row.location, before, row.on_hand, new=row.sku not in known.items)


def _problems(n: int, row: Counted, known: Known, *, new_places: bool) -> Iterator[CountProblem]:
    if row.location not in known.places and not new_places:
        places = ", ".join(known.places)
        what = (
            f"this shop keeps nothing at {row.location}, only at {places}; --new-locations makes it known"
        )
        yield CountProblem(n, "location", what)
    level = known.levels.get((row.sku, row.location))
    if level is not None and row.on_hand < level.reserved:
        what = (
            f"{level.reserved:f} of {row.sku} are promised at {row.location}, and {row.on_hand:f} counted"
        )
        advice = "answer those orders' picking with what is missing, or call them off, first"
        yield CountProblem(n, "on_hand", f"{what}; {advice}")


def _make_known(session: Session, rows: Sequence[Counted], items: Mapping[str, StockItem]) -> None:
    new = {row.sku: row.title or row.sku for row in rows if row.sku not in items}
    columns = {"discontinued": False, "backorderable": True, "low_at": None, "scarce": "out"}
    insert_all(session, StockItem, [{"sku": sku, "title": new[sku], **columns} for sku in sorted(new)])
    for place in dict.fromkeys(row.location for row in rows):
        if place not in locations(session):
            know_location(session, place)


def _put_down(session: Session, row: Counted, change: CountedRow, booking: Booking) -> None:
    know_level(session, row.sku, row.location)
    if change.after != change.before:
        book(session, row.sku, row.location, change.after - change.before, booking)
    level = {"safety": row.safety, "incoming": row.incoming, "bin": row.bin}
    here = col(StockLevel.sku) == row.sku, col(StockLevel.location) == row.location
    _set(session, update(StockLevel).where(*here), level)
    _set(
        session,
        update(StockItem).where(col(StockItem.sku) == row.sku),
        {"title": row.title, "low_at": row.low_at},
    )


def _set(session: Session, statement: Any, values: Mapping[str, Any]) -> None:
    given = {name: value for name, value in values.items() if value is not None}
    if given:
        session.connection().execute(statement.values(**given))
