"""What happened to orders, noted with the very transaction that it happened in."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from adapters.database.tables.money import PostingRow
from adapters.database.tables.orders import FulfilmentLineRow, FulfilmentRow, PlacedOrder
from adapters.database.tables.shops import OrderEventRow
from adapters.database.upsert import insert_all
from domain.fulfilment import FulfilmentState
from domain.order_event import (
    CANCELLED,
    COMPLETED,
    FULFILMENT_CANCELLED,
    ON_HOLD,
    REFUNDED,
    RELEASED,
    SHIPPED,
)
from domain.posting import Account, Kind

LEFT = (FulfilmentState.SHIPPED.value, FulfilmentState.FULFILLED.value)
EARNED = (Account.SALES.value, Account.AHEAD.value)
Event = Mapping[str, Any]


def note_event(session: Session, order: str, kind: str, subject: str, n: int = 1, **data: Any) -> None:
    """Once for each subject, kind and `n`."""
    insert_all(session, OrderEventRow, [_event(order, kind, subject, n, **data)])


def note_changes(session: Session, row: PlacedOrder) -> None:
    """Whatever of an order, as it is now, was not noted before."""
    mine = select(OrderEventRow.id, OrderEventRow.kind).where(OrderEventRow.order == row.number)
    known = dict(session.exec(mine).all())
    parcels, refunds = _of_parcels(session, row.number, known), _of_refunds(session, row.number)
    found = [*_of_order(row, known), *parcels, *refunds]
    insert_all(session, OrderEventRow, [each for each in found if each["id"] not in known])


def _of_order(row: PlacedOrder, known: Mapping[str, str]) -> Iterator[Event]:
    if row.ended_at is not None:
        kind = CANCELLED if row.state == "cancelled" else COMPLETED
        yield _event(row.number, kind, row.number, 1, how=row.end_title)
        return
    stops, goes = (sum(kind == each for each in known.values()) for kind in (ON_HOLD, RELEASED))
    if row.state == "on_hold" and stops == goes:
        yield _event(row.number, ON_HOLD, row.number, stops + 1)
    if row.state == "open" and stops > goes:
        yield _event(row.number, RELEASED, row.number, stops)


def _of_parcels(session: Session, order: str, known: Mapping[str, str]) -> Iterator[Event]:
    for part in session.exec(select(FulfilmentRow).where(FulfilmentRow.order == order)):
        if part.state in LEFT and _id(part.id, SHIPPED) not in known:
            goods = select(FulfilmentLineRow).where(FulfilmentLineRow.fulfilment == part.id)
            lines = [
                {"line": each.line, "sku": each.sku, "quantity": f"{each.quantity:f}"}
                for each in session.exec(goods.order_by(col(FulfilmentLineRow.line)))
            ]
            way = {"carrier": part.carrier, "tracking": part.tracking, "method": part.method}
            yield _event(order, SHIPPED, part.id, 1, lines=lines, **way)
        elif part.state == FulfilmentState.CANCELLED:
            yield _event(order, FULFILMENT_CANCELLED, part.id, 1)


def _of_refunds(session: Session, order: str) -> Iterator[Event]:
    """An entry stands on several accounts; what was earned tells how much it is."""
    wanted = select(PostingRow).where(
        PostingRow.order == order,
        PostingRow.kind == Kind.REFUNDED.value,
        col(PostingRow.account).in_(EARNED),
    )
    for entry in session.exec(wanted):
        amount = {"minor": entry.minor, "currency": entry.currency}
        yield _event(order, REFUNDED, entry.fulfilment or order, entry.id or 0, amount=amount)


def _id(subject: str, kind: str, n: int = 1) -> str:
    return f"{subject}:{kind}:{n}"


def _event(order: str, kind: str, subject: str, n: int, **data: Any) -> Event:
    return {
        "id": _id(subject, kind, n),
        "order": order,
        "kind": kind,
        "subject": subject,
        "data": data,
        "at": None,
        "told_at": None,
    }
