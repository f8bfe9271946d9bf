"""The auditor: our books against themselves and the gateway's."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from adapters.database.audit_money import money_differences
from adapters.database.audit_partners import partner_differences
from adapters.database.audit_returns import return_differences
from adapters.database.audit_stock import stock_differences
from adapters.database.engine import Database
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from domain.view import Difference


class Auditor(Database):
    def differences(self, now: datetime) -> Sequence[Difference]:
        """Everything that does not agree in the books, money first."""
        with self.read() as session:
            return [
                *money_differences(session, now),
                *stock_differences(session),
                *partner_differences(session),
                *return_differences(session),
            ]

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
