"""The parts of a batch, each written by one statement where there is something to write."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, case, func, update
from sqlmodel import Session, select

from adapters.database.journal.deadlines import incident_due
from adapters.database.order.acts import settle_acts
from adapters.database.order.listed import changed
from adapters.database.tables.journal import (
    ActRow,
    IncidentRow,
    LaneRow,
    TimelineRow,
    WaitRow,
)
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import Row, insert_all, put_all, table_of
from domain.fulfilment import FulfilmentState
from domain.journal import Batch, Deadlines, LaneStatus, WaitOpened

# What stock and shipping have written meanwhile is newer: a fulfilment only ever moves on.
MOVES_ON: dict[str, tuple[str, ...]] = {
    FulfilmentState.OPEN: (FulfilmentState.BACKORDERED,),
    FulfilmentState.SHIPPED: (FulfilmentState.BACKORDERED, FulfilmentState.OPEN),
    FulfilmentState.FULFILLED: (
        FulfilmentState.BACKORDERED,
        FulfilmentState.OPEN,
        FulfilmentState.SHIPPED,
    ),
    FulfilmentState.CANCELLED: (FulfilmentState.BACKORDERED, FulfilmentState.OPEN),
}
LEFT = (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)


def write_timeline(session: Session, batch: Batch) -> None:
    rows = [
        {
            "order": batch.order,
            "subject": batch.subject,
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind.value,
            "lane": entry.lane,
            "step": entry.step,
            "text": entry.text,
            "act": entry.act,
        }
        for entry in batch.entries
    ]
    insert_all(session, TimelineRow, rows)


def write_waits(session: Session, batch: Batch, deadlines: tuple[Deadlines, ...]) -> None:
    """Open, move, rewrite and close, in this order: a wait may live within one batch."""
    if batch.opened:
        asked_at = _asked_at(session, batch)
        pairs = zip(batch.opened, deadlines, strict=True)
        put_all(session, WaitRow, [_wait(batch, wait, when, asked_at) for wait, when in pairs])
    _change(
        session,
        _by_id(WaitRow).values(due=bindparam("_due"), remind=bindparam("_remind"), late=bindparam("_late")),
        [{"_id": m.id, "_due": m.due, "_remind": m.remind, "_late": m.late} for m in batch.moved],
    )
    for wait in batch.rewritten:
        this = update(table_of(WaitRow)).where(table_of(WaitRow).c.id == wait.id)
        session.connection().execute(this.values(**_words(wait)))
    _change(
        session,
        _closing(WaitRow).values(closed_by=bindparam("_by")),
        [{"_id": closed.id, "_at": closed.at, "_by": closed.act} for closed in batch.closed],
    )


def write_incidents(session: Session, batch: Batch) -> None:
    rows = [
        {
            "id": opened.id,
            "order": batch.order,
            "subject": batch.subject,
            "lane": opened.lane,
            "step": opened.step,
            "title": opened.title,
            "what": opened.what,
            "role": opened.role,
            "may_skip": list(opened.may_skip),
            "since": opened.at,
            "due": incident_due(opened, batch.speed),
            "closed_at": None,
            "how": "",
            "closed_by": "",
        }
        for opened in batch.incidents_opened
    ]
    put_all(session, IncidentRow, rows)
    _change(
        session,
        _closing(IncidentRow).values(closed_by=bindparam("_by"), how=bindparam("_how")),
        [{"_id": c.id, "_at": c.at, "_by": c.act, "_how": c.how} for c in batch.incidents_closed],
    )


def write_acts(session: Session, batch: Batch) -> None:
    """Settle acts that have no end yet, and mark those kept for later."""
    settle_acts(session, batch.acts, batch.now)
    kept: list[Row] = [{"_id": act} for act in batch.kept_events]
    _change(session, _by_id(ActRow).values(kept=True), kept)


def write_lanes(session: Session, batch: Batch) -> None:
    put_all(session, LaneRow, [_lane(batch.order, lane) for lane in batch.lanes])
    for lane in batch.lanes:
        if lane.id != batch.order:
            _move_fulfilment(session, batch, lane)


def _move_fulfilment(session: Session, batch: Batch, lane: LaneStatus) -> None:
    """Bring the fulfilment's row up to what its lane knows."""
    state = lane.facts.get("state") or lane.state
    part = table_of(FulfilmentRow)
    changes: dict[str, Any] = {
        name: lane.facts[name] for name in ("tracking", "carrier") if lane.facts.get(name)
    }
    if state in MOVES_ON:
        changes["state"] = case((part.c.state.in_(MOVES_ON[state]), state), else_=part.c.state)
    if state in LEFT:
        changes["left_at"] = func.coalesce(part.c.left_at, batch.now)
    if changes:
        session.connection().execute(update(part).where(part.c.id == lane.id).values(**changes))
    if "state" in changes:
        changed(session, batch.order)


def _asked_at(session: Session, batch: Batch) -> datetime:
    """When the customer asked for what this batch is about."""
    if batch.subject == batch.order:
        return session.exec(select(PlacedOrder.placed_at).where(PlacedOrder.number == batch.order)).one()
    return session.exec(select(ReturnRow.opened_at).where(ReturnRow.id == batch.subject)).one()


def _wait(batch: Batch, wait: WaitOpened, when: Deadlines, asked_at: datetime) -> dict[str, Any]:
    return {
        "id": wait.id,
        "order": batch.order,
        "subject": batch.subject,
        "lane": wait.lane,
        "step": wait.step,
        "visit": wait.visit,
        "kind": wait.kind,
        "since": wait.since,
        "asked_at": asked_at,
        **_words(wait),
        "due": when.due,
        "remind": when.remind,
        "late": when.late,
        "closed_at": None,
        "closed_by": "",
        "claimed_by": "",
        "claimed_until": None,
    }


def _words(wait: WaitOpened) -> dict[str, Any]:
    """What the flow says of a wait, and what people see of it."""
    return {
        "title": wait.title,
        "role": wait.role,
        "event": wait.event,
        "priority": wait.priority,
        "show": wait.show,
        "scan": wait.scan,
        "answers": [asdict(answer) for answer in wait.answers],
        "not_same_person_as": wait.not_same_person_as,
        "late_then": wait.late_then,
    }


def _lane(order: str, lane: LaneStatus) -> dict[str, Any]:
    return {
        "id": lane.id,
        "order": order,
        "flow": lane.flow,
        "flow_hash": lane.flow_hash,
        "step": lane.step,
        "title": lane.title,
        "then": lane.then,
        "phase": lane.phase,
        "since": lane.since,
        "state": lane.state,
        "facts": lane.facts,
        "walk": asdict(lane.walk),
        "leaving": lane.leaving,
    }


def _by_id(model: type[WaitRow | IncidentRow | ActRow]) -> Update:
    table = table_of(model)
    return update(table).where(table.c.id == bindparam("_id"))


def _closing(model: type[WaitRow | IncidentRow]) -> Update:
    changed = _by_id(model).where(table_of(model).c.closed_at.is_(None))
    return changed.values(closed_at=bindparam("_at"))


def _change(session: Session, statement: Update, rows: Sequence[Row]) -> None:
    if rows:
        session.connection().execute(statement, rows)
