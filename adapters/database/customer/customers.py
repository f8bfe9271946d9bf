"""Customers, gathered from their orders: found, and one of them whole."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.desk.gist import gists
from adapters.database.engine import Database
from adapters.database.order.words import containing
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from domain.customer import BackView, ConsentView, CustomerRow, CustomerView
from domain.errors import NotFound
from domain.money import Money
from domain.order import fold
from domain.view import NoticeView

MOST_ORDERS = 500
CANCELLED = "cancelled"


class Customers(Database):
    """Nobody who was forgotten is among them."""

    def find(self, sought: str, limit: int) -> Sequence[CustomerRow]:
        """By the words of e-mail, name or number, whoever bought last first; nobody for no word."""
        with self.read() as session:
            conditions = containing(session, sought) if sought.strip() else None
            if conditions is None:
                return []
            last = func.max(PlacedOrder.placed_at)
            wanted = (
                select(PlacedOrder.email)
                .where(col(PlacedOrder.email) != "", *conditions)
                .group_by(col(PlacedOrder.email))
                .order_by(last.desc(), col(PlacedOrder.email))
                .limit(limit)
            )
            return _rows(session, session.exec(wanted).all())

    def show(self, email: str, now: datetime) -> CustomerView:
        """:raises NotFound: nobody with this address has bought here."""
        known = fold(email)
        wanted = select(PlacedOrder).where(PlacedOrder.email == known)
        newest = col(PlacedOrder.placed_at).desc(), col(PlacedOrder.number).desc()
        with self.read() as session:
            rows = session.exec(wanted.order_by(*newest).limit(MOST_ORDERS)).all() if known else []
            if not rows:
                raise NotFound("Nobody with this e-mail address has bought here.")
            found = gists(session, rows)
            numbers = [row.number for row in rows]
            return CustomerView(
                email=known,
                name=rows[0].name,
                orders=tuple(found[row.number].line(row, now) for row in rows),
                bought=_bought(rows),
                returns=_returns(session, numbers),
                letters=_letters(session, numbers),
                consent=_consent(session, known),
            )


def _rows(session: Session, emails: Sequence[str]) -> list[CustomerRow]:
    """In this order, each with the name of their last order."""
    wanted = select(PlacedOrder.email, PlacedOrder.name, PlacedOrder.placed_at)
    theirs: dict[str, list[tuple[str, datetime]]] = {email: [] for email in emails}
    oldest = wanted.where(col(PlacedOrder.email).in_(emails)).order_by(col(PlacedOrder.placed_at))
    for email, name, at in session.exec(oldest):
        theirs[email].append((name, at))
    return [CustomerRow(email, *placed[-1], len(placed)) for email, placed in theirs.items()]


def _bought(rows: Sequence[PlacedOrder]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        if row.state != CANCELLED:
            sums[row.currency] = sums.get(row.currency, 0) + row.total_minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _returns(session: Session, numbers: Sequence[str]) -> tuple[BackView, ...]:
    wanted = select(ReturnRow).where(col(ReturnRow.order).in_(numbers))
    rows = session.exec(wanted.order_by(col(ReturnRow.opened_at).desc(), col(ReturnRow.id)))
    return tuple(BackView(row.order, row.id, row.state, row.claim, row.opened_at) for row in rows)


def _letters(session: Session, numbers: Sequence[str]) -> tuple[tuple[str, NoticeView], ...]:
    wanted = (
        select(NoticeRow)
        .where(col(NoticeRow.order).in_(numbers), NoticeRow.to == "customer")
        .order_by(col(NoticeRow.created_at).desc(), col(NoticeRow.id))
        .limit(MOST_ORDERS)
    )
    return tuple(
        (row.order, NoticeView(row.id, row.template, row.state, row.subject, row.sent_at))
        for row in session.exec(wanted)
    )


def _consent(session: Session, email: str) -> tuple[ConsentView, ...]:
    wanted = select(ConsentRow).where(ConsentRow.email == email)
    rows = session.exec(wanted.order_by(col(ConsentRow.at).desc(), col(ConsentRow.id).desc()))
    return tuple(ConsentView(row.granted, row.source, row.at) for row in rows)
