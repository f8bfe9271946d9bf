"""Invoices and credit notes: once, without a gap, and to the smallest coin what the ledger says."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.payment.bills import Bills
from adapters.database.payment.ledger import post
from adapters.database.reconcile.bills import bill_differences
from adapters.database.tables.documents import BillDue, BillRow
from domain.document import DocumentKind
from domain.errors import NotFound
from domain.money import Money
from domain.order import Address
from domain.posting import Account, Slip
from tests.adapters.placed import NOON, a_fulfilment, an_order, place
from tests.tampering import lift_guards

SERIES = {DocumentKind.INVOICE: "INV-{year}-", DocumentKind.CREDIT_NOTE: "CN-{year}-"}
LATER = NOON + timedelta(days=3)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
def bills(sqlite_database):
    place(sqlite_database, an_order())
    return Bills(sqlite_database.url, SERIES)


def book(database, *entries):
    with database.write() as session:
        for entry in entries:
            post(session, entry)


def taken(minor=9_820, order="1001", part="F1", n=1):
    slip = Slip(order, f"{order}-{part}", f"{order}:capture:{part}.{n}:v1", NOON)
    hold = f"hold-{order}-{part}-{n}"
    return slip.authorized(hold, eur(minor), None), slip.captured(f"cap-{hold}", eur(minor), hold)


def refunded(id, minor, order="1001", part="F1"):
    slip = Slip(order, f"{order}-{part}", f"{order}:refund:{id}:v1", LATER)
    return slip.refunded(id, eur(minor), Account.GATEWAY)


def test_a_parcel_that_was_paid_is_invoiced_once(bills, sqlite_database):
    book(sqlite_database, *taken())

    made = [bills.report(LATER), bills.report(LATER), bills.report(LATER + timedelta(days=1))]

    assert made == [1, 0, 0]
    [invoice] = bills.of("1001", LATER)
    assert invoice.number == "INV-2026-000001"
    assert invoice.at == LATER
    bill = invoice.bill
    assert sum(line.total.minor for line in bill.lines) + bill.shipping.minor - bill.discount.minor == 9_820
    assert (bill.total, bill.shipping) == (eur(9_820), eur(490))
    assert invoice.recipient == ("Ada Lovelace", "12 St James Square", "SW1Y 4LB London", "GB")


def test_nothing_is_invoiced_before_all_of_it_is_taken(bills, sqlite_database):
    book(sqlite_database, *taken(5_000))
    assert bills.of("1001", LATER) == ()

    book(sqlite_database, *taken(4_820, n=2))

    assert [each.bill.total for each in bills.of("1001", LATER)] == [eur(9_820)]


def test_who_asks_for_an_orders_bills_gets_what_is_due_this_moment(bills, sqlite_database):
    book(sqlite_database, *taken())

    assert [each.number for each in bills.of("1001", LATER)] == ["INV-2026-000001"]
    assert bills.report(LATER) == 0


def test_money_given_back_is_a_credit_note_on_its_invoice(bills, sqlite_database):
    book(sqlite_database, *taken(), refunded("re_1", 1_000))
    book(sqlite_database, refunded("re_2", 500))

    bills.report(LATER)

    _, *credits = sorted(bills.of("1001", LATER), key=lambda each: each.bill.kind == "credit-note")
    assert [(each.number, each.bill.total, each.bill.invoice) for each in credits] == [
        ("CN-2026-000001", eur(1_000), "INV-2026-000001"),
        ("CN-2026-000002", eur(500), "INV-2026-000001"),
    ]


def test_a_refund_that_failed_and_is_given_another_way_is_credited_once(bills, sqlite_database):
    failed = Slip("1001", "1001-F1", "1001:refund:re_1:v1", LATER).came_back("re_1", eur(1_000))
    book(sqlite_database, *taken(), refunded("re_1", 1_000))
    bills.report(LATER)
    book(sqlite_database, failed)
    bills.report(LATER)

    book(sqlite_database, refunded("re_2", 1_000))
    bills.report(LATER)

    credits = [each for each in bills.of("1001", LATER) if each.bill.kind == DocumentKind.CREDIT_NOTE]
    assert [each.bill.subject for each in credits] == ["re_1"]


def test_the_tax_of_an_invoice_is_by_rate_and_that_of_a_credit_its_share(sqlite_database):
    order = an_order()
    red, felt = order.lines
    taxed = replace(red, tax=eur(1_274), total=eur(7_980)), replace(felt, tax=eur(88))
    place(sqlite_database, replace(order, lines=taxed))
    bills = Bills(sqlite_database.url, SERIES)
    book(sqlite_database, *taken(), refunded("re_1", 4_910))

    bills.report(LATER)

    by_kind = {each.bill.kind: each.bill for each in bills.of("1001", LATER)}
    invoice, credit = by_kind[DocumentKind.INVOICE], by_kind[DocumentKind.CREDIT_NOTE]
    assert {line.rate: line.tax.minor for line in invoice.taxes} == {"19": 1_274, "7": 88, "": 0}
    assert sum(line.gross.minor for line in invoice.taxes) == 9_820
    assert {line.rate: line.tax.minor for line in credit.taxes} == {"19": 637, "7": 44, "": 0}


def test_each_parcel_has_an_invoice_of_its_own_and_they_add_up(sqlite_database):
    order = an_order(discount=eur(1_000), total=eur(8_820))
    first = a_fulfilment(order, 1)
    parts = (
        replace(first, lines=first.lines[:1], total=eur(7_545)),
        replace(a_fulfilment(order, 2), lines=first.lines[1:], total=eur(1_275)),
    )
    place(sqlite_database, order)
    with sqlite_database.write() as session:
        save_fulfilments(session, parts)
    bills = Bills(sqlite_database.url, SERIES)
    book(sqlite_database, *taken(7_545), *taken(1_275, part="F2"))

    bills.report(LATER)

    made = [each.bill for each in bills.of("1001", LATER)]
    assert sum(bill.total.minor for bill in made) == 8_820
    for bill in made:
        goods = sum(line.total.minor for line in bill.lines)
        assert goods + bill.shipping.minor - bill.discount.minor == bill.total.minor
        assert bill.shipping.minor >= 0


def test_what_was_taken_off_a_line_stands_beside_it(sqlite_database):
    order = an_order()
    red = replace(order.lines[0], discount=eur(500), total=eur(7_480))
    order = replace(order, lines=(red, order.lines[1]), total=eur(9_320))
    place(sqlite_database, order)
    book(sqlite_database, *taken(9_320))

    [invoice] = Bills(sqlite_database.url, SERIES).of("1001", LATER)

    assert [(line.discount, line.total) for line in invoice.bill.lines] == [
        (eur(500), eur(7_480)),
        (eur(0), eur(1_350)),
    ]


def test_numbers_have_no_gap_however_many_issue_at_once(sqlite_database):
    numbers = [f"2{n:03d}" for n in range(24)]
    for number in numbers:
        place(sqlite_database, an_order(number))
        book(sqlite_database, *taken(order=number))
    bills = Bills(sqlite_database.url, SERIES)

    with ThreadPoolExecutor(4) as clerks:
        list(clerks.map(lambda number: bills.of(number, LATER), numbers * 2))

    with sqlite_database.read() as session:
        rows = session.exec(select(BillRow)).all()
        assert session.exec(select(BillDue)).all() == []
    assert sorted(row.n for row in rows) == list(range(1, 25))
    assert len({row.order for row in rows}) == 24


def test_a_series_begins_anew_each_year(bills, sqlite_database):
    book(sqlite_database, *taken())
    bills.report(NOON)
    place(sqlite_database, an_order("1002"))
    book(sqlite_database, *taken(order="1002"))

    [second] = bills.of("1002", datetime(2027, 1, 2, tzinfo=UTC))

    assert second.number == "INV-2027-000001"


def test_an_invoice_names_who_pays(sqlite_database):
    payer = Address("Accounts", "1 Bank Street", "10000", "Paris", "FR", company="Lovelace & Co")
    place(sqlite_database, an_order(billing_address=payer))
    bills = Bills(sqlite_database.url, SERIES)
    book(sqlite_database, *taken())

    [invoice] = bills.of("1001", LATER)

    assert invoice.recipient == ("Lovelace & Co", "Accounts", "1 Bank Street", "10000 Paris", "FR")


def test_an_invoice_can_never_be_changed_but_its_name_can_be_erased(bills, sqlite_database):
    book(sqlite_database, *taken())
    bills.report(LATER)

    for change in (
        "UPDATE bill SET minor = 1",
        "UPDATE bill SET recipient = '[\"Eve\"]'",
        "DELETE FROM bill",
    ):
        with pytest.raises(DBAPIError, match="never altered"), sqlite_database.engine.begin() as connection:
            connection.execute(text(change))
    with sqlite_database.engine.begin() as connection:
        connection.execute(text("UPDATE bill SET recipient = ''"))

    assert bills.find("INV-2026-000001").recipient == ()
    assert bills.find("INV-2026-000001").bill.total == eur(9_820)


def found(database):
    with database.read() as session:
        return [(each.rule, each.subject, each.what) for each in bill_differences(session)]


def tamper(database, change):
    with database.write() as session:
        lift_guards(session)
        session.connection().execute(text(change))


def test_nothing_is_wrong_with_bills_that_were_issued(bills, sqlite_database):
    book(sqlite_database, *taken(), refunded("re_1", 1_000))
    bills.report(LATER)

    assert found(sqlite_database) == []


def test_a_bill_taken_out_leaves_a_gap_and_a_parcel_without_one(bills, sqlite_database):
    book(sqlite_database, *taken())
    bills.report(LATER)

    tamper(sqlite_database, "DELETE FROM bill")

    assert [(rule, subject) for rule, subject, _ in found(sqlite_database)] == [
        ("B1", "INV-2026-"),
        ("B3", "1001"),
    ]


def test_a_bill_over_another_amount_than_was_taken_is_named(bills, sqlite_database):
    book(sqlite_database, *taken(), refunded("re_1", 1_000))
    bills.report(LATER)

    tamper(sqlite_database, "UPDATE bill SET minor = 900 WHERE kind = 'invoice'")

    assert found(sqlite_database) == [
        (
            "B2",
            "1001",
            "INV-2026-000001 is over EUR 9.00, and the ledger took EUR 98.20 for its parcel.",
        ),
        ("B2", "1001", "EUR 1.00 more is credited than INV-2026-000001 came to."),
    ]


def test_money_given_back_without_a_credit_note_is_found(bills, sqlite_database):
    book(sqlite_database, *taken(), refunded("re_1", 1_000))
    bills.report(LATER)

    tamper(sqlite_database, "DELETE FROM bill WHERE kind = 'credit-note'")

    assert (
        "B4",
        "1001",
        "EUR 10.00 of INV-2026-000001 was given back, and is not credited.",
    ) in found(sqlite_database)


def test_a_parcel_nobody_noted_is_found(sqlite_database):
    place(sqlite_database, an_order())
    book(sqlite_database, *taken())
    tamper(sqlite_database, "DELETE FROM bill_due")

    assert found(sqlite_database) == [("B3", "1001", "Its parcel 1001-F1 is paid, and has no invoice.")]


def test_a_bill_that_is_not_there_is_said_so(bills):
    with pytest.raises(NotFound, match="There is no invoice or credit note INV-9"):
        bills.find("INV-9")
