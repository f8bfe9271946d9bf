"""Where everything open stands now: what moving it to other versions of its flows has to know."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, Text, cast
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from adapters.database.tables.journal import HoldRow, LaneRow
from domain.journal import Walk
from domain.moving import LaneAt, SubjectAt
from domain.returns import return_in

_WALK: TypeAdapter[Walk] = TypeAdapter(Walk)
# Orders of one flow have gone one of few ways.
WAYS_KNOWN = 4096


def lanes_of(session: Session, order: str) -> Sequence[LaneAt]:
    """The open lanes of one order, and of its returns: its own first."""
    return open_lanes(order, session.exec(select(LaneRow).where(LaneRow.order == order)))


def open_lanes(order: str, rows: Iterable[LaneRow]) -> Sequence[LaneAt]:
    """The same of an order whose rows are read already."""
    open_ = (_lane(row, _WALK.validate_python(row.walk)) for row in rows if not row.state)
    return sorted(open_, key=lambda lane: (lane.id != order, lane.id))


def standings(session: Session, flow: str = "") -> Sequence[SubjectAt]:
    """Every open order and return that has begun, or those with something in `flow`; by order."""
    holds: dict[str, list[str]] = {}
    for hold in session.exec(select(HoldRow).order_by(HoldRow.order, HoldRow.kind)):
        holds.setdefault(hold.order, []).append(hold.kind)
    lanes: dict[tuple[str, str], list[LaneAt]] = {}
    for row in session.connection().execute(_among(flow).order_by(col(LaneRow.order), col(LaneRow.id))):
        subject = return_in(row.order, row.id) or row.order
        lanes.setdefault((row.order, subject), []).append(_lane(row, _walk(row.walk)))
    return [
        SubjectAt(
            order=order,
            subject=subject,
            lanes=tuple(sorted(found, key=lambda lane: lane.id != subject)),
            holds=tuple(holds.get(order, ())) if subject == order else (),
        )
        for (order, subject), found in lanes.items()
        if not flow or any(lane.flow == flow for lane in found)
    ]


def _open() -> Select[Any]:
    """Without the facts of a lane, which are the most of its row."""
    names = "id", "order", "flow", "flow_hash", "step", "title", "phase", "since", "leaving"
    columns: list[Any] = [getattr(LaneRow, name) for name in names]
    walk = cast(col(LaneRow.walk), Text).label("walk")
    return sql_select(*columns, walk).where(col(LaneRow.state) == "")


def _among(flow: str) -> Select[Any]:
    if not flow:
        return _open()
    mine = select(LaneRow.order).where(LaneRow.flow == flow, LaneRow.state == "")
    return _open().where(col(LaneRow.order).in_(mine))


def _lane(row: Row[Any] | LaneRow, walk: Walk) -> LaneAt:
    return LaneAt(
        id=row.id,
        flow=row.flow,
        flow_hash=row.flow_hash,
        step=row.step,
        title=row.title,
        phase=row.phase,
        since=row.since,
        walk=walk,
        leaving=row.leaving,
    )


@lru_cache(WAYS_KNOWN)
def _walk(text: str) -> Walk:
    return _WALK.validate_json(text)
