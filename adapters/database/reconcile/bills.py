"""
What must be true of invoices and credit notes.

B1 the numbers of a series have no gap. B2 an invoice is what the ledger took for its parcel, and its credit
notes are no more than that. B3 a parcel that is paid has its invoice. B4 what was given back of an invoiced
parcel is credited.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlmodel import Session

from adapters.database.tables.documents import BillDue, BillRow, BillSeries
from adapters.database.tables.money import PostingRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.upsert import table_of
from domain.document import DocumentKind
from domain.money import Money
from domain.posting import Account, Kind
from domain.reconcile import Difference

BILLS = table_of(BillRow).c
SERIES = table_of(BillSeries).c
DUE = table_of(BillDue).c
POSTINGS = table_of(PostingRow).c
PARTS = table_of(FulfilmentRow).c
INVOICE, CREDIT = DocumentKind.INVOICE.value, DocumentKind.CREDIT_NOTE.value
GIVEN_BACK = [kind.value for kind in (Kind.REFUNDED, Kind.REFUND_FAILED)]
BY_HAND = "The database was changed by hand: restore it."


def bill_differences(session: Session) -> list[Difference]:
    """Everything that is wrong with the bills; empty when nothing is."""
    return [
        *_gaps(session),
        *_unlike_the_ledger(session),
        *_credited_beyond(session),
        *_missing(session),
        *_not_credited(session),
    ]


def _gaps(session: Session) -> Iterator[Difference]:
    counted = (
        select(SERIES.name, SERIES.last, func.count(BILLS.number), func.coalesce(func.max(BILLS.n), 0))
        .outerjoin_from(SERIES.name.table, BILLS.number.table, BILLS.series == SERIES.name)
        .group_by(SERIES.name, SERIES.last)
    )
    for name, last, many, highest in session.execute(counted):
        if not last == many == highest:
            said = f"Its series {name} came to {last}, and {many} bills of it stand, up to {highest}."
            yield Difference("B1", name, said, BY_HAND)


def _unlike_the_ledger(session: Session) -> Iterator[Difference]:
    taken = _taken().subquery()
    wanted = (
        select(BILLS.order, BILLS.number, BILLS.minor, BILLS.currency, taken.c.minor)
        .join_from(BILLS.number.table, taken, taken.c.fulfilment == BILLS.fulfilment)
        .where(BILLS.kind == INVOICE, BILLS.minor != taken.c.minor)
    )
    for order, number, minor, currency, booked in session.execute(wanted):
        billed, really = Money(int(minor), currency), Money(int(booked), currency)
        said = f"{number} is over {billed}, and the ledger took {really} for its parcel."
        yield Difference("B2", order, said, "Find out which is right, and credit or invoice the rest.")


def _credited_beyond(session: Session) -> Iterator[Difference]:
    total = func.sum(BILLS.minor)
    credits_ = select(BILLS.fulfilment, total.label("minor")).where(BILLS.kind == CREDIT)
    credited = credits_.group_by(BILLS.fulfilment).subquery()
    wanted = (
        select(BILLS.order, BILLS.number, BILLS.currency, credited.c.minor - BILLS.minor)
        .join_from(BILLS.number.table, credited, credited.c.fulfilment == BILLS.fulfilment)
        .where(BILLS.kind == INVOICE, credited.c.minor > BILLS.minor)
    )
    for order, number, currency, beyond in session.execute(wanted):
        said = f"{Money(int(beyond), currency)} more is credited than {number} came to."
        yield Difference("B2", order, said, "Ask the customer, or book the loss.")


def _missing(session: Session) -> Iterator[Difference]:
    taken = _taken().subquery()
    billed = exists().where(BILLS.kind == INVOICE, BILLS.fulfilment == PARTS.id)
    due = exists().where(DUE.order == PARTS.order)
    wanted = (
        select(PARTS.order, PARTS.id)
        .join_from(PARTS.id.table, taken, taken.c.fulfilment == PARTS.id)
        .where(PARTS.total_minor > 0, taken.c.minor >= PARTS.total_minor, ~or_(billed, due))
    )
    for order, part in session.execute(wanted):
        said = f"Its parcel {part} is paid, and has no invoice."
        yield Difference("B3", order, said, BY_HAND)


def _not_credited(session: Session) -> Iterator[Difference]:
    """A refund that failed later stays credited: it is given back another way."""
    of_sales = POSTINGS.account == Account.SALES.value, POSTINGS.kind.in_(GIVEN_BACK)
    back = select(POSTINGS.fulfilment, func.sum(POSTINGS.minor).label("minor")).where(*of_sales)
    given = back.group_by(POSTINGS.fulfilment).subquery()
    notes = select(BILLS.fulfilment, func.sum(BILLS.minor).label("minor")).where(BILLS.kind == CREDIT)
    credited = notes.group_by(BILLS.fulfilment).subquery()
    so_far = func.coalesce(credited.c.minor, 0)
    wanted = (
        select(BILLS.order, BILLS.number, BILLS.currency, given.c.minor - so_far)
        .join_from(BILLS.number.table, given, given.c.fulfilment == BILLS.fulfilment)
        .join(credited, credited.c.fulfilment == BILLS.fulfilment, isouter=True)
        .where(BILLS.kind == INVOICE, given.c.minor > so_far)
        .where(~exists().where(DUE.order == BILLS.order))
    )
    for order, number, currency, missing in session.execute(wanted):
        said = f"{Money(int(missing), currency)} of {number} was given back, and is not credited."
        yield Difference("B4", order, said, BY_HAND)


def _taken() -> Select[Any]:
    """What the ledger took for each parcel, whatever was given back since."""
    sales = POSTINGS.account == Account.SALES.value, POSTINGS.kind == Kind.CAPTURED.value
    wanted = select(POSTINGS.fulfilment, (-func.sum(POSTINGS.minor)).label("minor"))
    return wanted.where(*sales, POSTINGS.fulfilment != "").group_by(POSTINGS.fulfilment)
