"""
What must be true of orders and returns in our own books; whether they run is Temporal's to say.

O1 each has ended, or waits for something by name: a wait that is not overdue, an incident, a hold, or a
step that began not long ago; and what has ended waits for nothing. O2 the steps it passed are a way
through its flow. O3 what was kept has been carried. O5 an answer that was taken closed one task.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlmodel import Session

from adapters.database.tables.journal import ActRow, HoldRow, IncidentRow, LaneRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.act import ActKind, Outcome
from domain.gateway_news import MONEY
from domain.reconcile import Difference, Repair, RepairKind

ORDERS = table_of(PlacedOrder).c
RETURNS = table_of(ReturnRow).c
LANES = table_of(LaneRow).c
WAITS = table_of(WaitRow).c
INCIDENTS = table_of(IncidentRow).c
HOLDS = table_of(HoldRow).c
ACTS = table_of(ActRow).c
# The relay carries within seconds, while Temporal and a worker are there.
CARRIED_WITHIN = timedelta(minutes=10)
# A clock of the workflow rings within seconds, too.
RINGS_WITHIN = timedelta(minutes=15)
# Tries of a step run out within hours, and then it is an incident.
STEP_WITHIN = timedelta(days=1)
RELAY = "Is a worker running? `--repair` carries it."
LOOK = "Look at its timeline, and at its workflow with `orders show --history`; tell the developers."


def order_differences(session: Session, now: datetime) -> list[Difference]:
    """Everything that is wrong with where orders and returns stand; empty when nothing is."""
    return [
        *_not_started(session, now),
        *_not_carried(session, now),
        *_overslept(session, now),
        *_nowhere(session, now),
        *_waits_after_its_end(session),
        *_answers(session),
    ]


def _not_started(session: Session, now: datetime) -> Iterator[Difference]:
    before = now - CARRIED_WITHIN
    orders = select(ORDERS.number).where(ORDERS.started_at.is_(None), ORDERS.kept_at < before)
    for (number,) in session.execute(orders):
        repair = Repair(RepairKind.START, number)
        yield Difference("O3", number, "It was placed, and its workflow never began.", RELAY, repair)
    returns = select(RETURNS.id).where(RETURNS.started_at.is_(None), RETURNS.opened_at < before)
    for (id,) in session.execute(returns):
        repair = Repair(RepairKind.START_RETURN, id)
        yield Difference("O3", id, "It was opened, and its workflow never began.", RELAY, repair)


def _not_carried(session: Session, now: datetime) -> Iterator[Difference]:
    wanted = (
        select(ACTS.order, ACTS.id, ACTS.kind, ACTS.at)
        .join_from(ACTS.id.table, ORDERS.number.table, ORDERS.number == ACTS.order)
        .where(ACTS.outcome == "", ACTS.at < now - CARRIED_WITHIN, ORDERS.started_at.is_not(None))
    )
    for order, id, kind, at in session.execute(wanted):
        said = f"Its {kind} of {at:%Y-%m-%d %H:%M} ({id}) was never answered."
        yield Difference("O3", order, said, RELAY, Repair(RepairKind.CARRY, id))


def _overslept(session: Session, now: datetime) -> Iterator[Difference]:
    held = exists().where(HOLDS.order == WAITS.order)
    wanted = (
        select(WAITS.subject, WAITS.title, WAITS.late)
        .join_from(WAITS.id.table, ORDERS.number.table, ORDERS.number == WAITS.order)
        .where(WAITS.closed_at.is_(None), WAITS.late < now - RINGS_WITHIN, ~held, _open())
    )
    for subject, title, late in session.execute(wanted):
        said = f"{title}: it turned late at {late:%Y-%m-%d %H:%M}, and its flow has not noticed."
        yield Difference("O1", subject, said, "Is a worker running? If so: " + LOOK)


def _nowhere(session: Session, now: datetime) -> Iterator[Difference]:
    """Lanes that say what they wait for, and it is not there."""
    waits = exists().where(WAITS.lane == LANES.id, WAITS.closed_at.is_(None))
    stopped = exists().where(INCIDENTS.order == LANES.order, INCIDENTS.closed_at.is_(None))
    held = exists().where(HOLDS.order == LANES.order)
    lost: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("waits, and nobody knows for what", (LANES.phase == "waiting") & ~waits & ~stopped),
        ("has stopped, and nobody is told why", (LANES.phase == "incident") & ~stopped),
        ("is on hold, and nobody holds it", (LANES.phase == "parked") & ~held & ~stopped),
        ("has been at it for more than a day", _doing() & (LANES.since < now - STEP_WITHIN) & ~stopped),
    )
    for what, wrong in lost:
        for lane, title in session.execute(_standing().where(wrong)):
            yield Difference("O1", lane, f"{title or 'Its begin'}: it {what}.", LOOK)


def _doing() -> ColumnElement[bool]:
    return LANES.phase.in_(("loading", "running", "undoing"))


def _standing() -> Select[Any]:
    """The open lanes of orders and returns that are open themselves."""
    return (
        select(LANES.id, LANES.title)
        .join_from(LANES.id.table, ORDERS.number.table, ORDERS.number == LANES.order)
        .join(RETURNS.id.table, RETURNS.id == LANES.id, isouter=True)
        .where(LANES.state == "", or_(RETURNS.id.is_not(None), ORDERS.ended_at.is_(None)))
        .where(RETURNS.ended_at.is_(None))
    )


def _open() -> ColumnElement[bool]:
    """Of a wait: its order, or the return it belongs to, has not ended."""
    mine = exists().where(RETURNS.id == WAITS.subject, RETURNS.ended_at.is_(None))
    return or_((WAITS.subject == WAITS.order) & ORDERS.ended_at.is_(None), mine)


def _waits_after_its_end(session: Session) -> Iterator[Difference]:
    # What finance has to see to, and a bug of the program, are of no step: they may come after the end.
    of_a_step = INCIDENTS.step.not_in(("", MONEY))
    for row, what, theirs in ((WAITS, "still waits", true()), (INCIDENTS, "has stopped", of_a_step)):
        ended = (
            select(row.id, row.order, row.title)
            .join_from(row.id.table, ORDERS.number.table, ORDERS.number == row.order)
            .where(row.subject == row.order, row.closed_at.is_(None), ORDERS.ended_at.is_not(None), theirs)
        )
        for id, order, title in session.execute(ended):
            said = f"It has ended, and {what}: {title}."
            yield Difference("O1", order, said, LOOK, Repair(RepairKind.CLOSE, id))


def _answers(session: Session) -> Iterator[Difference]:
    closed = func.count(WAITS.id)
    wanted = (
        select(ACTS.order, ACTS.id, closed)
        .join_from(ACTS.id.table, WAITS.id.table, WAITS.closed_by == ACTS.id, isouter=True)
        .where(ACTS.kind == ActKind.ANSWER.value, ACTS.outcome == Outcome.DONE.value)
        .group_by(ACTS.order, ACTS.id)
        .having(closed != 1)
    )
    for order, id, many in session.execute(wanted):
        said = f"The answer {id} was taken, and closed {many} tasks."
        yield Difference("O5", order, said, LOOK)
    refused = (
        select(ACTS.order, ACTS.id)
        .join_from(ACTS.id.table, WAITS.id.table, WAITS.closed_by == ACTS.id)
        .where(ACTS.outcome == Outcome.REFUSED.value)
    )
    for order, id in session.execute(refused):
        yield Difference("O5", order, f"The answer {id} was refused, and closed a task.", LOOK)
