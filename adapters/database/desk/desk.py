"""What staff and support read: lists, one order whole, the inbox and what has stopped."""

from collections.abc import Sequence
from datetime import datetime

from adapters.database.desk.incidents import open_incident, open_incidents
from adapters.database.desk.order_list import list_orders
from adapters.database.desk.order_page import show_order
from adapters.database.desk.tasks import claim_task, find_task, give_back_task, open_tasks, who_answered
from adapters.database.engine import Database
from domain.view import IncidentView, OrderQuery, OrderRow, OrderView, TaskView


class Desk(Database):
    """Reads of our own books; claims are all that it writes."""

    def list(self, query: OrderQuery, now: datetime) -> Sequence[OrderRow]:
        """Orders that fit, newest first."""
        with self.read() as session:
            return list_orders(session, query, now)

    def show(self, number: str) -> OrderView:
        """:raises NotFound: no such order."""
        with self.read() as session:
            return show_order(session, number)

    def tasks(self, role: str, now: datetime) -> Sequence[TaskView]:
        """Open tasks, of every role when `role` is empty: overdue, priority, due, age."""
        with self.read() as session:
            return open_tasks(session, role, now)

    def task(self, id: str) -> TaskView:
        """:raises NotFound: no such task."""
        with self.read() as session:
            return find_task(session, id)

    def claim(self, task: str, by: str, now: datetime) -> TaskView:
        """
        Hold a task for 15 minutes; claiming one's own renews it.

        :raises NotFound: no such task.
        :raises ActRefused: somebody else holds it, or it is closed.
        """
        with self.write() as session:
            return claim_task(session, task, by, now)

    def give_back(self, task: str, by: str) -> None:
        """
        Let go what one holds.

        :raises NotFound: no such task.
        :raises ActRefused: it is not theirs.
        """
        with self.write() as session:
            give_back_task(session, task, by)

    def answered_by(self, order: str, lane: str, step: str) -> Sequence[str]:
        """Who answered this step so far."""
        with self.read() as session:
            return who_answered(session, order, lane, step)

    def incidents(self) -> Sequence[IncidentView]:
        with self.read() as session:
            return open_incidents(session)

    def incident(self, id: str) -> IncidentView:
        """:raises NotFound: no such open incident."""
        with self.read() as session:
            return open_incident(session, id)
