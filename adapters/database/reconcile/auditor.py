"""The auditor: our books against themselves and the gateway's."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.reconcile.bills import bill_differences
from adapters.database.reconcile.flows import flow_differences
from adapters.database.reconcile.gateway import fee_differences, record_differences
from adapters.database.reconcile.lists import list_differences
from adapters.database.reconcile.mail import mail_differences
from adapters.database.reconcile.money import money_differences
from adapters.database.reconcile.orders import order_differences
from adapters.database.reconcile.partners import partner_differences
from adapters.database.reconcile.returns import return_differences
from adapters.database.reconcile.stock import stock_differences
from adapters.database.reconcile.trail import trail_differences
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.payment.gateway import Fee, Made
from domain.audit import Head
from domain.reconcile import Difference


class Auditor(Database):
    """`simulated` says whether the payment gateway keeps its books in this database."""

    def __init__(self, url: str, *, simulated: bool = True) -> None:
        super().__init__(url)
        self._simulated = simulated

    def differences(
        self, now: datetime, noted: Head | None = None, tell: Callable[[str], None] = lambda _: None
    ) -> Sequence[Difference]:
        """
        Everything that does not agree in the books, money first. `noted` is a head of the audit log that
        was noted down elsewhere; `tell` hears what is being looked at.
        """
        checks: dict[str, Callable[[Session], Iterable[Difference]]] = {
            "money": lambda session: money_differences(session, now, simulated=self._simulated),
            "invoices": bill_differences,
            "stock": stock_differences,
            "partners": partner_differences,
            "returns": return_differences,
            "orders": lambda session: order_differences(session, now),
            "flows": flow_differences,
            "lists": list_differences,
            "notices": lambda session: mail_differences(session, now),
            "the audit log": lambda session: trail_differences(session, noted),
        }
        found: list[Difference] = []
        with self.snapshot() as session:
            for what, check in checks.items():
                tell(what)
                found += check(session)
        return found

    def unlike_gateway(self, made: Sequence[Made], since: datetime, now: datetime) -> Sequence[Difference]:
        """What our ledger and a gateway elsewhere disagree on; `made` is all that it made since then."""
        with self.read() as session:
            return list(record_differences(session, made, since, now))

    def unlike_fees(self, fees: Sequence[Fee], since: datetime, now: datetime) -> Sequence[Difference]:
        """The same of what it kept for itself since then."""
        with self.read() as session:
            return list(fee_differences(session, fees, since, now))

    def open_orders(self) -> Sequence[str]:
        """Numbers of orders whose workflow has started and should be running."""
        started, ended = col(PlacedOrder.started_at), col(PlacedOrder.ended_at)
        with self.read() as session:
            return session.exec(
                select(PlacedOrder.number).where(started.is_not(None), ended.is_(None))
            ).all()

    def open_returns(self) -> Sequence[str]:
        """Ids of returns whose workflow has started and should be running."""
        started, ended = col(ReturnRow.started_at), col(ReturnRow.ended_at)
        with self.read() as session:
            return session.exec(select(ReturnRow.id).where(started.is_not(None), ended.is_(None))).all()

    def return_has_ended(self, id: str) -> bool:
        with self.read() as session:
            returned = session.get(ReturnRow, id)
            return returned is not None and returned.ended_at is not None

    def has_ended(self, number: str) -> bool:
        with self.read() as session:
            order = session.get(PlacedOrder, number)
            return order is not None and order.ended_at is not None
