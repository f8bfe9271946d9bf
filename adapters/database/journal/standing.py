"""How an order stands after a batch: held or not, running or ended."""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from adapters.database.order.events import note_event
from adapters.database.order.listed import changed
from adapters.database.returns.rows import change_return
from adapters.database.tables.journal import ActRow, HoldRow, IncidentRow, LaneRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.upsert import insert_all, table_of
from domain.act import ActKind
from domain.gateway_news import MONEY
from domain.journal import Batch, EntryKind
from domain.order_event import RETURN_CLOSED
from domain.state import order_state


def write_order(session: Session, batch: Batch, stood: str) -> None:
    """The holds that stand after the batch, and the order's own state and end; `stood` was its state."""
    if batch.holds or stood == "on_hold":
        _write_holds(session, batch)
    state = order_state(batch.ended, batch.holds)
    changes: dict[str, Any] = {"state": state} if state != stood else {}
    if batch.flows:
        flow = session.exec(select(PlacedOrder.flow).where(PlacedOrder.number == batch.order)).one()
        changes |= {"flows": batch.flows, "flow_hash": batch.flows[flow]}
    if batch.ended:
        _close_what_is_left(session, batch)
        changes |= {"ended_at": batch.now, "end_title": _end_title(session, batch)}
    if changes:
        this = update(table_of(PlacedOrder)).where(col(PlacedOrder.number) == batch.order)
        session.connection().execute(this.values(**changes))
        changed(session, batch.order)


def write_return(session: Session, batch: Batch) -> None:
    """The version and the end of a return; how far it has come before that, its steps write themselves."""
    if batch.flows:
        (own,) = (lane for lane in batch.lanes if lane.id == batch.subject)
        change_return(session, batch.subject, flow_hash=own.flow_hash)
    if batch.ended:
        _close_what_is_left(session, batch)
        ended = {"state": batch.ended, "ended_at": batch.now, "end_title": _end_title(session, batch)}
        change_return(session, batch.subject, **ended)
        note_event(session, batch.order, RETURN_CLOSED, batch.subject, how=batch.ended)


def _write_holds(session: Session, batch: Batch) -> None:
    stood = set(session.exec(select(HoldRow.kind).where(HoldRow.order == batch.order)))
    gone = stood - set(batch.holds)
    if gone:
        these = col(HoldRow.order) == batch.order, col(HoldRow.kind).in_(gone)
        session.connection().execute(delete(table_of(HoldRow)).where(*these))
    new = [kind for kind in batch.holds if kind not in stood]
    asked = _asked_holds(session, batch) if new else {}
    rows = [
        {"order": batch.order, "kind": kind, "since": batch.now, "act": asked.get(kind, "")} for kind in new
    ]
    insert_all(session, HoldRow, [{**row, "by": "", "why": ""} for row in rows])


def _asked_holds(session: Session, batch: Batch) -> dict[str, str]:
    """Kind -> the act of this batch that asked for it."""
    acts = [entry.act for entry in batch.entries if entry.kind == EntryKind.HOLD]
    wanted = (
        select(ActRow.target, ActRow.id)
        .where(col(ActRow.id).in_(acts), ActRow.kind == ActKind.HOLD.value)
        .order_by(col(ActRow.seq))
    )
    return dict(session.exec(wanted).all())


def _close_what_is_left(session: Session, batch: Batch) -> None:
    for model in (WaitRow, IncidentRow):
        table = table_of(model)
        mine = table.c.order == batch.order, table.c.subject == batch.subject
        # What no step waits for is not over when the order is.
        left = *mine, table.c.closed_at.is_(None), table.c.step != MONEY
        session.connection().execute(update(table).where(*left).values(closed_at=batch.now))


def _end_title(session: Session, batch: Batch) -> str:
    return session.exec(select(LaneRow.title).where(LaneRow.id == batch.subject)).first() or ""
