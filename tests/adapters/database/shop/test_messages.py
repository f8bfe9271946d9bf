"""Messages of shops and what is told to others, as rows: kept once, given to one worker at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from adapters.database.keyed_answers import KeyedAnswers
from adapters.database.order.events import note_event
from adapters.database.shop.hook_book import HookBook
from adapters.database.shop.messages import ShopMessages
from adapters.database.tables.shops import OrderEventRow
from domain.order_event import COMPLETED, PLACED, DeliveryState
from domain.web_shop import Heard, MessageState, ShopMessage, ShopSystem
from tests.adapters.database.given import NOW, all_at_once, place


def message(n=1):
    id = f"paris:w{n}:0"
    return ShopMessage(id, "paris", ShopSystem.SHOPIFY, "orders/create", "{}", MessageState.WAITING, NOW)


def test_a_message_is_kept_once_and_given_to_one_worker_until_that_is_given_up(database):
    messages = ShopMessages(database.url)
    assert sorted(all_at_once(lambda _: messages.keep(message()))) == [False] * 4 + [True]
    taken = all_at_once(lambda _: [each.id for each in messages.take(NOW, 10)])
    assert sorted(map(len, taken)) == [0, 0, 0, 0, 1]
    assert [each.id for each in messages.take(NOW + timedelta(minutes=2), 10)] == [message().id]
    messages.settle(message().id, "placed", "7", NOW, NOW)
    assert messages.take(NOW + timedelta(days=1), 10) == ()
    assert messages.newest("paris", "7") == NOW


def test_what_was_heard_last_stays_whatever_is_heard_late(database):
    place(database.url, "1001")
    messages = ShopMessages(database.url)
    messages.hear("paris", "7", Heard("1001", NOW, "new", "new", "yes"))
    messages.hear("paris", "7", Heard("1001", NOW - timedelta(minutes=1), "old", "old", "no"))
    assert messages.heard("paris", "7") == Heard("1001", NOW, "new", "new", "yes")
    assert messages.heard("paris", "8") is None


def test_an_event_is_noted_and_given_to_each_target_once(database):
    place(database.url, "1001")
    book = HookBook(database.url)
    for _ in range(2):
        with database.write() as session:
            note_event(session, "1001", COMPLETED, "1001")
    with database.read() as session:
        noted = session.exec(select(OrderEventRow.kind).order_by(col(OrderEventRow.n))).all()
    assert noted == [PLACED, COMPLETED]
    every, none = (lambda _event: True), (lambda _event: False)
    counts = all_at_once(lambda _: book.fan_out({"books": every, "nobody": none}, NOW, 10))
    assert sum(counts) == 2
    taken = all_at_once(lambda _: [each.event.kind for each in book.take(NOW, 10)])
    assert sorted(kind for part in taken for kind in part) == [COMPLETED, PLACED]


def test_a_key_stands_for_one_question_and_its_first_answer(database):
    answers = KeyedAnswers(database.url)
    assert answers.claim("web:k1", "abc", NOW).status == 0
    answers.answered("web:k1", 201, {"body": {"number": "1"}})
    answers.answered("web:k1", 202, {"body": {"number": "2"}})
    answers.give_up("web:k1")
    stands = answers.claim("web:k1", "other", NOW)
    assert (stands.digest, stands.status, stands.answer) == ("abc", 201, {"body": {"number": "1"}})
    answers.claim("web:k2", "abc", NOW)
    answers.give_up("web:k2")
    assert answers.claim("web:k2", "other", NOW).digest == "other"


def given_up(url, *numbers):
    place(url, *numbers)
    book = HookBook(url)
    book.fan_out({"books": lambda _event: True}, NOW, 100)
    for delivery in book.take(NOW, 100):
        book.over(delivery, DeliveryState.DEAD, "no", 503, NOW)
    return book


def test_what_was_given_up_is_read_newest_first_or_as_it_happened(database):
    numbers = ("1003", "1001", "1002")
    book = given_up(database.url, *numbers)
    assert (book.how_many_given_up(), book.how_many_given_up("nobody")) == (3, 0)
    assert [each.event.order for each in book.given_up(2, "books", oldest_first=True)] == ["1003", "1001"]
    assert len(book.given_up(10, "books")) == 3


@pytest.mark.parametrize(
    "count", [HookBook.how_many_given_up, HookBook.count_given_up], ids=["all", "each"]
)
def test_what_was_given_up_is_counted_without_a_look_at_it(sqlite_database, count):
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    book = HookBook(sqlite_database.url)
    event.listen(book.engine, "before_cursor_execute", note)
    count(book)
    event.remove(book.engine, "before_cursor_execute", note)
    statement, parameters = asked[-1]  # the first begins the transaction
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert [row.detail for row in plan] == [
        "SEARCH hook_delivery USING COVERING INDEX ix_hook_delivery_state (state=?)"
    ]
