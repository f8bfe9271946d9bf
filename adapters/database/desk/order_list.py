"""Lists of orders, newest first, narrowed and searched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from adapters.database.desk.gist import gists
from adapters.database.order.words import containing
from adapters.database.tables.journal import LaneRow, WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.order import fold
from domain.tracking import tidy
from domain.view import OrderQuery, OrderRow

placed, number_ = col(PlacedOrder.placed_at), col(PlacedOrder.number)
HELD = "authorized"
# Beyond, an address is nobody's in particular.
MOST_EXACT = 500
STATES = ("open", "on_hold", "completed", "cancelled")
Conditions = Sequence[ColumnElement[bool]]


def list_orders(session: Session, query: OrderQuery, now: datetime) -> Sequence[OrderRow]:
    """As many as `query.limit`, newest first; what matches the search exactly wins over text."""
    conditions = _conditions(query, now)
    sought = query.search.strip()
    if not sought:
        return _take(session, conditions, query, now)
    exact = _exactly(session, sought)
    if exact:
        found = _take(session, [*conditions, number_.in_(exact)], query, now)
        if found:
            return found
    words = containing(session, sought)
    return [] if words is None else _take(session, [*conditions, *words], query, now)


def count_states(session: Session, most: int) -> dict[str, int]:
    """How many orders are in each state; no more than `most` are counted of any."""
    counts = {}
    for state in STATES:
        some = select(number_).where(PlacedOrder.state == state).limit(most).subquery()
        counts[state] = session.exec(select(func.count()).select_from(some)).one()
    return counts


def _conditions(query: OrderQuery, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.state:
        found.append(col(PlacedOrder.state) == query.state)
    if query.payment:
        found += _paid(query.payment, now)
    if query.fulfilment:
        found.append(col(PlacedOrder.fulfilment) == query.fulfilment)
    if query.placed_since:
        found.append(placed >= query.placed_since)
    if query.placed_before:
        found.append(placed < query.placed_before)
    if query.waiting_for:
        named = or_(col(WaitRow.role) == query.waiting_for, col(WaitRow.event) == query.waiting_for)
        waiting = select(WaitRow.order).where(col(WaitRow.closed_at).is_(None), named)
        found.append(number_.in_(waiting))
    if query.flow:
        at = (col(LaneRow.step) == query.step,) if query.step else ()
        there = select(LaneRow.order).where(LaneRow.flow == query.flow, LaneRow.state == "", *at)
        found.append(number_.in_(there))
    return found


def _paid(payment: str, now: datetime) -> Conditions:
    """Money that is held expires by itself, and nobody writes that down."""
    until = col(PlacedOrder.payment_until)
    if payment == "expired":
        return col(PlacedOrder.payment) == HELD, until <= now
    if payment == HELD:
        return col(PlacedOrder.payment) == HELD, or_(until.is_(None), until > now)
    return (col(PlacedOrder.payment) == payment,)


def _exactly(session: Session, sought: str) -> set[str]:
    """Orders with this number, this e-mail address, or a parcel of this tracking number."""
    same = or_(number_ == sought, col(PlacedOrder.email) == fold(sought))
    tracking = sorted({sought, tidy(sought)} - {""})
    tracked = select(FulfilmentRow.order).where(col(FulfilmentRow.tracking).in_(tracking))
    mine = select(number_).where(same).order_by(placed.desc()).limit(MOST_EXACT)
    return {*session.exec(mine), *session.exec(tracked.limit(MOST_EXACT))}


def _take(session: Session, conditions: Conditions, query: OrderQuery, now: datetime) -> Sequence[OrderRow]:
    """The numbers first, out of an index alone; then what there is to say of them."""
    backwards = query.newer_than is not None
    order = (placed.asc(), number_.asc()) if backwards else (placed.desc(), number_.desc())
    wanted = select(number_).where(*conditions, *_beyond(query)).order_by(*order).limit(query.limit)
    numbers = session.exec(wanted).all()
    if not numbers:
        return []
    rows = session.exec(select(PlacedOrder).where(number_.in_(numbers))).all()
    found = gists(session, rows)
    lines = {row.number: found[row.number].line(row, now) for row in rows}
    return [lines[number] for number in (reversed(numbers) if backwards else numbers)]


def _beyond(query: OrderQuery) -> list[Any]:
    if query.older_than is not None:
        at, number = query.older_than
        return [or_(placed < at, and_(placed == at, number_ < number)), placed <= at]
    if query.newer_than is not None:
        at, number = query.newer_than
        return [or_(placed > at, and_(placed == at, number_ > number)), placed >= at]
    return []
