"""What other programs are given: every row once, by the shop's own days, exact to the coin."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Open

from adapters.database.exports import Exports, customers, journal, pages, stock
from adapters.database.payment.ledger import Ledger
from adapters.database.stock.room import StockRoom
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.money import RefundRow
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.order import Customer
from domain.period import Period
from domain.posting import Account, Slip
from starter.exports.journal import journal_sheet, write_beancount
from tests.adapters.placed import NOON, a_fulfilment, a_line, an_order, eur, place, send_back
from tests.goods import ship_by

BERLIN = "Europe/Berlin"
TODAY = date(2026, 11, 21)
DAY = Period(TODAY, TODAY, BERLIN)
ALWAYS = Period(date(2020, 1, 1), date(2030, 1, 1), BERLIN)
HOUR = timedelta(hours=1)


@pytest.fixture
def exports(database):
    return Exports(database.url)


def taxed(number="1001"):
    """A pot at 19 % and a book at 7 %, with shipping: 238.00 + 107.00 + 5.00."""
    lines = (
        a_line("POT", "Pot", "2", 23_800, tax_rate=Decimal(19)),
        a_line("BOOK", "Book", "1", 10_700, tax_rate=Decimal(7)),
    )
    order = an_order(number, lines=lines, shipping=eur(500), total=eur(35_000))
    return replace(order, shipping_tax_rate=Decimal(19))


def sell(database, order, at=NOON):
    """Hold and take all of it, for its one parcel."""
    slip = Slip(order.number, f"{order.number}-F1", f"{order.number}:payment.capture:F1.1:v1", at)
    hold = f"hold-{order.number}"
    Ledger(database.url).book(
        [slip.authorized(hold, order.total, None), slip.captured(f"cap-{order.number}", order.total, hold)]
    )


def give_back(database, order, minor, at, key="1001:payment.refund:R1.1", object="ref-1"):
    slip = Slip(order.number, f"{order.number}-F1", f"{key}:v1", at)
    Ledger(database.url).book([slip.refunded(object, eur(minor), Account.GATEWAY)])


def sums(exports, period=ALWAYS):
    return {
        (each.column.account, each.column.rate): each.minor
        for each in exports.journal(period)
        if not each.column.kind.startswith("refund")
    }


def test_a_sale_is_split_into_what_is_the_shops_and_the_tax_by_rate(database, exports):
    sell(database, place(database, taxed()))
    assert sums(exports) == {
        ("gateway", ""): 35_000,
        ("sales", "19"): -20_420,
        ("tax", "19"): -3_880,
        ("sales", "7"): -10_000,
        ("tax", "7"): -700,
    }


def test_what_came_back_takes_its_own_tax_with_it(database, exports):
    order = place(database, taxed())
    sell(database, order)
    came_back(database, "BOOK", 1)
    give_back(database, order, 10_700, NOON + HOUR)
    back = {each.column[1:3]: each.minor for each in exports.journal(DAY) if each.column.kind == "refunded"}
    assert back == {("gateway", ""): -10_700, ("sales", "7"): 10_000, ("tax", "7"): 700}


def came_back(database, sku, line):
    """A return of one piece, whose refund was asked for."""
    back = send_back(database, "1001", value=10_700, line=line, sku=sku, accepted=Decimal(1))
    with database.write() as session:
        session.add(
            RefundRow(
                key="1001:payment.refund:R1.1",
                call="1001:payment.refund:R1.1",
                return_id=back,
                order="1001",
                fulfilment="1001-F1",
                taking="cap-1001",
                account="gateway",
                minor=10_700,
                currency="EUR",
                state="confirmed",
                at=NOON,
            )
        )


def test_money_that_is_only_held_stands_in_no_books(database, exports):
    order = place(database, taxed())
    slip = Slip("1001", "", "1001:payment.authorize:O.1:v1", NOON)
    Ledger(database.url).book([slip.authorized("hold", order.total, None)])
    assert list(exports.journal(ALWAYS)) == []


def test_days_are_the_shops_own(database, exports):
    sell(database, place(database, taxed("1001")), datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC))
    sell(database, place(database, taxed("1002")), datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    sell(database, place(database, taxed("1003")), datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC))
    sell(database, place(database, taxed("1004")), datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    counts = {each.day: each.count for each in exports.journal(ALWAYS)}
    assert counts == {date(2026, 11, 20): 1, TODAY: 2, date(2026, 11, 22): 1}
    assert {each.day for each in exports.journal(DAY)} == {TODAY}


def busy(database):
    """Two currencies, sales on three days, refunds in odd parts, money ahead, a bill, a dispute, fees."""
    for n in range(3):
        order = place(database, taxed(f"10{n}"))
        sell(database, order, NOON + n * 24 * HOUR)
        give_back(database, order, 3_333 * (n + 1), NOON + n * 24 * HOUR + HOUR, f"10{n}:x:y", f"back-{n}")
    yen = replace(taxed("200"), currency="JPY")
    yen = replace(
        yen,
        lines=tuple(
            replace(
                line,
                **{
                    k: replace(getattr(line, k), currency="JPY")
                    for k in ("unit_price", "total", "tax", "discount")
                },
            )
            for line in yen.lines
        ),
        **{k: replace(getattr(yen, k), currency="JPY") for k in ("shipping", "discount", "total")},
    )
    place(database, yen, replace(a_fulfilment(yen), total=yen.total))
    sell(database, yen)
    place(database, taxed("300"))
    bill = Slip("300", "300-F1", "300:payment.capture:F1.1:v1", NOON)
    paid = Slip("300", "", "300:payment.collect:O.1:v1", NOON + HOUR)
    Ledger(database.url).book(
        [
            bill.invoiced(eur(35_000)),
            paid.received("bank-1", eur(36_000), Account.BANK),
            paid.paid_ahead("bank-1", eur(36_000), eur(35_000)),
            paid.charged_back("dispute", eur(500), eur(300)),
            paid.fee("fee-1", eur(515)),
            paid.fee("fee-2", Money(30, "USD")),
            paid.fee("fee-back", eur(-15)),
        ]
    )


def test_every_day_and_entry_balances_and_beancount_finds_nothing_wrong(database, exports):
    busy(database)
    rows = list(exports.journal(ALWAYS))
    balance: Counter[tuple[object, ...]] = Counter()
    for each in rows:
        balance[each.day, each.column.kind, each.column.currency] += each.minor
    assert set(balance.values()) == {0}
    entries, errors, _ = loader.load_string("".join(write_beancount(rows, ALWAYS, 'A "shop" \\')))
    assert errors == []
    assert {entry.date for entry in entries} == {TODAY, date(2026, 11, 22), date(2026, 11, 23)}
    opened = {each.account for each in entries if isinstance(each, Open)}
    assert {
        "Income:Sales:Rate-19",
        "Liabilities:Tax:Rate-7",
        "Assets:Receivable",
        "Expenses:Chargebacks",
        "Expenses:Fees",
    } <= opened
    kept = {each.column.currency: each.minor for each in rows if each.column.account == "fees"}
    assert kept == {"EUR": 500, "USD": 30}
    figures = [(row[5], row[6]) for row in journal_sheet(rows).rows]
    units = [(each.minor, each.column.currency) for each in rows]
    assert figures == [(Money(max(m, 0), unit), Money(max(-m, 0), unit)) for m, unit in units]


def test_however_small_the_pages_the_books_are_the_same(database, exports, monkeypatch):
    busy(database)
    whole = list(exports.journal(ALWAYS))
    monkeypatch.setattr(journal, "PAGE", 2)
    assert list(exports.journal(ALWAYS)) == whole


def test_every_order_stands_in_its_period_once_however_small_the_pages(database, exports, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    for n in range(5):
        place(database, an_order(f"10{n}", placed_at=NOON + (n // 2) * HOUR))
    place(database, an_order("99", placed_at=NOON - 48 * HOUR))
    sheet = exports.orders(DAY, NOON)
    assert [row[0] for row in sheet.rows] == [f"10{n}" for n in range(5)]
    assert all(len(row) == len(sheet.columns) for row in exports.orders(DAY, NOON).rows)
    first = dict(zip(sheet.columns, next(exports.orders(DAY, NOON).rows), strict=True))
    assert first["placed_at"].isoformat() == "2026-11-21T13:00:00+01:00"
    assert (first["email"], first["total"], first["captured"]) == (
        "ada@lovelace.example",
        eur(9_820),
        eur(0),
    )


def test_a_line_says_how_much_of_it_left_and_came_back(database, exports):
    order = place(
        database, taxed(), replace(a_fulfilment(taxed()), state=FulfilmentState.SHIPPED, total=eur(35_000))
    )
    came_back(database, "POT", 0)
    sheet = exports.lines(DAY)
    pot, book = (dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows)
    assert (pot["order"], pot["line"], pot["shipped"], pot["returned"]) == (order.number, 1, 2, 1)
    assert (book["line"], book["returned"], book["tax_rate"], book["total"]) == (2, 0, 7, eur(10_700))


def test_a_customer_stands_there_once_with_what_they_last_agreed_to(database, exports, monkeypatch):
    monkeypatch.setattr(customers, "PAGE", 2)
    for n, name in enumerate(("ada", "bob", "ada", "cleo")):
        person = Customer(f"{name}@shop.example", name)
        place(database, an_order(f"10{n}", customer=person, placed_at=NOON + n * HOUR))
    with database.write() as session:
        for n, granted in enumerate((True, False)):
            at = NOON + n * HOUR
            session.add(ConsentRow(email="ada@shop.example", granted=granted, source=f"word {n}", at=at))
    sheet = exports.customers(DAY)
    found = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    assert [(each["email"], each["orders"]) for each in found] == [
        ("ada@shop.example", 2),
        ("bob@shop.example", 1),
        ("cleo@shop.example", 1),
    ]
    assert (found[0]["consent"], found[0]["consent_source"]) == (False, "word 1")
    assert found[0]["ordered"] == (eur(2 * 9_820),)
    assert (found[1]["consent"], found[1]["consent_at"]) == (False, None)


def test_stock_says_what_moved_in_the_period_and_what_is_there_now(database, exports, monkeypatch):
    monkeypatch.setattr(stock, "PAGE", 1)
    room = StockRoom(database.url, ship_by)
    room.receive("POT", "10", "main", "Pot", "bo", NOON - 48 * HOUR)
    room.receive("POT", "5", "main", "", "bo", NOON)
    room.scrap("POT", "2.5", "main", "broken", "bo", NOON)
    room.receive("FELT", "1", "main", "Felt", "bo", NOON + 48 * HOUR)
    sheet = exports.stock(DAY)
    felt, pot = (dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows)
    moved = [pot[name] for name in ("at_beginning", "came_in", "went_out", "at_end", "on_hand_now")]
    assert moved == [10, 5, Decimal("2.5"), Decimal("12.5"), Decimal("12.5")]
    assert (felt["at_end"], felt["on_hand_now"]) == (0, 1)
