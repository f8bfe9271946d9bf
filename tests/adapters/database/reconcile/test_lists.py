"""Lists that would narrow, find or show an order wrongly are named, and mended from the order itself."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, update
from sqlmodel import col

from adapters.database.customer.erasing import Forgetting
from adapters.database.journal.steps import Journal
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile import lists
from adapters.database.reconcile.auditor import Auditor
from adapters.database.reconcile.lists import list_differences
from adapters.database.tables.journal import HoldRow
from adapters.database.tables.money import AttemptRow, PostingRow
from adapters.database.tables.orders import FulfilmentRow, OrderDocument, OrderWord, PlacedOrder
from domain.audit import Deed, DeedKind
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.order import PaymentState, PaymentTerms
from domain.posting import Slip
from domain.reconcile import RepairKind
from tests.adapters.database.given import NOW, a_batch, eur, place
from tests.adapters.database.order.test_orders import a_part
from tests.tampering import lift_guards

DAYS_LATER = NOW + timedelta(days=2)
HELD_UNTIL = NOW + timedelta(days=7)


@pytest.fixture
def books(sqlite_database):
    """One order whose money is held, of which one of two parcels has left and was paid."""
    return half_sent(sqlite_database)


def half_sent(database):
    place(database.url, "1001", "1002", "1003")
    slip = Slip("1001", "", "1001:hold", NOW)
    Ledger(database.url).book([slip.authorized("h_1", eur(2390), HELD_UNTIL)])
    taken = Slip("1001", "1001-F1", "1001-F1:take", NOW).captured("c_1", eur(1200), "h_1")
    Ledger(database.url).book([taken])
    with database.write() as session:
        save_fulfilments(session, [a_part(1, state=FulfilmentState.SHIPPED), a_part(2)])
    return database


def found(database) -> list[str]:
    with database.read() as session:
        return [f"{each.rule} {each.subject}: {each.what}" for each in list_differences(session)]


def repairs(database):
    with database.read() as session:
        return [
            each.repair and (each.repair.kind, each.repair.target) for each in list_differences(session)
        ]


def change(database, *statements) -> None:
    with database.write() as session:
        lift_guards(session)
        for statement in statements:
            session.connection().execute(statement)


def of(number, model=PlacedOrder, **values):
    key = model.number if model in (PlacedOrder, OrderDocument) else model.order
    return update(model).where(col(key) == number).values(**values)


def test_both_databases_keep_the_words_that_follow(database):
    half_sent(database)
    assert found(database) == []
    assert [each for each in Auditor(database.url).differences(NOW) if each.rule[0] == "L"] == []

    change(database, of("1001", payment="pending", payment_until=NOW), delete(OrderWord))
    assert [each.split(":")[0] for each in found(database)] == ["L1 1001", "L2 1001", "L2 1002", "L2 1003"]


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"state": "on_hold"}, "state on hold, and it is open"),
        ({"payment": "authorized"}, "payment authorized, and it is partially captured"),
        ({"payment_until": NOW}, "payment_until 2026-03-02 09:00, and it is none"),
        ({"fulfilment": "fulfilled"}, "fulfilment fulfilled, and it is partially fulfilled"),
        (
            {"payment": "captured", "fulfilment": "in_progress"},
            "payment captured, fulfilment in progress, and it is partially captured, partially fulfilled",
        ),
    ],
)
def test_a_word_that_does_not_follow(books, planted, said):
    change(books, of("1001", **planted))

    assert found(books) == [f"L1 1001: Lists give it {said}."]
    assert repairs(books) == [(RepairKind.LIST, "1001")]


def test_what_words_follow_from_changes_behind_their_back(books):
    change(books, of("1001", FulfilmentRow, state="shipped"))
    assert found(books) == ["L1 1001: Lists give it fulfilment partially fulfilled, and it is fulfilled."]
    change(books, of("1001", FulfilmentRow, state="backordered"), delete(PostingRow))
    assert "payment partially captured, fulfilment partially fulfilled" in found(books)[0]
    assert found(books)[0].endswith("and it is pending, scheduled.")


def test_money_that_is_held_until_a_day(books):
    Ledger(books.url).book([Slip("1002", "", "k", NOW).authorized("h_2", eur(2390), HELD_UNTIL)])
    Ledger(books.url).book([Slip("1002", "", "l", NOW).authorized("h_3", eur(100), NOW)])
    Ledger(books.url).book([Slip("1002", "", "l", NOW).voided("h_3", eur(100))])
    assert found(books) == []

    change(books, of("1002", payment_until=None))
    assert found(books) == ["L1 1002: Lists give it payment_until none, and it is 2026-03-09 09:00."]


def test_a_gateway_may_keep_its_fee_in_another_currency(books):
    fee = Slip("1001", "1001-F1", "1001-F1:take", NOW).fee("fee_1", Money(150, "AUD"))
    Ledger(books.url).book([fee])

    assert found(books) == []


def test_a_hold_a_refusal_and_an_end_that_lists_have_not_heard_of(books):
    held = {"order": "1001", "kind": "OTHER", "since": NOW, "act": "", "by": "", "why": ""}
    refused = {"base": "b", "n": 1, "order": "1002", "state": "refused", "target": "", "minor": 1}
    change(books, insert(HoldRow).values(**held))
    change(books, insert(AttemptRow).values(**refused, currency="EUR", gateway_object="", at=NOW))
    change(books, of("1003", ended_at=NOW))

    said, end, failed = (
        "Lists give it",
        "It has ended, and lists call it open.",
        "pending, and it is failed",
    )
    assert found(books) == [
        f"L1 1001: {said} state open, and it is on hold.",
        f"L1 1002: {said} payment {failed}.",
        f"L1 1003: {end}",
    ]
    assert repairs(books)[-1] is None
    change(books, of("1003", state="cancelled"))
    assert found(books)[-1].endswith("payment pending, fulfilment unfulfilled, and it is none, cancelled.")


def test_an_order_that_came_paid(books):
    came = PaymentTerms("card", PaymentState.PAID)
    place(books.url, "1004", payment=came)
    assert found(books) == []
    change(books, of("1004", payment_state="due"))
    shown = "L2 1004: Lists show of it what the order does not say (payment_state)."
    assert shown in found(books)


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ({"email": "eve@example.org"}, "email"),
        ({"name": "Eve"}, "name"),
        ({"find": "1001 eve"}, "find"),
        ({"total_minor": 1, "currency": "USD"}, "currency, total_minor"),
        ({"channel": "market", "payment_method": "cash"}, "channel, payment_method"),
        ({"placed_at": DAYS_LATER}, "placed_at"),
    ],
)
def test_what_lists_show_is_what_the_order_says(books, planted, what):
    change(books, of("1001", **planted))

    assert f"L2 1001: Lists show of it what the order does not say ({what})." in found(books)
    assert (RepairKind.LIST, "1001") in repairs(books)


def test_a_word_too_few_or_too_many(books):
    change(
        books, delete(OrderWord).where(col(OrderWord.order) == "1001", col(OrderWord.word) == "lovelace")
    )
    change(books, insert(OrderWord).values(order="1003", word="eve"))

    said = "It is not found by the words of its number, e-mail address and name."
    assert found(books) == [f"L2 1001: {said}", f"L2 1003: {said}"]


def test_an_order_that_is_gone_or_cannot_be_read(books):
    change(books, delete(OrderDocument).where(col(OrderDocument.number) == "1001"))
    change(books, of("1002", OrderDocument, whole="{"))

    assert found(books) == [
        "L2 1001: The order itself is gone, and lists still show it.",
        "L2 1002: The order itself cannot be read, and lists still show it.",
    ]
    assert repairs(books) == [None, None]


def test_a_forgotten_customer_is_no_difference(sqlite_database):
    place(sqlite_database.url, "1001", "1002")
    for number in ("1001", "1002"):
        Journal(sqlite_database.url, dict).write(a_batch(order=number, ended="completed"))
    deed = Deed(NOW, DeedKind.ERASE, "customer", "", "", "admin", "Olga", "asked")
    assert Forgetting(sqlite_database.url).forget("ada@example.org", deed).orders == ("1001", "1002")

    assert found(sqlite_database) == []


def test_many_orders_take_as_many_questions_as_few(books, monkeypatch):
    asked = []
    event.listen(books.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert found(books) == []
    few = len(asked)
    place(books.url, *(str(n) for n in range(2000, 2020)))
    asked.clear()
    assert found(books) == []
    assert len(asked) == few

    monkeypatch.setattr(lists, "AT_ONCE", 7)
    change(books, of("2019", fulfilment="fulfilled"), of("1001", fulfilment="fulfilled"))
    assert [each.split(":")[0] for each in found(books)] == ["L1 1001", "L1 2019"]
