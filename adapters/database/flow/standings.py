"""Where everything open stands now: what moving it to other versions of its flows has to know."""

from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter
from sqlmodel import Session, select

from adapters.database.tables.journal import HoldRow, LaneRow
from domain.journal import Walk
from domain.moving import LaneAt, SubjectAt
from domain.returns import return_in

_WALK: TypeAdapter[Walk] = TypeAdapter(Walk)


def lanes_of(session: Session, order: str) -> Sequence[LaneAt]:
    """The open lanes of one order, and of its returns: its own first."""
    return open_lanes(order, session.exec(select(LaneRow).where(LaneRow.order == order)))


def open_lanes(order: str, rows: Iterable[LaneRow]) -> Sequence[LaneAt]:
    """The same of an order whose rows are read already."""
    open_ = (_lane(row) for row in rows if not row.state)
    return sorted(open_, key=lambda lane: (lane.id != order, lane.id))


def standings(session: Session) -> Sequence[SubjectAt]:
    """Every open order and return that has begun, by its number or id."""
    holds: dict[str, list[str]] = {}
    for hold in session.exec(select(HoldRow).order_by(HoldRow.order, HoldRow.kind)):
        holds.setdefault(hold.order, []).append(hold.kind)
    lanes: dict[tuple[str, str], list[LaneAt]] = {}
    for row in session.exec(select(LaneRow).where(LaneRow.state == "").order_by(LaneRow.order, LaneRow.id)):
        subject = return_in(row.order, row.id) or row.order
        lanes.setdefault((row.order, subject), []).append(_lane(row))
    return [
        SubjectAt(
            order=order,
            subject=subject,
            lanes=tuple(sorted(found, key=lambda lane: lane.id != subject)),
            holds=tuple(holds.get(order, ())) if subject == order else (),
        )
        for (order, subject), found in lanes.items()
    ]


def _lane(row: LaneRow) -> LaneAt:
    return LaneAt(
        id=row.id,
        flow=row.flow,
        flow_hash=row.flow_hash,
        step=row.step,
        title=row.title,
        phase=row.phase,
        since=row.since,
        walk=_WALK.validate_python(row.walk),
        leaving=row.leaving,
    )
