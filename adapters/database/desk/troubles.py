"""Open incidents of a whole shop, alike ones together, however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import case, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from adapters.database.desk.incidents import incident_view
from adapters.database.tables.journal import IncidentRow
from domain.trouble import Trouble
from domain.view import IncidentView

SOME = 20
# Of more kinds the rarest wait until others are seen to.
KINDS = 100
OPEN = col(IncidentRow.closed_at).is_(None)
URGENT = col(IncidentRow.due).asc().nulls_last(), col(IncidentRow.since), col(IncidentRow.id)
Kind = tuple[str, str, str, bool]


def troubles(session: Session, bug: str) -> Sequence[Trouble]:
    """The largest first; ids that end in `bug` are those of the program itself."""
    kind = _kind(bug)
    counted = sql_select(*kind, func.count(), func.min(IncidentRow.since)).where(OPEN).group_by(*kind)
    largest = counted.order_by(func.count().desc(), *kind).limit(KINDS)
    made = [
        Trouble(row[0], row[1], row[2], bool(row[3]), row[4], row[5])
        for row in session.connection().execute(largest)
    ]
    some = _some(session, bug) if made else {}
    return [replace(trouble, some=tuple(some[_same(trouble)])) for trouble in made]


def incidents_of(session: Session, trouble: Trouble, bug: str, most: int) -> Sequence[IncidentView]:
    """The most urgent of it."""
    same = [part == value for part, value in zip(_kind(bug), _same(trouble), strict=True)]
    wanted = select(IncidentRow).where(OPEN, *same).order_by(*URGENT).limit(most)
    return [incident_view(row) for row in session.exec(wanted)]


def _some(session: Session, bug: str) -> dict[Kind, list[IncidentView]]:
    """A few of every kind, in one statement."""
    kind = _kind(bug)
    place = func.row_number().over(partition_by=kind, order_by=URGENT).label("place")
    ranked = sql_select(col(IncidentRow.id), place).where(OPEN).subquery()
    few = sql_select(ranked.c.id).where(ranked.c.place <= SOME)
    wanted = sql_select(IncidentRow, *kind).where(col(IncidentRow.id).in_(few)).order_by(*URGENT)
    found: dict[Kind, list[IncidentView]] = defaultdict(list)
    for row, title, what, role, is_bug in session.execute(wanted):
        found[title, what, role, bool(is_bug)].append(incident_view(row))
    return found


def _kind(bug: str) -> tuple[Any, ...]:
    what = func.replace(IncidentRow.what, IncidentRow.order, "…")
    return (
        col(IncidentRow.title),
        what,
        col(IncidentRow.role),
        case((col(IncidentRow.id).endswith(bug, autoescape=True), 1), else_=0),
    )


def _same(trouble: Trouble) -> Kind:
    return trouble.title, trouble.what, trouble.role, trouble.bug
