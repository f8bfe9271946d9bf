"""Lists of orders, newest first, narrowed and searched."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from adapters.database.gist import gists
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.order import fold
from domain.tracking import tidy
from domain.view import OrderQuery, OrderRow

# Payment and fulfilment are derived, not columns: rows are read so many at a time until enough fit.
PAGE = 300


def list_orders(session: Session, query: OrderQuery, now: datetime) -> Sequence[OrderRow]:
    """As many as `query.limit`, newest first; what matches the search exactly wins over text."""
    conditions = _conditions(query)
    sought = query.search.strip()
    if sought:
        exact = _take(session, [*conditions, _exactly(sought)], query, now)
        return exact or _take(session, [*conditions, *_containing(sought)], query, now)
    return _take(session, conditions, query, now)


def _conditions(query: OrderQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.state:
        found.append(col(PlacedOrder.state) == query.state)
    if query.placed_since:
        found.append(col(PlacedOrder.placed_at) >= query.placed_since)
    if query.placed_before:
        found.append(col(PlacedOrder.placed_at) < query.placed_before)
    if query.waiting_for:
        named = or_(col(WaitRow.role) == query.waiting_for, col(WaitRow.event) == query.waiting_for)
        waiting = select(WaitRow.order).where(col(WaitRow.closed_at).is_(None), named)
        found.append(col(PlacedOrder.number).in_(waiting))
    return found


def _exactly(sought: str) -> ColumnElement[bool]:
    numbers = {sought, tidy(sought)} - {""}
    tracked = select(FulfilmentRow.order).where(col(FulfilmentRow.tracking).in_(numbers))
    return or_(
        col(PlacedOrder.number) == sought,
        col(PlacedOrder.email) == fold(sought),
        col(PlacedOrder.number).in_(tracked),
    )


def _containing(sought: str) -> list[ColumnElement[bool]]:
    """Every word somewhere in number, e-mail or name, whatever its case."""
    return [col(PlacedOrder.find).contains(word, autoescape=True) for word in fold(sought).split()]


def _take(
    session: Session, conditions: Sequence[ColumnElement[bool]], query: OrderQuery, now: datetime
) -> Sequence[OrderRow]:
    rows: list[OrderRow] = []
    for row in _lines(session, conditions, query, now):
        if query.payment in ("", row.payment) and query.fulfilment in ("", row.fulfilment):
            rows.append(row)
        if len(rows) >= query.limit:
            break
    return rows[: query.limit]


def _lines(
    session: Session, conditions: Sequence[ColumnElement[bool]], query: OrderQuery, now: datetime
) -> Iterator[OrderRow]:
    derived = bool(query.payment or query.fulfilment)
    size = PAGE if derived else max(1, min(query.limit, PAGE))
    after: list[ColumnElement[bool]] = []
    while True:
        wanted = select(PlacedOrder).where(*conditions, *after).limit(size)
        newest = col(PlacedOrder.placed_at).desc(), col(PlacedOrder.number).desc()
        page = session.exec(wanted.order_by(*newest)).all()
        found = gists(session, page)
        yield from (found[order.number].line(order, now) for order in page)
        if len(page) < size:
            return
        after = [_older_than(page[-1])]
        session.expunge_all()


def _older_than(last: PlacedOrder) -> Any:
    placed, number = col(PlacedOrder.placed_at), col(PlacedOrder.number)
    return or_(placed < last.placed_at, and_(placed == last.placed_at, number < last.number))
