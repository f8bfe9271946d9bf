"""The ledger as a bookkeeper books it: each side of each movement, with the tax in what was sold."""

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.payment.taxed import tax_of_sales
from adapters.database.tables.money import PostingRow
from domain.books import CHART, OFF_THE_BOOKS, TAX, Column, Movement
from domain.period import Period
from domain.posting import Account, Kind
from domain.sales_tax import Taxed

PAGE = 500
AT, ID = col(PostingRow.at), col(PostingRow.id)
IN_BOOKS = col(PostingRow.account).not_in([account.value for account in OFF_THE_BOOKS])


def movements(database: Database, period: Period) -> Iterator[Movement]:
    """Oldest first."""
    last: PostingRow | None = None
    while True:
        with database.read() as session:
            page = _page(session, period, last)
            taxed = _taxed(session, page)
        for row in page:
            yield from _sides(row, period, taxed)
        if len(page) < PAGE:
            return
        last = page[-1]


def _page(session: Session, period: Period, last: PostingRow | None) -> Sequence[PostingRow]:
    at, id = col(PostingRow.at), col(PostingRow.id)
    wanted = select(PostingRow).where(at >= period.begins, at < period.ends, IN_BOOKS)
    if last is not None:
        wanted = wanted.where(or_(at > last.at, and_(at == last.at, id > last.id)))
    return session.exec(wanted.order_by(AT, ID).limit(PAGE)).all()


def _sides(row: PostingRow, period: Period, taxed: Taxed) -> Iterator[Movement]:
    day, kind = period.day_of(row.at), Kind(row.kind)
    if row.account != Account.SALES.value:
        yield Movement(day, Column(kind, CHART[Account(row.account)], "", row.currency), row.minor)
        return
    for rate, moved in taxed[row.gateway_object, row.kind].items():
        name = CHART[Account.SALES]
        yield Movement(day, Column(kind, name, rate, row.currency), -moved.net)
        if moved.tax:
            yield Movement(day, Column(kind, TAX, rate, row.currency), -moved.tax)


def _taxed(session: Session, page: Sequence[PostingRow]) -> Taxed:
    """The tax in each of the page's sales."""
    orders = sorted({row.order for row in page if row.account == Account.SALES.value})
    return tax_of_sales(session, orders) if orders else {}
