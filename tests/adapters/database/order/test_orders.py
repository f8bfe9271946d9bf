"""Orders and acts are rows first, exact and once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlmodel import SQLModel

from adapters.database.order.document import load_order, order_from_json, order_json
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments, save_fulfilments
from adapters.database.order.orders import Orders
from adapters.database.tables.stock import StockItem
from domain.act import ActKind, ActResult, Outcome
from domain.errors import NotFound, OrderConflict
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.order import Address, Customer, DeliveryMethod, Line
from tests.adapters.database.given import (
    NOW,
    a_placement,
    all_at_once,
    an_act,
    an_order,
    end_of,
    eur,
    place,
)

# Written from right to left, joined, composed and quoted.
ODD = (
    "Zo\u00eb \u202e\u05e9\u05dc\u05d5\u05dd\u202c \U0001f469\U0001f3fd\u200d\U0001f692 "
    "'quoted' \"twice\" \\ 100% _ \u00df e\u0301 \t end\r\n"
)


def an_odd_order():
    line = Line(ODD, ODD, Decimal("1.50"), eur(333), eur(499), eur(0), eur(1), personalisation=ODD)
    return an_order(
        customer=Customer(f"{ODD}@example.org", ODD, language="he"),
        shipping_address=Address(ODD, ODD, "", ODD, "IL"),
        billing_address=Address(ODD, "", "", "", "IL"),
        placed_at=datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        lines=(line,),
        note=ODD,
        source='{"as": "it came"}',
    )


def test_an_order_comes_back_to_the_last_byte(database):
    order, book = an_odd_order(), Orders(database.url)
    book.place(order, a_placement(body=ODD), NOW)
    with database.read() as session:
        again = load_order(session, order.number)
    assert again == order
    assert order_json(again).encode() == order_json(order).encode()
    assert book.placement(order.number) == a_placement(body=ODD)


def test_an_orders_json_is_canonical():
    text = order_json(an_odd_order())
    assert order_json(order_from_json(text)) == text


def test_the_same_order_placed_twice_is_one(database):
    book = Orders(database.url)
    assert book.place(an_order(), a_placement("same"), NOW)
    assert not book.place(an_order(), a_placement("same"), NOW + timedelta(days=1))
    assert book.unstarted(10) == ["1001"]


def test_another_body_under_a_taken_number_is_refused_by_its_name(database):
    book = Orders(database.url)
    book.place(an_order(), a_placement("one"), NOW)
    with pytest.raises(OrderConflict, match="1001"):
        book.place(an_order(), a_placement("two"), NOW)
    assert book.placement("1001").body == "one"


def test_five_who_place_one_order_at_once_place_it_once(database):
    book = Orders(database.url)
    placed = all_at_once(lambda _: book.place(an_order(), a_placement("same"), NOW))
    assert sorted(placed) == [False, False, False, False, True]


def test_of_five_orders_that_want_one_number_one_gets_it(database):
    book = Orders(database.url)
    answers = all_at_once(lambda i: book.place(an_order(), a_placement(f"body {i}"), NOW))
    assert answers.count(True) == 1
    assert sum(isinstance(answer, OrderConflict) for answer in answers) == 4


def test_an_order_nobody_placed_is_not_found(database):
    book = Orders(database.url)
    with pytest.raises(NotFound, match="4711"):
        book.placement("4711")
    with pytest.raises(NotFound, match="4711"):
        book.note("4711", "Where is it?", "Grace", NOW)
    with pytest.raises(NotFound, match="4711"):
        book.record(an_act(order="4711"))


def test_unstarted_orders_are_known_oldest_first_until_they_start(database):
    book = Orders(database.url)
    for minutes, number in enumerate(["B", "A", "C"]):
        book.place(an_order(number), a_placement(number), NOW + timedelta(minutes=minutes))
    assert book.unstarted(2) == ["B", "A"]
    book.started("B", NOW)
    book.started("B", NOW + timedelta(days=1))
    assert book.unstarted(10) == ["A", "C"]


def test_an_act_comes_back_as_it_was_asked_for(database):
    book = place(database.url, "1001")
    asked = an_act(
        texts={"why": ODD},
        reason=ODD,
        act={"answer": "refuse", "values": {"missing": [{"sku": ODD, "quantity": "1.5"}]}, "tracking": "T"},
    )
    kept = book.record(asked)
    assert kept == replace(asked, seq=1)
    assert book.act("form-1") == kept
    assert book.act("form-2") is None


def test_five_who_send_one_form_at_once_ask_once(database):
    book = place(database.url, "1001")
    records = [replace(an_act(), by=f"person {i}") for i in range(5)]
    answers = all_at_once(lambda i: book.record(records[i]))
    assert len({answer.by for answer in answers}) == 1
    assert book.pending(10) == answers[:1]


def test_acts_asked_for_at_once_are_numbered_without_gaps(database):
    book = place(database.url, "1001", "1002")
    answers = all_at_once(lambda i: book.record(an_act(f"form-{i}")))
    assert sorted(answer.seq for answer in answers) == [1, 2, 3, 4, 5]
    assert book.record(an_act("other", "1002")).seq == 1


def test_acts_wait_in_the_order_they_were_asked_for(database):
    book = place(database.url, "1001", "1002")
    for minutes, (id, order) in enumerate([("c", "1002"), ("a", "1001"), ("b", "1002")]):
        book.record(an_act(id, order, at=NOW + timedelta(minutes=minutes)))
    assert [record.act.id for record in book.pending(10)] == ["c", "a", "b"]
    book.settle("c", ActResult(Outcome.DONE), NOW)
    assert [record.act.id for record in book.pending(1)] == ["a"]


def test_acts_of_an_order_that_has_not_started_wait_for_its_start(database):
    book = Orders(database.url)
    book.place(an_order(), a_placement(), NOW)
    book.record(an_act())
    assert book.pending(10) == []
    book.started("1001", NOW)
    assert len(book.pending(10)) == 1


def test_an_act_ends_once(database):
    book = place(database.url, "1001")
    book.record(an_act())
    book.settle("form-1", ActResult(Outcome.KEPT), NOW)
    assert end_of(book, "form-1") is None
    book.settle("form-1", ActResult(Outcome.REFUSED, "too late"), NOW)
    book.settle("form-1", ActResult(Outcome.DONE), NOW)
    assert end_of(book, "form-1") == ActResult(Outcome.REFUSED, "too late")
    assert book.record(an_act()).result == ActResult(Outcome.REFUSED, "too late")


def test_a_customer_is_known_by_e_mail_whatever_its_case(database):
    book = place(database.url, "1001", "1002")
    place(database.url, "1003", customer=Customer("", "Nobody"))
    assert book.orders_before(" ada@EXAMPLE.org ") == 2
    assert book.orders_before("grace@example.org") == 0
    assert book.orders_before("") == 0


def test_the_stock_says_which_items_are_unknown_or_discontinued(database):
    book = Orders(database.url)
    with database.write() as session:
        session.add(StockItem(sku="MUG", title="Mug"))
        session.add(StockItem(sku="OLD", title="Old mug", discontinued=True))
    assert book.unknown_skus(["OLD", "NEW", "MUG", "NEW", "mug"]) == ["NEW", "mug"]
    assert book.discontinued_skus(["MUG", "OLD", "NEW"]) == ["OLD"]


def a_part(n: int = 1, *lines: FulfilmentLine, **changes) -> Fulfilment:
    held = lines or (FulfilmentLine(0, "MUG", Decimal("1.5")),)
    part = Fulfilment(f"1001-F{n}", "1001", DeliveryMethod.SHIP, "main", "warehouse", held, eur(1200))
    return replace(part, **changes)


def test_fulfilments_come_back_in_the_order_they_were_made(database):
    place(database.url, "1001")
    parts = tuple(a_part(n) for n in range(1, 12))
    with database.write() as session:
        save_fulfilments(session, parts[6:])
        save_fulfilments(session, parts[:6])
        assert load_fulfilments(session, "1001") == parts
        assert load_fulfilments(session, "1002") == ()


def test_a_changed_fulfilment_replaces_the_one_that_stood(database):
    place(database.url, "1001")
    two = a_part(1, FulfilmentLine(0, "MUG", Decimal(1)), FulfilmentLine(2, "CUP", Decimal("0.125")))
    shipped = a_part(state=FulfilmentState.SHIPPED, tracking="T1", carrier="SIM", ship_by=NOW)
    with database.write() as session:
        save_fulfilments(session, [two])
        assert load_fulfilment(session, "1001-F1") == two
        save_fulfilments(session, [shipped])
        assert load_fulfilment(session, "1001-F1") == shipped
        with pytest.raises(NotFound, match="1001-F9"):
            load_fulfilment(session, "1001-F9")


def test_personal_data_of_an_order_stands_only_where_it_can_be_erased(database):
    secret = "Xanthippe"
    customer = Customer(f"{secret}@example.org", secret, secret)
    place(
        database.url,
        "1001",
        customer=customer,
        note=secret,
        shipping_address=Address(secret, secret, secret, secret, "GR"),
    )
    erasable = {
        *(("orders", name) for name in ("email", "name", "find")),
        *(("order_document", "whole"), ("order_word", "word")),
    }
    found = set()
    with database.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.connection().execute(table.select()).mappings():
                found |= {
                    (table.name, name)
                    for name, value in row.items()
                    if secret.lower() in str(value).lower()
                }
    assert found == erasable


def test_instants_come_back_in_utc(database):
    book = place(database.url, "1001")
    local = NOW.astimezone(timezone(timedelta(hours=-3)))
    kept = book.record(an_act(at=local, kind=ActKind.CANCEL))
    assert kept.at == NOW
    assert kept.at.tzinfo == UTC
