"""The ledger as a bookkeeper books it: each side of each movement, with the tax in what was sold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.exports.pages import documents
from adapters.database.order.fulfilments import fulfilments_of
from adapters.database.tables.money import PostingRow, RefundRow
from adapters.database.tables.returns import ReturnLineRow
from domain.attempt import base_of
from domain.books import CHART, OFF_THE_BOOKS, TAX, Column, Movement
from domain.order import Order
from domain.period import Period
from domain.posting import Account, Kind
from domain.tax import Mix, Moved, SalesTax, mix_of, mix_of_goods, mix_of_part

PAGE = 500
AT, ID = col(PostingRow.at), col(PostingRow.id)
IN_BOOKS = col(PostingRow.account).not_in([account.value for account in OFF_THE_BOOKS])
Taxed = Mapping[int | None, Mapping[str, Moved]]
"""Posting -> what it sold, by rate."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What the tax of a page's sales follows from."""

    orders: Mapping[str, Order]
    mixes: Mapping[str, Mix]  # by parcel, and for what is of none, by order
    returned: Mapping[str, Mapping[int, Decimal]]  # refund -> what came back of each line


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
    for rate, moved in taxed[row.id].items():
        name = CHART[Account.SALES]
        yield Movement(day, Column(kind, name, rate, row.currency), -moved.net)
        if moved.tax:
            yield Movement(day, Column(kind, TAX, rate, row.currency), -moved.tax)


def _taxed(session: Session, page: Sequence[PostingRow]) -> Taxed:
    """The tax in each of the page's sales: it depends on all that moved of the same parcel before."""
    sales = [row for row in page if row.account == Account.SALES.value]
    if not sales:
        return {}
    mine = {row.id for row in sales}
    history = _history(session, sorted({row.order for row in sales}), page[-1].at)
    sold = _sold(session, history)
    meters: dict[str, SalesTax] = {}
    found: dict[int | None, Mapping[str, Moved]] = {}
    for row in history:
        parcel = row.fulfilment or row.order
        meter = meters.setdefault(parcel, SalesTax(sold.mixes[parcel]))
        moved = meter.move(-row.minor, _mix_of_refund(row, sold))
        if row.id in mine:
            found[row.id] = moved
    return found


def _history(session: Session, orders: Sequence[str], until: datetime) -> Sequence[PostingRow]:
    wanted = select(PostingRow).where(
        col(PostingRow.order).in_(orders), PostingRow.account == Account.SALES.value, until >= AT
    )
    return session.exec(wanted.order_by(AT, ID)).all()


def _sold(session: Session, history: Sequence[PostingRow]) -> Sold:
    orders = documents(session, sorted({row.order for row in history}))
    parts = fulfilments_of(session, list(orders))
    mixes = {number: mix_of(order) for number, order in orders.items()}
    mixes |= {part.id: mix_of_part(orders[part.order], part) for part in parts}
    return Sold(orders, mixes, _returned(session, history))


def _returned(session: Session, history: Sequence[PostingRow]) -> dict[str, dict[int, Decimal]]:
    keys = {_refund(row) for row in history if row.kind == Kind.REFUNDED.value}
    if not keys:
        return {}
    asked = select(RefundRow.key, ReturnLineRow.line, col(ReturnLineRow.accepted)).where(
        col(RefundRow.key).in_(keys), col(ReturnLineRow.return_id) == col(RefundRow.return_id)
    )
    found: dict[str, dict[int, Decimal]] = {}
    for key, line, quantity in session.exec(asked):
        lines = found.setdefault(key, {})
        lines[line] = lines.get(line, Decimal(0)) + quantity
    return {key: lines for key, lines in found.items() if any(lines.values())}


def _mix_of_refund(row: PostingRow, sold: Sold) -> Mix | None:
    """Of the goods that came back; None where it follows the parcel."""
    back = sold.returned.get(_refund(row)) if row.kind == Kind.REFUNDED.value else None
    return mix_of_goods(sold.orders[row.order], back, Fraction(row.minor)) if back else None


def _refund(row: PostingRow) -> str:
    return base_of(row.key)[0]
