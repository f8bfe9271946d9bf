"""Stock as rows for other programs: what moved in a period, and how it stands now."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select

from adapters.database.engine import Database
from adapters.database.tables.stock import Movement, StockItem, StockLevel
from domain.exports import Row, Sheet
from domain.period import Period

COLUMNS = (
    *("sku", "title", "location", "at_beginning", "came_in", "went_out", "at_end"),
    *("on_hand_now", "reserved_now", "safety", "available_now", "incoming", "incoming_on"),
    *("low_at", "discontinued"),
)
PAGE = 300
NONE = Decimal(0)
SKU, PLACE = col(StockLevel.sku), col(StockLevel.location)
Place = tuple[str, str]


def stock_sheet(database: Database, period: Period) -> Sheet:
    return Sheet(COLUMNS, _rows(database, period))


def _rows(database: Database, period: Period) -> Iterator[Row]:
    last: StockLevel | None = None
    while True:
        with database.read() as session:
            page = _page(session, last)
            moved = _moved(session, period, [level.sku for _, level in page])
        yield from (_row(item, level, moved) for item, level in page)
        if len(page) < PAGE:
            return
        last = page[-1][1]


def _page(session: Session, last: StockLevel | None) -> Sequence[tuple[StockItem, StockLevel]]:
    wanted = select(StockItem, StockLevel).where(col(StockItem.sku) == SKU)
    if last is not None:
        sku, place = col(StockLevel.sku), col(StockLevel.location)
        wanted = wanted.where(or_(sku > last.sku, and_(sku == last.sku, place > last.location)))
    return session.exec(wanted.order_by(SKU, PLACE).limit(PAGE)).all()


def _row(item: StockItem, level: StockLevel, moved: dict[str, dict[Place, Decimal]]) -> Row:
    place = level.sku, level.location
    before, into, out = (moved[which].get(place, NONE) for which in ("before", "in", "out"))
    available = level.on_hand - level.reserved - level.safety
    return (
        *(level.sku, item.title, level.location, before, into, -out, before + into + out),
        *(level.on_hand, level.reserved, level.safety, available, level.incoming, level.incoming_on),
        *(item.low_at, item.discontinued),
    )


def _moved(session: Session, period: Period, skus: Sequence[str]) -> dict[str, dict[Place, Decimal]]:
    """What was there when the period began, what came in during it and what went out, as a minus."""
    at, quantity = col(Movement.at), col(Movement.quantity)
    within = at >= period.begins, at < period.ends
    return {
        "before": _sums(session, skus, at < period.begins),
        "in": _sums(session, skus, *within, quantity > NONE),
        "out": _sums(session, skus, *within, quantity < NONE),
    }


def _sums(session: Session, skus: Sequence[str], *conditions: Any) -> dict[Place, Decimal]:
    place = col(Movement.sku), col(Movement.location)
    wanted = select(*place, func.sum(Movement.quantity)).where(place[0].in_(skus), *conditions)
    found: dict[Place, Decimal] = {}
    for sku, location, total in session.execute(wanted.group_by(*place)):
        found[sku, location] = total
    return found
