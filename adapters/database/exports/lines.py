"""The lines of orders as rows for other programs, each with its order's number and its place in it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.exports.pages import documents, page_by_page
from adapters.database.payment.refunds import HAVE_LEFT
from adapters.database.tables.orders import FulfilmentLineRow, FulfilmentRow, PlacedOrder
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from domain.exports import Row, Sheet
from domain.order import Line
from domain.period import Period
from domain.tax import stated_rate

COLUMNS = (
    *("order", "line", "placed_at", "sku", "title", "category", "supplier", "made_to_order"),
    *("quantity", "shipped", "returned", "currency", "unit_price", "discount", "tax_added", "tax_rate"),
    *("total", "personalisation"),
)
NONE = Decimal(0)
Counts = dict[tuple[str, int], Decimal]


def lines_sheet(database: Database, period: Period) -> Sheet:
    return Sheet(COLUMNS, page_by_page(database, period, partial(_told, ZoneInfo(period.zone))))


def _told(zone: ZoneInfo, session: Session, page: Sequence[PlacedOrder]) -> list[Row]:
    numbers = [row.number for row in page]
    wholes = documents(session, numbers)
    shipped, returned = _shipped(session, numbers), _returned(session, numbers)
    rows: list[Row] = []
    for row in page:
        at = row.placed_at.astimezone(zone)
        for n, line in enumerate(wholes[row.number].lines):
            place = row.number, n
            moved = line.quantity, shipped.get(place, NONE), returned.get(place, NONE)
            rows.append((row.number, n + 1, at, *_goods(line), *moved, *_price(line)))
    return rows


def _goods(line: Line) -> tuple[str, str, str, str, bool]:
    return line.sku, line.title, line.category, line.supplier, line.made_to_order


def _price(line: Line) -> Row:
    rate = Decimal(known) if (known := stated_rate(line)) else None
    amounts = line.unit_price, line.discount, line.tax
    return line.total.currency, *amounts, rate, line.total, line.personalisation


def _shipped(session: Session, numbers: Sequence[str]) -> Counts:
    """What has left the house of each line."""
    columns = FulfilmentRow.order, FulfilmentLineRow.line, col(FulfilmentLineRow.quantity)
    wanted = select(*columns).where(
        FulfilmentLineRow.fulfilment == FulfilmentRow.id,
        col(FulfilmentRow.order).in_(numbers),
        col(FulfilmentRow.state).in_(HAVE_LEFT),
    )
    return _summed(session.exec(wanted))


def _returned(session: Session, numbers: Sequence[str]) -> Counts:
    """What came back of each line, and was accepted."""
    columns = ReturnRow.order, ReturnLineRow.line, col(ReturnLineRow.accepted)
    wanted = select(*columns).where(
        ReturnLineRow.return_id == ReturnRow.id, col(ReturnRow.order).in_(numbers)
    )
    return _summed(session.exec(wanted))


def _summed(rows: Iterable[tuple[str, int, Decimal]]) -> Counts:
    found: Counts = {}
    for order, line, quantity in rows:
        found[order, line] = found.get((order, line), NONE) + quantity
    return found
