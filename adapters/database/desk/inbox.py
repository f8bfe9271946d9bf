"""The inbox of a shop with very many tasks: counted, and read a screenful at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Session, col, select

from adapters.database.desk.tasks import in_turn, task_view
from adapters.database.tables.journal import WaitRow
from domain.inbox import InboxQuery, Tally
from domain.view import TaskView

OPEN: tuple[Any, ...] = (col(WaitRow.kind) == "ask", col(WaitRow.closed_at).is_(None))


def tallies(session: Session, roles: Sequence[str], now: datetime) -> Sequence[Tally]:
    """Of each of these roles that has any, by name."""
    late = func.sum(case((col(WaitRow.due) < now, 1), else_=0))
    wanted = select(WaitRow.role, func.count(), late).where(*OPEN, col(WaitRow.role).in_(roles))
    grouped = wanted.group_by(col(WaitRow.role)).order_by(col(WaitRow.role))
    return [Tally(role, count, int(late)) for role, count, late in session.exec(grouped)]


def count_tasks(session: Session, query: InboxQuery, now: datetime) -> int:
    """Without its `limit` and `skip`."""
    wanted = select(func.count()).select_from(WaitRow).where(*_those(query, now))
    return session.exec(wanted).one()


def read_tasks(session: Session, query: InboxQuery, now: datetime) -> Sequence[TaskView]:
    """In the order they should be done: first their ids, out of an index, then the few themselves."""
    order = in_turn(now)
    ids = select(WaitRow.id).where(*_those(query, now)).order_by(*order)
    some = session.exec(ids.offset(query.skip).limit(query.limit)).all()
    if not some:
        return []
    rows = session.exec(select(WaitRow).where(col(WaitRow.id).in_(some)).order_by(*order))
    return [task_view(row, None, now) for row in rows]


def _those(query: InboxQuery, now: datetime) -> list[ColumnElement[bool]]:
    found = [*OPEN, col(WaitRow.role).in_(query.roles)]
    if query.scanned:
        found.append(col(WaitRow.scan) != "")
    if query.free_for:
        until = col(WaitRow.claimed_until)
        held = col(WaitRow.claimed_by) == query.free_for
        found.append(or_(until.is_(None), until <= now, held))
    if query.code:
        code = query.code.lower()
        columns = col(WaitRow.lane), col(WaitRow.order), col(WaitRow.id)
        found.append(or_(*(func.lower(column) == code for column in columns)))
    return found
