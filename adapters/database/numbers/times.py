"""How long it takes until parcels leave, and which steps come late."""

from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from adapters.database.numbers.narrowed import Asked
from adapters.database.spans import seconds_between
from adapters.database.tables.journal import LaneRow, WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.numbers import FRAUD, Shipped, StepTime, speed_of

LEFT, SHIP_BY = col(FulfilmentRow.left_at), col(FulfilmentRow.ship_by)
CLOSED, DUE = col(WaitRow.closed_at), col(WaitRow.due)


def shipped(session: Session, asked: Asked) -> Shipped:
    """Parcels that left in the period, from the placing of their order."""
    took = seconds_between(col(PlacedOrder.placed_at), LEFT)
    wanted = select(asked.day(FulfilmentRow.left_at), took, LEFT <= SHIP_BY).where(
        *asked.within(FulfilmentRow.left_at), col(FulfilmentRow.order) == col(PlacedOrder.number)
    )
    wanted = wanted.where(*((col(FulfilmentRow.flow) == asked.method,) if asked.method else ()))
    bars: list[list[int]] = [[] for _ in asked.scale.begins]
    promised = on_time = 0
    for day, seconds, in_time in session.execute(wanted):
        bars[asked.place(day)].append(int(seconds))
        promised += in_time is not None
        on_time += bool(in_time)
    every = speed_of(each for bar in bars for each in bar)
    return Shipped(every, tuple(map(speed_of, bars)), promised, on_time)


def steps(session: Session, asked: Asked) -> tuple[tuple[StepTime, ...], int]:
    """The waits that ended in the period, the latest steps first; and how many orders were reviewed."""
    found, reviewed = [], 0
    for flow, title, role, orders, timed, late, total, worst in session.execute(_by_step(asked)):
        reviewed += orders if role == FRAUD else 0
        if timed:
            average = int(total or 0) // int(late) if late else 0
            found.append(StepTime(flow or "", title, role, int(timed), int(late), average, int(worst or 0)))
    found.sort(key=lambda step: (-step.late, -step.late_on_average, step.flow, step.title))
    return tuple(found), reviewed


def _by_step(asked: Asked) -> Any:
    late = CLOSED > DUE
    after = case((late, seconds_between(DUE, CLOSED)))
    step = col(LaneRow.flow), col(WaitRow.title), col(WaitRow.role)
    figures = (
        func.count(col(WaitRow.order).distinct()),
        func.count(DUE),
        func.count(case((late, 1))),
        func.sum(after),
        func.max(after),
    )
    wanted = select(*step, *figures).where(  # type: ignore[call-overload] # more columns than it has types for
        *asked.within(WaitRow.closed_at), *asked.of_lanes()
    )
    beside = col(LaneRow.id) == col(WaitRow.lane)
    return wanted.select_from(WaitRow).join(LaneRow, beside, isouter=True).group_by(*step)
