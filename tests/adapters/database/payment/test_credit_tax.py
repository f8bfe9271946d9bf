"""A credit note and the journal say the same of the same refund: per rate, and to the smallest coin."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.database.exports import Exports
from adapters.database.payment.bills import Bills
from adapters.database.payment.ledger import Ledger
from adapters.database.tables.money import RefundRow
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from domain.document import DocumentKind
from domain.fulfilment import FulfilmentLine
from domain.period import Period
from domain.posting import Account, Slip
from domain.shares import share_total
from domain.step import Call
from starter.exports.journal import write_beancount
from tests.adapters.placed import NOON, a_fulfilment, a_line, an_order, eur, place

SERIES = {DocumentKind.INVOICE: "INV-", DocumentKind.CREDIT_NOTE: "CN-"}
DAY = timedelta(days=1)
POT, BOOK = 0, 1


def mixed():
    """Two pots at 19 % and a book at 7 %, with shipping: 238.00 + 107.00 + 5.00, of which 10.00 is off."""
    lines = (
        a_line("POT", "Pot", "2", 23_800, tax_rate=Decimal(19)),
        a_line("BOOK", "Book", "1", 10_700, tax_rate=Decimal(7)),
    )
    order = an_order("1001", lines=lines, shipping=eur(500), discount=eur(1_000), total=eur(34_000))
    return replace(order, shipping_tax_rate=Decimal(19))


class Books:
    """A mixed order that was paid, in one parcel or one a line, and what is given back of it, one a day."""

    def __init__(self, database, *, parcels=1):
        self.database, self.days = database, 0
        order = mixed()
        pieces = a_fulfilment(order).lines
        cut = [pieces] if parcels == 1 else [(piece,) for piece in pieces]
        parts = [
            replace(a_fulfilment(order, n), lines=tuple(lines), total=total)
            for n, (lines, total) in enumerate(zip(cut, share_total(order, cut), strict=True), 1)
        ]
        place(database, order, *parts)
        for part in parts:
            slip = Slip("1001", part.id, f"1001:payment.capture:{part.id[-2:]}.1:v1", NOON)
            hold = f"hold-{part.id}"
            self.book(
                slip.authorized(hold, part.total, None), slip.captured(f"cap-{hold}", part.total, hold)
            )

    def book(self, *entries):
        Ledger(self.database.url).book(entries)

    def sends_back(self, *lines, shipping=False, n=1):
        """A return of so much of each line: (line, quantity, parcel)."""
        row = ReturnRow(
            id=f"1001-R{n}",
            order="1001",
            n=n,
            form=f"f{n}",
            claim="none",
            reason="",
            by="",
            role="",
            state="open",
            flow="return",
            flow_hash="",
            currency="EUR",
            value_minor=0,
            fee_minor=0,
            shipping=shipping,
            days=0,
            opened_at=NOON,
        )
        with self.database.write() as session:
            session.add(row)
            session.flush()
            for line, quantity, parcel in lines:
                session.add(
                    ReturnLineRow(
                        return_id=f"1001-R{n}",
                        line=line,
                        sku="x",
                        fulfilment=f"1001-{parcel}",
                        quantity=Decimal(quantity),
                        accepted=Decimal(quantity),
                    )
                )
        return f"1001-R{n}"

    def gives_back(self, minor, returned="", parcel="F1"):
        """The day it is booked on, counted from the sale."""
        self.days += 1
        key = f"1001:payment.refund:R{self.days}.1"
        at = NOON + self.days * DAY
        row = RefundRow(
            key=key,
            call=key,
            return_id=returned,
            order="1001",
            fulfilment=f"1001-{parcel}",
            taking="",
            account="gateway",
            minor=minor,
            currency="EUR",
            state="confirmed",
            at=at,
        )
        with self.database.write() as session:
            session.add(row)
        slip = Slip("1001", f"1001-{parcel}", f"{key}:v1", at)
        self.book(slip.refunded(f"ref-{self.days}", eur(minor), Account.GATEWAY))
        return self.days

    def comes_back(self, minor, refund, parcel="F1"):
        self.days += 1
        key = f"1001:payment.refund:R{refund}.1:v1"
        slip = Slip("1001", f"1001-{parcel}", key, NOON + self.days * DAY)
        self.book(slip.came_back(f"ref-{refund}", eur(minor)))

    def journal(self, day):
        """What the journal took back on a day: rate -> net, tax."""
        date = (NOON + day * DAY).date()
        found: dict[str, list[int]] = {}
        for each in Exports(self.database.url).journal(Period(date, date, "UTC")):
            if each.column.account in ("sales", "tax") and each.column.kind.startswith("refund"):
                pair = found.setdefault(each.column.rate, [0, 0])
                pair[each.column.account == "tax"] += each.minor
        return {rate: tuple(pair) for rate, pair in found.items()}

    def credits(self):
        """What each credit note says: the movement -> rate -> net, tax."""
        bills = Bills(self.database.url, SERIES).of("1001", NOON + 99 * DAY)
        made = [each.bill for each in bills if each.bill.kind == DocumentKind.CREDIT_NOTE]
        for bill in made:
            assert sum(line.gross.minor for line in bill.taxes) == bill.total.minor
        return {
            bill.subject: {line.rate: (line.net.minor, line.tax.minor) for line in bill.taxes}
            for bill in made
        }

    def same(self):
        """Of every refund that has a credit note."""
        return all(self.journal(int(name[4:])) == taxes for name, taxes in self.credits().items())


@pytest.fixture
def books(sqlite_database):
    return Books(sqlite_database)


def test_a_book_that_comes_back_is_credited_at_its_own_rate(books):
    back = books.sends_back((BOOK, 1, "F1"))
    books.gives_back(10_390, back)  # 107.00 less its share of the discount
    assert books.credits() == {"ref-1": {"7": (9_710, 680)}}
    assert books.same()


def test_a_restocking_fee_is_kept_of_every_rate(books):
    back = books.sends_back((POT, 1, "F1"), (BOOK, 1, "F1"))
    books.gives_back(19_740, back)  # 219.00 and some cents, less a tenth
    (taxes,) = books.credits().values()
    assert taxes.keys() == {"19", "7"}
    assert books.same()


@pytest.mark.parametrize(
    ("shipping", "minor", "rates"), [(False, 10_390, {"7"}), (True, 10_545, {"7", "19"})]
)
def test_shipping_is_credited_at_its_own_rate_where_it_goes_back(books, shipping, minor, rates):
    books.gives_back(minor, books.sends_back((BOOK, 1, "F1"), shipping=shipping))
    assert books.credits()["ref-1"].keys() == rates
    assert books.same()


def test_a_goodwill_is_credited_pro_rata_of_what_is_left(books):
    books.gives_back(1_000)
    books.gives_back(10_390, books.sends_back((BOOK, 1, "F1")))
    books.gives_back(500)
    first, second, third = books.credits().values()
    assert first.keys() == second.keys() == {"19", "7"}
    assert third.keys() == {"19"}  # the book is paid back, and nothing is left of it to lower
    assert books.same()


def test_all_that_is_given_back_is_all_that_was_invoiced(books):
    books.gives_back(777)
    books.gives_back(10_390, books.sends_back((BOOK, 1, "F1")))
    books.gives_back(34_000 - 777 - 10_390)
    bills = Bills(books.database.url, SERIES).of("1001", NOON + 99 * DAY)
    assert [each.number[:3] for each in bills] == ["INV", "CN-", "CN-", "CN-"]
    left = {line.rate: [line.gross.minor, line.tax.minor] for line in bills[0].bill.taxes}
    for rates in books.credits().values():
        for rate, (net, tax) in rates.items():
            left[rate][0] -= net + tax
            left[rate][1] -= tax
    assert set(map(tuple, left.values())) == {(0, 0)}
    assert books.same()


def test_each_parcel_is_credited_for_the_goods_that_left_in_it(sqlite_database):
    books = Books(sqlite_database, parcels=2)
    back = books.sends_back((POT, 1, "F1"), (BOOK, 1, "F2"))
    books.gives_back(11_555, back)
    books.gives_back(10_390, back, "F2")
    assert books.credits() == {"ref-1": {"19": (9_710, 1_845)}, "ref-2": {"7": (9_710, 680)}}
    assert books.same()


def test_a_refund_of_two_parcels_is_shared_by_what_their_goods_cost(sqlite_database):
    books = Books(sqlite_database, parcels=2)
    back = books.sends_back((POT, 1, "F1"), (BOOK, 1, "F2"))
    call = Call("1001", back, "refund", 1, "1001:payment.refund:R1.1", NOON)
    asked = Ledger(sqlite_database.url).ask_return(call)
    # 119.00 and 107.00, less their share of the discount.
    assert {each.fulfilment: each.amount.minor for each in asked} == {"1001-F1": 11_555, "1001-F2": 10_390}


def test_a_refund_in_two_payments_is_credited_as_one(books):
    """A voucher gets a part of it, the card the rest."""
    back = books.sends_back((BOOK, 1, "F1"), shipping=True)
    books.gives_back(2_000, back)
    books.gives_back(8_545, back)
    first, second = books.credits().values()
    together = {rate: sum(sum(each[rate]) for each in (first, second)) for rate in ("7", "19")}
    assert together == {"7": 10_390, "19": 155}
    assert books.same()


def test_a_refund_that_failed_and_is_given_another_way_leaves_the_books_as_its_one_credit_says(books):
    back = books.sends_back((BOOK, 1, "F1"))
    books.gives_back(10_390, back)
    before = books.credits()
    books.comes_back(10_390, 1)
    books.gives_back(10_390, back)
    assert books.credits() == before
    assert books.journal(2) == {"7": (-9_710, -680)}
    assert books.journal(3) == {"7": (9_710, 680)} == before["ref-1"]


def test_what_is_written_down_later_changes_no_day_that_was_exported(books):
    books.gives_back(777)
    books.gives_back(10_390, books.sends_back((BOOK, 1, "F1")))
    before = [books.journal(n) for n in (1, 2)]
    slip = Slip("1001", "1001-F1", "1001:payment.refund:R9.1:v1", NOON + timedelta(hours=1))
    books.book(slip.refunded("ref-9", eur(333), Account.GATEWAY))  # by a clock that is behind
    assert [books.journal(n) for n in (1, 2)] == before


def test_an_export_at_no_tax_stands_under_its_own_rate_of_nought(sqlite_database):
    line = a_line("CUP", "Cup", "1", 10_000, tax_rate=Decimal(0))
    order = an_order("1001", lines=(line,), shipping=eur(500), total=eur(10_500))
    place(sqlite_database, order)
    slip = Slip("1001", "1001-F1", "1001:payment.capture:F1.1:v1", NOON)
    Ledger(sqlite_database.url).book([slip.captured("cap", order.total, "hold")])
    (invoice,) = Bills(sqlite_database.url, SERIES).of("1001", NOON)
    assert [(tax.rate, tax.net, tax.tax) for tax in invoice.bill.taxes] == [("0", eur(10_500), eur(0))]
    period = Period(NOON.date(), NOON.date(), "UTC")
    told = "".join(write_beancount(Exports(sqlite_database.url).journal(period), period, "Shop"))
    assert "Income:Sales:Rate-0 " in told
    assert "Liabilities:Tax" not in told


def test_a_third_of_a_price_that_is_shared_out_has_no_coin_of_another_rate(sqlite_database):
    line = a_line("CUP", "Cup", "3", 10_000, tax_rate=Decimal(7))
    order = an_order("1001", lines=(line,), shipping=eur(0), total=eur(10_000))
    cut = [(FulfilmentLine(0, "CUP", Decimal(1)),)] * 3
    totals = share_total(order, cut)
    parts = [
        replace(a_fulfilment(order, n), lines=lines, total=total)
        for n, (lines, total) in enumerate(zip(cut, totals, strict=True), 1)
    ]
    place(sqlite_database, order, *parts)
    for part in parts:
        slip = Slip("1001", part.id, f"1001:payment.capture:{part.id[-2:]}.1:v1", NOON)
        Ledger(sqlite_database.url).book([slip.captured(f"cap-{part.id}", part.total, "hold")])
    bills = [each.bill for each in Bills(sqlite_database.url, SERIES).of("1001", NOON)]
    assert [[line.rate for line in bill.taxes] for bill in bills] == [["7"]] * 3
    assert sorted(bill.total.minor for bill in bills) == [3_333, 3_333, 3_334]
    assert all((bill.lines[0].total, bill.shipping.minor) == (bill.total, 0) for bill in bills)
