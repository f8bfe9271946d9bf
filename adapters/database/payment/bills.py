"""Invoices and credit notes out of the ledger: each once, under the next number of its series."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.payment.entries import entries_of
from adapters.database.payment.taxed import tax_of_sales
from adapters.database.tables.documents import BillDue, BillPage, BillRow, BillSeries
from adapters.database.tables.money import RefundRow
from adapters.database.upsert import insert_new
from domain.attempt import base_of
from domain.bill import Bill, Issued, bill_number, invoice_for, series_at
from domain.credit import credit_for, credits_of
from domain.document import DocumentKind
from domain.errors import NotFound
from domain.fulfilment import Fulfilment
from domain.ledger import taken_for
from domain.order import Address, Order
from domain.posting import Account, Entry
from domain.sales_tax import Taxed

# Orders of one round, so that others can write in between.
PAGE = 50
_BILL: TypeAdapter[Bill] = TypeAdapter(Bill)


class Bills(Database):
    """`series` says for each kind of bill how its numbers begin, such as `INV-{year}-`."""

    def __init__(self, url: str, series: Mapping[DocumentKind, str]) -> None:
        super().__init__(url)
        self._series = series

    def report(self, now: datetime) -> int:
        """Issue what the ledger has made due, oldest first. Says how many bills that made."""
        with self.read() as session:
            if session.exec(select(BillDue.order).limit(1)).first() is None:
                return 0
        with self.write() as session:
            waiting = select(BillDue).order_by(col(BillDue.at), col(BillDue.order)).limit(PAGE)
            due = session.exec(waiting.with_for_update(skip_locked=True)).all()
            return sum(self._issue(session, row, now) for row in due)

    def of(self, order: str, now: datetime) -> tuple[Issued, ...]:
        """Every bill of an order, also what is due this moment, in the order they were issued."""
        with self.read() as session:
            if session.get(BillDue, order) is None:
                return tuple(map(_issued, _rows(session, order)))
        with self.write() as session:
            mine = select(BillDue).where(BillDue.order == order).with_for_update()
            for due in session.exec(mine).all():
                self._issue(session, due, now)
            return tuple(map(_issued, _rows(session, order)))

    def find(self, number: str) -> Issued:
        """:raises NotFound: no bill has this number."""
        with self.read() as session:
            row = session.get(BillRow, number)
        if row is None:
            raise NotFound(f"There is no invoice or credit note {number}.")
        return _issued(row)

    def page(self, number: str) -> str:
        """As it was first laid out; empty when it was not, or its customer was erased."""
        with self.read() as session:
            row = session.get(BillPage, number)
        return row.page if row else ""

    def keep_page(self, number: str, page: str) -> str:
        """Keep how it is laid out, unless it is already: what is kept is the answer."""
        with self.write() as session:
            insert_new(session, BillPage, {"number": number, "page": page})
            row = session.get(BillPage, number, populate_existing=True)
        return row.page if row and row.page else page

    def _issue(self, session: Session, due: BillDue, now: datetime) -> int:
        seen = due.n
        order = load_order(session, due.order)
        entries = entries_of(session, order.number)
        taxed = tax_of_sales(session, [order.number])
        made = 0
        for part in load_fulfilments(session, order.number):
            for bill in self._missing(session, order, part, entries, taxed):
                self._write(session, bill, order, now)
                made += 1
        same = col(BillDue.order) == order.number, col(BillDue.n) == seen
        session.connection().execute(delete(BillDue).where(*same))
        return made

    def _missing(
        self, session: Session, order: Order, part: Fulfilment, entries: Sequence[Entry], taxed: Taxed
    ) -> Iterator[Bill]:
        taken = taken_for(entries, part.id, order.currency)
        if part.total.minor <= 0 or taken.minor < part.total.minor:
            return  # a part of it is still to be taken
        mine = [entry for entry in entries if entry.fulfilment == part.id]
        if _written(session, DocumentKind.INVOICE, part.id) is None:
            later = any(entry.on(Account.RECEIVABLE) > 0 for entry in mine)
            yield invoice_for(order, part, later=later)
        row = _written(session, DocumentKind.INVOICE, part.id)
        assert row is not None, "the invoice was written when it was asked for"
        for credit in credits_of(mine, taxed):
            if _written(session, DocumentKind.CREDIT_NOTE, credit.movement) is None:
                yield credit_for(_issued(row), credit, _return_of(session, credit.entry))

    def _write(self, session: Session, bill: Bill, order: Order, now: datetime) -> None:
        series = series_at(self._series[bill.kind], now)
        n = _next(session, series)
        row = {
            "number": bill_number(series, n),
            "series": series,
            "n": n,
            "kind": bill.kind.value,
            "order": bill.order,
            "fulfilment": bill.fulfilment,
            "subject": bill.subject,
            "minor": bill.total.minor,
            "currency": bill.total.currency,
            "at": now,
            "body": _BILL.dump_json(bill).decode(),
            "recipient": json.dumps(_lines(order.billing_address or order.shipping_address)),
        }
        assert insert_new(session, BillRow, row), "a bill is written once, under a number of its own"


def _next(session: Session, series: str) -> int:
    insert_new(session, BillSeries, {"name": series, "last": 0})
    taken = update(BillSeries).where(col(BillSeries.name) == series).values(last=col(BillSeries.last) + 1)
    return int(session.connection().execute(taken.returning(col(BillSeries.last))).scalar_one())


def _written(session: Session, kind: DocumentKind, subject: str) -> BillRow | None:
    wanted = select(BillRow).where(BillRow.kind == kind.value, BillRow.subject == subject)
    return session.exec(wanted).first()


def _rows(session: Session, order: str) -> Sequence[BillRow]:
    wanted = select(BillRow).where(BillRow.order == order)
    invoices_first = col(BillRow.kind).desc()
    return session.exec(wanted.order_by(col(BillRow.at), invoices_first, col(BillRow.n))).all()


def _return_of(session: Session, entry: Entry) -> str:
    asked = select(RefundRow.return_id).where(RefundRow.key == base_of(entry.key)[0])
    return session.exec(asked).first() or ""


def _issued(row: BillRow) -> Issued:
    recipient = json.loads(row.recipient) if row.recipient else []
    return Issued(row.number, _BILL.validate_json(row.body), row.at, tuple(recipient))


def _lines(address: Address) -> list[str]:
    town = f"{address.postcode} {address.city}".strip()
    parts = (
        address.company,
        address.name,
        address.line1,
        address.line2,
        town,
        address.region,
        address.country,
    )
    return [line for line in map(_one_line, parts) if line]


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
