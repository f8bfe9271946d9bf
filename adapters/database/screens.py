"""What the console reads beyond the desk: mails whole, where lanes stand, and whether anything is new."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, SQLModel, col, select

from adapters.database.desk import Desk
from adapters.database.notices import letter_of
from adapters.database.standings import lanes_of
from adapters.database.tables.journal import ActRow, IncidentRow, NoteRow, TimelineRow, WaitRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tasks import take_over_task
from domain.moving import LaneAt
from domain.notice import Letter
from domain.view import TaskView


class Screens(Desk):
    """The desk, and the little more that a screen shows."""

    def take_over(self, task: str, by: str, now: datetime) -> TaskView:
        """
        Hold a task that somebody else holds; the order's timeline tells.

        :raises NotFound: no such task.
        :raises ActRefused: it is closed.
        """
        with self.write() as session:
            return take_over_task(session, task, by, now)

    def letter(self, order: str, id: str) -> Letter:
        """
        A message as it was sent, or is to be.

        :raises NotFound: the order has none of this id.
        """
        with self.read() as session:
            return letter_of(session, order, id)

    def lanes(self, order: str) -> Sequence[LaneAt]:
        """Its open lanes; none of one that has ended, or not begun."""
        with self.read() as session:
            return lanes_of(session, order)

    def inbox_beat(self) -> str:
        """Another word whenever open tasks, claims or incidents have changed."""
        with self.read() as session:
            waits = col(WaitRow.closed_at).is_(None)
            figures = (
                func.count(),
                func.max(WaitRow.since),
                func.count(col(WaitRow.claimed_until)),
                func.max(WaitRow.claimed_until),
            )
            told = session.exec(select(*figures).where(waits, WaitRow.kind == "ask")).one()
            stopped = _count(session, IncidentRow, col(IncidentRow.closed_at).is_(None))
        return "/".join(str(each) for each in (*told, stopped))

    def order_beat(self, number: str) -> str:
        """Another word whenever the page of this order has changed."""
        with self.read() as session:
            counted = (
                _count(session, TimelineRow, col(TimelineRow.order) == number),
                _count(session, NoteRow, col(NoteRow.order) == number),
                _count(session, ActRow, col(ActRow.order) == number),
                _count(session, ActRow, col(ActRow.order) == number, col(ActRow.outcome) == ""),
                _count(session, NoticeRow, col(NoticeRow.order) == number, col(NoticeRow.state) == "sent"),
                _count(session, WaitRow, col(WaitRow.order) == number, col(WaitRow.closed_at).is_(None)),
            )
        return "/".join(str(each) for each in counted)


def _count(session: Session, model: type[SQLModel], *those: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(model).where(*those)).one()
