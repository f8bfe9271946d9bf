"""Who is forgotten is in no row of ours, while orders and books stay as they were."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.database.audit_log import AuditLog
from adapters.database.customer.customers import Customers
from adapters.database.customer.erasing import WORDS, Forgetting
from adapters.database.customer.surveys import Surveys
from adapters.database.engine import Database
from adapters.database.order.orders import Orders
from adapters.database.reconcile.auditor import Auditor
from adapters.database.schema import every_table
from adapters.database.tables.accounts import AccountRow, SavedViewRow
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.documents import BillDue, BillPage, BillRow
from adapters.database.tables.hooks import DisputeRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.tables.shops import ShopMessageRow, ShopOrderRow
from domain.act import ActKind, ActResult, Outcome
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from domain.order import Address, Customer
from tests.adapters.database.given import NOW, an_act, an_order, place

EMAIL = "canary.mail@example.org"
CANARIES = (
    "canary.mail",
    "canarina",
    "personova",
    "canarystreet",
    "canaryville",
    "10999",
    "555 2269",
    "canary-note",
    "canary-engraving",
    "canary-why",
    "canary-source",
    "tok_canary",
)
HOME = Address("Canarina Personova", "Canarystreet 99", "10999", "Canaryville", "DE", phone="+49 555 2269")
WHO = Customer(
    "Canary.Mail@example.org", "Canarina Personova", "+49 555 2269", "de", marketing_consent=True
)
DEED = Deed(NOW, DeedKind.ERASE, "customer", role="admin", by="root", why="asked by mail")


@pytest.fixture
def books(sqlite_database):
    return furnished(sqlite_database)


def furnished(database):
    """An order of hers that has ended, with all that anybody ever wrote about it; and one of Ada's."""
    line = replace(an_order().lines[0], personalisation="canary-engraving")
    hers: dict[str, Any] = {
        "customer": WHO,
        "shipping_address": HOME,
        "billing_address": HOME,
        "lines": (line,),
        "note": "canary-note",
        "source": json.dumps({"name": "Canarina"}),
        "payment": replace(an_order().payment, token="tok_canary"),
    }
    book = place(database.url, "3001", **hers)
    place(database.url, "1001")
    book.note("3001", "canary-note", "sue", NOW)
    book.record(an_act("c-1", "3001", kind=ActKind.CANCEL, target=""))
    book.settle("c-1", ActResult(Outcome.DONE), NOW)
    act = replace(an_act("a-1", "3001"), texts={"words": "canary-why"}, reason="canary-why")
    book.record(replace(act, role="customer", by="customer"))
    book.settle("a-1", ActResult(Outcome.DONE), NOW)
    Surveys(database.url).give("3001", 2, "canary-why", NOW)
    with database.write() as session:
        for row in (*_letters(), *_returns(), *_papers(), *_shops()):
            session.add(row)
            session.flush()
        session.add(AccountRow(name="sue", roles=[], password="", created_at=NOW, changed_at=NOW))
        session.flush()
        session.add(SavedViewRow(account="sue", name="hers", query="q=canary.mail%40example.org"))
        session.add(ConsentRow(email=EMAIL, granted=True, source="canary-source", order="3001", at=NOW))
    end(database, "3001")
    return database


def _letters():
    words: dict[str, Any] = {
        "subject": "Canarina, hello",
        "text": "Canarystreet",
        "html": "<p>Canarystreet</p>",
        "why": "",
    }
    sent: dict[str, Any] = {
        "state": "sent",
        "message_id": "<m>",
        "recipient": EMAIL,
        "created_at": NOW,
        "sent_at": NOW,
    }
    told: dict[str, Any] = {"lane": "3001", "template": "confirmation", "to": "customer", "language": "de"}
    return [NoticeRow(id="3001.t.1", order="3001", n=1, **told, **sent, **words)]


def _returns():
    money: dict[str, Any] = {"currency": "EUR", "value_minor": 1, "fee_minor": 0, "shipping": False}
    flow: dict[str, Any] = {"flow": "return", "flow_hash": "", "days": 1, "claim": "none"}
    who: dict[str, Any] = {"reason": "canary-why", "by": "customer", "role": "customer"}
    row = ReturnRow(
        id="3001-R1", order="3001", n=1, form="f", state="refunded", opened_at=NOW, **money, **flow, **who
    )
    return [row]


def _papers():
    bill: dict[str, Any] = {
        "series": "A",
        "n": 1,
        "kind": "invoice",
        "order": "3001",
        "fulfilment": "3001-F1",
    }
    money: dict[str, Any] = {"subject": "3001-F1", "minor": 1, "currency": "EUR", "at": NOW, "body": "{}"}
    row = BillRow(number="A-1", **bill, **money, recipient='["Canarina Personova"]')
    return [row, BillPage(number="A-1", page="<p>Canarystreet</p>")]


def _shops():
    about: dict[str, Any] = {
        "shop": "web",
        "system": "shopify",
        "topic": "orders/create",
        "state": "done",
        "received_at": NOW,
    }
    mine = ShopMessageRow(id="m-1", body='{"n": "Canarina"}', theirs="77", **about)
    loose = ShopMessageRow(id="m-2", body=f'{{"email": "{EMAIL.upper()}"}}', theirs="78", **about)
    return [mine, loose, ShopOrderRow(shop="web", theirs="77", order="3001")]


def end(database, number, state="completed"):
    with database.write() as session:
        row = session.get(PlacedOrder, number)
        row.state, row.ended_at = state, NOW


def found_in(database: Database) -> list[tuple[str, str]]:
    """Which of the canaries stand in which table."""
    found = []
    with database.read() as session:
        for table in every_table().sorted_tables:
            rows = session.connection().execute(text(f'SELECT * FROM "{table.name}"')).all()
            told = "\n".join(str(tuple(row)) for row in rows).casefold()
            found += [(table.name, canary) for canary in CANARIES if canary in told]
    return found


def test_before_it_they_are_in_many_tables(books):
    tables = {table for table, _ in found_in(books)}
    assert len(tables) >= 11
    view = Customers(books.url).show(" CANARY.mail@example.org ", NOW)
    assert (view.name, [each.number for each in view.orders]) == ("Canarina Personova", ["3001"])
    assert (True, "canary-source") in [(each.granted, each.source) for each in view.consent]
    assert [letter.id for _, letter in view.letters] == ["3001.t.1"]
    assert [back.id for back in view.returns] == ["3001-R1"]
    assert [str(each) for each in view.bought] == ["EUR 23.90"]
    assert [each.email for each in Customers(books.url).find("personova", 10)] == [EMAIL]


def test_after_it_no_row_of_any_table_knows_them(database):
    books = furnished(database)
    told = Forgetting(books.url).forget(EMAIL.upper(), DEED)
    assert (told.orders, told.letters, told.bills, told.originals) == (("3001",), 1, 1, 2)
    assert found_in(books) == []
    assert Customers(books.url).find("personova", 10) == []
    for look in (Customers(books.url).show, lambda email, _: Forgetting(books.url).forget(email, DEED)):
        with pytest.raises(NotFound):
            look(EMAIL, NOW)


def test_nothing_of_them_is_left_in_the_file_either(books):
    Forgetting(books.url).forget(EMAIL, DEED)
    file = str(books.engine.url.database)
    raw = b"".join(Path(f"{file}{more}").read_bytes() for more in ("", "-wal"))
    assert [canary for canary in CANARIES if canary.encode() in raw.lower()] == []


def test_orders_books_and_the_chain_of_the_audit_log_stay(books):
    before = Orders(books.url).sold("3001").order
    Forgetting(books.url).forget(EMAIL, DEED)
    after = Orders(books.url).sold("3001").order
    assert (after.total, after.placed_at, after.shipping_address.country) == (before.total, NOW, "DE")
    assert [(line.sku, line.quantity, line.total) for line in after.lines] == [
        (line.sku, line.quantity, line.total) for line in before.lines
    ]
    wrong = [each for each in Auditor(books.url).differences(NOW) if "audit log" in each.subject]
    assert wrong == []
    ((_, deed), *rest) = AuditLog(books.url).entries(50)
    assert (deed.kind, deed.by, deed.why, deed.whom) == (DeedKind.ERASE, "root", "asked by mail", "")
    assert json.loads(deed.what) == {"letters": 1, "orders": 1, "texts": 5}
    assert [deed.why for _, deed in rest] == ["", "", ""]


def test_the_orders_of_others_are_left_alone(books):
    before = Orders(books.url).sold("1001").order
    Forgetting(books.url).forget(EMAIL, DEED)
    assert Orders(books.url).sold("1001").order == before
    assert Customers(books.url).show("ada@example.org", NOW).name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda b: end(b, "3001", "open"), "Order 3001 is still open."),
        (lambda b: end(b, "3001", "on_hold"), "Order 3001 is still on hold."),
        (lambda b: alter(b, ReturnRow, "3001-R1", state="received"), "Return 3001-R1 is still open."),
        (lambda b: alter(b, NoticeRow, "3001.t.1", state="pending"), "A mail about order 3001"),
        (lambda b: Orders(b.url).record(an_act("late", "3001")), "A request about order 3001"),
        (lambda b: add(b, BillDue(order="3001", at=NOW)), "The invoice of order 3001"),
        (lambda b: add(b, dispute()), "Order 3001 is disputed"),
    ],
)
def test_nobody_is_forgotten_while_something_is_under_way(books, spoil, why):
    spoil(books)
    before = len(found_in(books))
    with pytest.raises(ActRefused, match=why):
        Forgetting(books.url).forget(EMAIL, DEED)
    assert why in " ".join(Forgetting(books.url).foreseen(EMAIL).why_not)
    assert len(found_in(books)) == before


def dispute():
    money: dict[str, Any] = {"minor": 1, "currency": "EUR"}
    return DisputeRow(id="d", order="3001", payment="p", state="open", why="", since=NOW, **money)


def alter(database, model, id, **columns):
    with database.write() as session:
        row = session.get(model, id)
        for name, value in columns.items():
            setattr(row, name, value)


def add(database, row):
    with database.write() as session:
        session.add(row)


def test_someone_without_an_address_is_nobody(books):
    place(books.url, "3002", customer=Customer("", ""))
    for nobody in ("", " ", "nobody@example.org", "%"):
        with pytest.raises(NotFound):
            Forgetting(books.url).foreseen(nobody)


def test_every_column_that_is_said_to_be_a_customers_is_emptied():
    """A table that says `Personal:` of itself is thought of here, or is about our own people."""
    emptied = {model.__tablename__ for model, _ in WORDS}
    by_hand = {"orders", "order_document", "order_word", "act", "audit", "bill_page"}
    by_hand |= {"consent", "shop_message"}
    staffs = {"account", "failed_sign_in", "stock_movement", "wait", "stock_told"}
    said = {
        mapper.local_table.name
        for mapper in mappers()
        if "ersonal" in (mapper.class_.__doc__ or "") and "nothing personal" not in mapper.class_.__doc__
    }
    assert said <= emptied | by_hand | staffs


def mappers():
    from sqlmodel.main import default_registry  # noqa: PLC0415 - only asked here

    every_table()
    return default_registry.mappers


def test_the_clock_of_a_survey_goes_on(books):
    """Its figure stays for the numbers, without a word."""
    Forgetting(books.url).forget(EMAIL, DEED)
    left = Surveys(books.url).given("3001")
    assert left is not None
    assert (left.score, left.words, left.is_open(NOW + timedelta(days=15))) == (2, "", False)
