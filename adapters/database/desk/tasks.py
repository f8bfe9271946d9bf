"""The inbox: open tasks in the order they should be done, and who holds which."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import case, or_, update
from sqlmodel import Session, col, select

from adapters.database.tables.journal import ActRow, NoteRow, WaitRow
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.errors import ActRefused, NotFound
from domain.journal import AnswerOption
from domain.returns import OPENING
from domain.view import TaskView

LEASE = timedelta(minutes=15)
_ANSWERS: TypeAdapter[tuple[AnswerOption, ...]] = TypeAdapter(tuple[AnswerOption, ...])


def open_tasks(session: Session, role: str, now: datetime) -> Sequence[TaskView]:
    """Open tasks, of every role when `role` is empty: overdue, priority, due, age of the order."""
    wanted = select(WaitRow).where(WaitRow.kind == "ask", col(WaitRow.closed_at).is_(None))
    if role:
        wanted = wanted.where(WaitRow.role == role)
    return [task_view(row, None, now) for row in session.exec(wanted.order_by(*in_turn(now)))]


def in_turn(now: datetime) -> tuple[Any, ...]:
    """What puts tasks in the order they should be done."""
    overdue = case((col(WaitRow.due) < now, 0), else_=1)
    due = col(WaitRow.due).asc().nulls_last()
    return overdue, col(WaitRow.priority), due, col(WaitRow.asked_at), col(WaitRow.since), col(WaitRow.id)


def find_task(session: Session, id: str, now: datetime | None = None) -> TaskView:
    """
    A task, open or closed; with `now`, a claim that has run out is left away.

    :raises NotFound: no such task.
    """
    wanted = (
        select(WaitRow, ActRow)
        .outerjoin(ActRow, col(ActRow.id) == col(WaitRow.closed_by))
        .where(WaitRow.id == id, WaitRow.kind == "ask")
    )
    found = session.exec(wanted, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotFound(f"There is no task {id}.")
    row, act = found
    return task_view(row, act, now)


def claim_task(session: Session, id: str, by: str, now: datetime) -> TaskView:
    """
    Hold a task for 15 minutes.

    :raises NotFound: no such task.
    :raises ActRefused: somebody else holds it, or it is closed.
    """
    wait = table_of(WaitRow)
    free = or_(wait.c.claimed_by.in_(("", by)), wait.c.claimed_until <= now)
    claimed = update(wait).where(wait.c.id == id, wait.c.closed_at.is_(None), free)
    held = {"claimed_by": by, "claimed_until": now + LEASE}
    taken = session.connection().execute(claimed.values(**held)).rowcount
    view = find_task(session, id, now)
    if not taken:
        raise ActRefused(_why_not(view))
    return view


def take_over_task(session: Session, id: str, by: str, now: datetime) -> TaskView:
    """
    Hold a task whoever holds it; a note on the order tells whom it was taken from.

    :raises NotFound: no such task.
    :raises ActRefused: it is closed.
    """
    before = find_task(session, id, now)
    if before.closed_at is not None:
        raise ActRefused(_why_not(before))
    wait = table_of(WaitRow)
    taken = update(wait).where(wait.c.id == id).values(claimed_by=by, claimed_until=now + LEASE)
    session.connection().execute(taken)
    if before.claimed_by not in ("", by):
        text = f"Took over “{before.title}” from {before.claimed_by}."
        session.add(NoteRow(order=before.order, text=text, by=by, at=now))
    return find_task(session, id, now)


def give_back_task(session: Session, id: str, by: str) -> None:
    """
    Let go a claim of one's own.

    :raises NotFound: no such task.
    :raises ActRefused: it is not theirs.
    """
    wait = table_of(WaitRow)
    own = update(wait).where(wait.c.id == id, wait.c.claimed_by == by, wait.c.closed_at.is_(None))
    if not session.connection().execute(own.values(claimed_by="", claimed_until=None)).rowcount:
        view = find_task(session, id)
        raise ActRefused(f"{view.title} of order {view.order} is not held by {by}.")


def who_answered(session: Session, order: str, lane: str, step: str) -> Sequence[str]:
    """Who answered this step so far, each once; `OPENING` is who opened the return."""
    if step == OPENING:
        return list(session.exec(select(ReturnRow.by).where(ReturnRow.id == lane)))
    wanted = (
        select(ActRow.by)
        .join(WaitRow, col(WaitRow.closed_by) == col(ActRow.id))
        .where(WaitRow.order == order, WaitRow.lane == lane, WaitRow.step == step, WaitRow.kind == "ask")
        .order_by(col(WaitRow.visit))
    )
    return list(dict.fromkeys(session.exec(wanted)))


def _why_not(view: TaskView) -> str:
    if view.closed_at is None:
        return f"{view.title} of order {view.order} is held by {view.claimed_by}."
    if not view.answered_by:
        return f"{view.title} of order {view.order} is closed: nobody has to answer it any more."
    return f"{view.title} of order {view.order} was already answered by {view.answered_by}: {view.answer}."


def task_view(row: WaitRow, act: ActRow | None, now: datetime | None) -> TaskView:
    """As people see it; with `now`, a claim that has run out is left away."""
    until = row.claimed_until
    claimed = row.closed_at is None and until is not None and (now is None or until > now)
    return TaskView(
        id=row.id,
        order=row.order,
        lane=row.lane,
        step=row.step,
        role=row.role,
        title=row.title,
        since=row.since,
        due=row.due,
        late=row.late,
        priority=row.priority,
        answers=_options(row.answers),
        show=row.show,
        scan=row.scan,
        not_same_person_as=row.not_same_person_as,
        claimed_by=row.claimed_by if claimed else "",
        claimed_until=until if claimed else None,
        answered_by=act.by if act else "",
        answer=act.answer if act else "",
        closed_at=row.closed_at,
    )


def _options(answers: list[dict[str, Any]]) -> tuple[AnswerOption, ...]:
    return _ANSWERS.validate_python(answers)
