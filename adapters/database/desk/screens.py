"""What the console reads beyond the desk: mails whole, where lanes stand, and whether anything is new."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func
from sqlalchemy import select as sql_select
from sqlmodel import SQLModel, col, select

from adapters.database.account.saved_views import drop_view, save_view, saved_views
from adapters.database.desk.desk import Desk
from adapters.database.desk.inbox import count_tasks, read_tasks, tallies
from adapters.database.desk.order_list import count_states
from adapters.database.desk.order_page import read_page
from adapters.database.desk.tasks import take_over_task
from adapters.database.desk.troubles import incidents_of, troubles
from adapters.database.flow.standings import lanes_of
from adapters.database.mail.notices import letter_of
from adapters.database.tables.journal import ActRow, IncidentRow, NoteRow, TimelineRow, WaitRow
from adapters.database.tables.mail import NoticeRow
from domain.inbox import InboxQuery, Tally
from domain.moving import LaneAt
from domain.notice import Letter, LetterState
from domain.order_page import OrderPage, beat_of
from domain.trouble import Trouble
from domain.view import IncidentView, TaskView


class Screens(Desk):
    """The desk, and the little more that a screen shows."""

    def inbox(self, query: InboxQuery, now: datetime) -> Sequence[TaskView]:
        """Open tasks in the order they should be done."""
        with self.read() as session:
            return read_tasks(session, query, now)

    def inbox_count(self, query: InboxQuery, now: datetime) -> int:
        """How many there are of them, `limit` or not."""
        with self.read() as session:
            return count_tasks(session, query, now)

    def tallies(self, roles: Sequence[str], now: datetime) -> Sequence[Tally]:
        """What is open of each of these roles that has anything."""
        with self.read() as session:
            return tallies(session, roles, now)

    def state_counts(self, most: int) -> dict[str, int]:
        """How many orders are in each state, as far as `most`."""
        with self.read() as session:
            return count_states(session, most)

    def troubles(self, bug: str) -> Sequence[Trouble]:
        """What has stopped, alike incidents together; ids that end in `bug` are the program's own."""
        with self.read() as session:
            return troubles(session, bug)

    def incidents_of(self, trouble: Trouble, bug: str, most: int) -> Sequence[IncidentView]:
        """The most urgent incidents of one trouble."""
        with self.read() as session:
            return incidents_of(session, trouble, bug, most)

    def saved_views(self, account: str) -> Sequence[tuple[str, str]]:
        """Name and query of the lists of orders that this person keeps."""
        with self.read() as session:
            return saved_views(session, account)

    def save_view(self, account: str, name: str, query: str) -> None:
        """:raises ActRefused: they keep too many."""
        with self.write() as session:
            save_view(session, account, name, query)

    def drop_view(self, account: str, name: str) -> None:
        with self.write() as session:
            drop_view(session, account, name)

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

    def page(self, number: str) -> OrderPage:
        """
        As it stands at one instant, so that its beat says no more than it shows.

        :raises NotFound: no such order.
        """
        with self.snapshot() as session:
            return read_page(session, number)

    def lanes(self, order: str) -> Sequence[LaneAt]:
        """Its open lanes; none of one that has ended, or not begun."""
        with self.read() as session:
            return lanes_of(session, order)

    def inbox_beat(self) -> str:
        """Another word whenever open tasks, claims or incidents have changed."""
        with self.read() as session:
            waits, open_ = col(WaitRow.closed_at).is_(None), col(IncidentRow.closed_at).is_(None)
            figures = (
                func.count(),
                func.max(WaitRow.since),
                func.count(col(WaitRow.claimed_until)),
                func.max(WaitRow.claimed_until),
            )
            told = session.exec(select(*figures).where(waits, WaitRow.kind == "ask")).one()
            stopped = session.exec(select(func.count()).select_from(IncidentRow).where(open_)).one()
        return "/".join(str(each) for each in (*told, stopped))

    def order_beat(self, number: str) -> str:
        """Another word whenever the page of this order has changed."""
        counted = (
            _counted(TimelineRow, col(TimelineRow.order) == number)
            + _counted(NoteRow, col(NoteRow.order) == number),
            _counted(ActRow, col(ActRow.order) == number),
            _counted(ActRow, col(ActRow.order) == number, col(ActRow.outcome) == ""),
            _counted(NoticeRow, col(NoticeRow.order) == number, col(NoticeRow.state) == LetterState.SENT),
            _counted(WaitRow, col(WaitRow.order) == number, col(WaitRow.closed_at).is_(None)),
        )
        with self.read() as session:
            return beat_of(*session.connection().execute(sql_select(*counted)).one())


def _counted(model: type[SQLModel], *those: ColumnElement[bool]) -> ScalarSelect[int]:
    return sql_select(func.count()).select_from(model).where(*those).scalar_subquery()
