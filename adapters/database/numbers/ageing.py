"""Open orders by age and by step, oldest first."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from adapters.database.desk.gist import gists
from adapters.database.tables.journal import IncidentRow, LaneRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from domain.ageing import BOUNDS, Ageing, StandsAt

STATES = ("open", "on_hold")
STILL_OPEN = col(PlacedOrder.state).in_(STATES)


def ageing(session: Session, now: datetime, most: int) -> Ageing:
    oldest = (
        select(PlacedOrder).where(STILL_OPEN).order_by(col(PlacedOrder.placed_at), col(PlacedOrder.number))
    )
    rows = session.exec(oldest.limit(most)).all()
    found = gists(session, rows)
    steps = [*_steps(session, now), *_incidents(session, now)]
    return Ageing(
        now,
        _ages(session, now),
        tuple(sorted(steps, key=lambda step: (step.since, step.flow, step.title))),
        tuple(found[row.number].line(row, now) for row in rows),
    )


def _ages(session: Session, now: datetime) -> tuple[int, ...]:
    placed = col(PlacedOrder.placed_at)
    younger = [func.count(case((placed > now - bound, 1))) for bound in BOUNDS]
    wanted: Any = select(*younger, func.count()).where(STILL_OPEN)  # type: ignore[call-overload] # any number
    counts = [0, *session.execute(wanted).one()]
    return tuple(int(b - a) for a, b in pairwise(counts))


def _steps(session: Session, now: datetime) -> list[StandsAt]:
    step = col(LaneRow.flow), col(WaitRow.title), col(WaitRow.role), col(WaitRow.event)
    late = func.count(case((func.coalesce(WaitRow.due, WaitRow.late) < now, 1)))
    wanted: Any = select(*step, func.count(), func.min(WaitRow.since), late)  # type: ignore[call-overload] # any number
    beside = col(LaneRow.id) == col(WaitRow.lane)
    wanted = wanted.select_from(WaitRow).join(LaneRow, beside, isouter=True)
    wanted = wanted.where(col(WaitRow.closed_at).is_(None))
    return [
        StandsAt(flow or "", title, role or event, int(count), since, int(overdue))
        for flow, title, role, event, count, since, overdue in session.execute(wanted.group_by(*step))
    ]


def _incidents(session: Session, now: datetime) -> list[StandsAt]:
    step = col(LaneRow.flow), col(IncidentRow.title), col(IncidentRow.role)
    late = func.count(case((col(IncidentRow.due) < now, 1)))
    # One of money stands at no lane's step.
    beside = col(LaneRow.id) == col(IncidentRow.lane)
    wanted: Any = select(*step, func.count(), func.min(IncidentRow.since), late)  # type: ignore[call-overload] # any number
    wanted = wanted.select_from(IncidentRow).join(LaneRow, beside, isouter=True)
    wanted = wanted.where(col(IncidentRow.closed_at).is_(None))
    return [
        StandsAt(flow or "", title, role, int(count), since, int(overdue), incident=True)
        for flow, title, role, count, since, overdue in session.execute(wanted.group_by(*step))
    ]
