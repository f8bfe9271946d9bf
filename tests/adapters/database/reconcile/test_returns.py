"""The auditor finds what cannot be true of returns."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from adapters.database.reconcile.returns import return_differences
from adapters.database.returns.book import ReturnBook
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.money import RefundRow
from adapters.database.tables.orders import FulfilmentLineRow
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from domain.fulfilment import FulfilmentState
from domain.return_book import Asked
from domain.returns import Claim, ReturnLine, Terms
from tests.adapters.placed import NOON, a_fulfilment, an_order, eur, place


@pytest.fixture
def books(database):
    order = an_order()
    place(database, order, a_fulfilment(order, state=FulfilmentState.SHIPPED))
    line = ReturnLine(0, "1001-F1", "TEAPOT-RED", Decimal(2))
    terms = Terms("return", eur(0))
    asked = Asked("1001", "f", Claim.NONE, (line,), eur(7980), 3, terms, "h", 1.0, "why", "Ann", "support")
    assert ReturnBook(database.url).open_return(asked, NOON) == "1001-R1"
    return database


def change(database, model, **values) -> None:
    with database.write() as session:
        session.connection().execute(update(model).values(**values))


def found(database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(each.rule, each.subject) for each in return_differences(session)]


def test_nothing_is_wrong_with_a_return_that_was_opened(books):
    assert found(books) == []


def test_more_than_was_shipped_is_found(books):
    change(books, FulfilmentLineRow, quantity=Decimal(1))

    assert found(books) == [("R1", "1001")]


def test_what_an_ended_return_did_not_get_is_not_counted(books):
    change(books, FulfilmentLineRow, quantity=Decimal(1))
    change(books, ReturnRow, ended_at=NOON, state="closed")
    assert found(books) == []

    change(books, ReturnLineRow, received=Decimal(2))

    assert found(books) == [("R1", "1001")]


def test_more_money_than_its_goods_come_to_is_found(books):
    refund = {"call": "c", "return_id": "1001-R1", "order": "1001", "fulfilment": "", "taking": "t"}
    with books.write() as session:
        session.add(
            RefundRow(
                key="k", account="gateway", minor=101, currency="EUR", state="confirmed", at=NOON, **refund
            )
        )
    change(books, ReturnRow, refund_minor=100)
    assert found(books) == [("R2", "1001-R1")]

    change(books, RefundRow, state="given_up")

    assert found(books) == []


def test_a_return_paid_back_without_a_refund_is_found(books):
    change(books, ReturnRow, ended_at=NOON, state="refunded")

    assert found(books) == [("R2", "1001-R1")]


def test_an_ended_return_that_waits_is_found(books):
    wait = WaitRow(
        id="1001-R1.arrival.1",
        order="1001",
        subject="1001-R1",
        lane="1001-R1",
        step="arrival",
        visit=1,
        kind="ask",
        title="Expect the parcel",
        since=NOON,
        asked_at=NOON,
        role="returns",
        event="",
        priority=5,
        show={},
        scan="",
        answers=[],
        not_same_person_as="",
        late_then="",
    )
    with books.write() as session:
        session.add(wait)
    assert found(books) == []

    change(books, ReturnRow, ended_at=NOON, state="closed")

    assert found(books) == [("R3", "1001-R1")]
    change(books, WaitRow, closed_at=NOON)
    assert found(books) == []
