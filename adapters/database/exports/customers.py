"""Customers as rows for other programs: who they are, what they bought, what they agreed to, and when."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.exports.pages import documents
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.orders import PlacedOrder
from domain.exports import Row, Sheet
from domain.money import Money
from domain.order import Order
from domain.period import Period

COLUMNS = (
    *("email", "name", "language", "country", "orders", "first_order_at", "last_order_at", "ordered"),
    *("consent", "consent_source", "consent_at"),
)
PAGE = 300
PLACED = col(PlacedOrder.placed_at)
EMAIL = col(PlacedOrder.email)


class Person(NamedTuple):
    email: str
    orders: int
    first: datetime
    last: datetime


def customers_sheet(database: Database, period: Period) -> Sheet:
    return Sheet(COLUMNS, _rows(database, period))


def _rows(database: Database, period: Period) -> Iterator[Row]:
    zone = ZoneInfo(period.zone)
    after = ""
    while True:
        with database.read() as session:
            emails = _emails(session, after)
            page = _people(session, period, emails)
            rows = list(_told(session, page, period, zone)) if page else []
        yield from rows
        if len(emails) < PAGE:
            return
        after = emails[-1]


def _emails(session: Session, after: str) -> Sequence[str]:
    """The next ones; orders of nobody in particular are left out."""
    wanted = select(PlacedOrder.email).where(PlacedOrder.email > after).distinct()
    return session.exec(wanted.order_by(EMAIL).limit(PAGE)).all()


def _people(session: Session, period: Period, emails: Sequence[str]) -> list[Person]:
    """Those of them who ordered in the period, and were not forgotten since."""
    figures = func.count(), func.min(PLACED), func.max(PLACED)
    wanted = select(EMAIL, *figures).where(*_within(period), EMAIL.in_(emails))
    wanted = wanted.where(col(PlacedOrder.erased_at).is_(None))
    return [Person(*row) for row in session.execute(wanted.group_by(EMAIL).order_by(EMAIL))]


def _within(period: Period) -> tuple[Any, ...]:
    placed = col(PlacedOrder.placed_at)
    return placed >= period.begins, placed < period.ends


def _told(session: Session, page: Sequence[Person], period: Period, zone: ZoneInfo) -> Iterator[Row]:
    emails = [person.email for person in page]
    latest, sums = _latest(session, page), _sums(session, period, emails)
    agreed = _consents(session, emails)
    for person in page:
        order = latest[person.email]
        consent = agreed.get(person.email)
        times = person.first.astimezone(zone), person.last.astimezone(zone)
        yield (
            *(person.email, order.customer.name, order.customer.language, order.shipping_address.country),
            *(person.orders, *times, tuple(sums[person.email])),
            *(
                (consent.granted, consent.source, consent.at.astimezone(zone))
                if consent
                else (False, "", None)
            ),
        )


def _latest(session: Session, page: Sequence[Person]) -> dict[str, Order]:
    """The last order of each, whole."""
    last = {person.email: person.last for person in page}
    wanted = select(EMAIL, PLACED, col(PlacedOrder.number)).where(
        EMAIL.in_(last), PLACED.in_(set(last.values()))
    )
    found = session.execute(wanted.order_by(col(PlacedOrder.number)))
    numbers = {email: number for email, at, number in found if at == last[email]}
    wholes = documents(session, list(numbers.values()))
    return {email: wholes[number] for email, number in numbers.items()}


def _sums(session: Session, period: Period, emails: Sequence[str]) -> dict[str, list[Money]]:
    """What each ordered, currency by currency."""
    currency, total = col(PlacedOrder.currency), func.sum(PlacedOrder.total_minor)
    wanted = select(EMAIL, currency, total).where(*_within(period), EMAIL.in_(emails))
    found: dict[str, list[Money]] = {}
    for email, unit, minor in session.execute(wanted.group_by(EMAIL, currency).order_by(EMAIL, currency)):
        found.setdefault(email, []).append(Money(int(minor), unit))
    return found


def _consents(session: Session, emails: Sequence[str]) -> dict[str, ConsentRow]:
    """The newest word of each."""
    wanted = select(ConsentRow).where(col(ConsentRow.email).in_(emails))
    rows = session.exec(wanted.order_by(col(ConsentRow.at), col(ConsentRow.id)))
    return {row.email: row for row in rows}
