"""Whose turn it is: everybody is told of an order's events one after the other, as they happened."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.tables.shops import HookDeliveryRow, OrderEventRow
from domain.order_event import DeliveryState

Failed = tuple[int, datetime]


def take_turns(
    session: Session, due: Sequence[HookDeliveryRow], now: datetime, until: datetime
) -> list[HookDeliveryRow]:
    """
    Those whose turn it is, as they happened, kept from others until then. What comes after one that is
    yet to be told again waits as long as that.
    """
    events = events_of(session, due)
    failed = _failed(session, {each.order for each in events.values()}, now)
    mine = []
    for row in sorted(due, key=lambda row: events[row.event].n or 0):
        event = events[row.event]
        n, again = failed.get((row.target, event.order), (event.n or 0, until))
        waits = n < (event.n or 0)
        row.next_at = again if waits else until
        session.add(row)
        mine += [] if waits else [row]
    return mine


def events_of(session: Session, rows: Sequence[HookDeliveryRow]) -> dict[str, OrderEventRow]:
    named = col(OrderEventRow.id).in_({row.event for row in rows})
    return {row.id: row for row in session.exec(select(OrderEventRow).where(named))}


def _failed(session: Session, orders: Collection[str], now: datetime) -> Mapping[tuple[str, str], Failed]:
    """Who is told of which order -> the first event that they did not take, and when it is told again."""
    event = OrderEventRow, col(OrderEventRow.id) == col(HookDeliveryRow.event)
    what = select(
        HookDeliveryRow.target, OrderEventRow.order, OrderEventRow.n, HookDeliveryRow.next_at
    ).join(*event)
    waits = (
        col(OrderEventRow.order).in_(orders),
        col(HookDeliveryRow.state) == DeliveryState.WAITING.value,
        col(HookDeliveryRow.tries) > 0,
        col(HookDeliveryRow.next_at) > now,
    )
    found = session.exec(what.where(*waits).order_by(col(OrderEventRow.n).desc()))
    return {(target, order): (n or 0, at or now) for target, order, n, at in found}
