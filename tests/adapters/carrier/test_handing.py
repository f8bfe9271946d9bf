"""A parcel leaves under the number that was typed for it; else the simulated carrier gives it one."""

import asyncio

import pytest

from adapters.carrier.handing import Handing
from adapters.carrier.simulated import SimulatedCarrier
from adapters.database.desk.order_page import show_order
from adapters.database.order.fulfilments import load_fulfilment, save_fulfilments
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.tables.journal import TimelineRow
from domain.act import Act, ActKind, ActRecord
from domain.fulfilment import FulfilmentState
from domain.step import Call
from tests.adapters.placed import NOON, a_fulfilment, an_order, place


@pytest.fixture
def books(sqlite_database):
    place(sqlite_database, an_order())
    return sqlite_database


def type_(database, step="pack", lane="1001-F1", **texts):
    id = f"form-{lane}-{step}-{len(texts)}-{sum(map(len, texts.values()))}"
    act = Act(id, ActKind.ANSWER, f"{lane}.{step}.1", "packed")
    OrderBook(database.url).record(ActRecord(act, "1001", "pat", "warehouse", "", NOON, texts))


def hand_over(database, *, simulated=True, visit=1):
    carrier = Handing(database, SimulatedCarrier(database) if simulated else None)
    key = f"1001:shipping.hand_over:F1.{visit}"
    return asyncio.run(carrier.hand_over(Call("1001", "1001-F1", "hand_over", visit, key, NOON)))


def part(database):
    with database.read() as session:
        return load_fulfilment(session, "1001-F1")


def test_the_number_a_packer_typed_stands_on_the_parcel_and_says_whose_it_is(books):
    type_(books, tracking="1z 5r8 9390 3575 6712 7")
    answer = hand_over(books)
    assert answer.values == {"carrier": "UPS", "tracking": "1Z5R89390357567127"}
    assert answer.fulfilment == {**answer.values, "state": "shipped"}
    left = part(books)
    assert (left.carrier, left.tracking, left.state) == (
        "UPS",
        "1Z5R89390357567127",
        FulfilmentState.SHIPPED,
    )
    assert hand_over(books) == answer


def test_the_last_number_counts_and_the_carrier_may_be_named(books):
    type_(books, tracking="7")
    type_(books, "weigh", tracking="77", carrier="Van Go")
    type_(books, "weigh", "1001-F12", tracking="another parcel's")
    assert hand_over(books).values == {"carrier": "Van Go", "tracking": "77"}


def test_without_one_the_simulated_carrier_takes_it(books):
    assert hand_over(books).values["carrier"] == "SIM"


def test_where_real_parcels_are_followed_one_without_a_number_leaves_without(books):
    answer = hand_over(books, simulated=False)
    assert answer.values == {"carrier": "", "tracking": ""}
    assert "not typed" in answer.said
    assert part(books).state == FulfilmentState.SHIPPED


@pytest.mark.parametrize(
    ("event", "written", "read"),
    [
        (
            "carrier.delayed",
            "carrier.delayed came; nothing waits for it now.",
            "The carrier says that the parcel is delayed.",
        ),
        (
            "carrier.delivered",
            "Wait for delivery: carrier.delivered.",
            "Wait for delivery: The parcel was delivered.",
        ),
        ("partner.picked", "partner.picked came; nothing waits for it now.", None),
    ],
)
def test_the_timeline_says_what_a_carrier_tells_as_people_do(books, event, written, read):
    act = Act("e-1", ActKind.EVENT, event, lane="1001-F1")
    OrderBook(books.url).record(ActRecord(act, "1001", "UPS", "carrier", "", NOON))
    row = TimelineRow(
        order="1001",
        subject="1001",
        seq=1,
        at=NOON,
        kind="event",
        lane="1001-F1",
        step="",
        text=written,
        act="e-1",
    )
    with books.write() as session:
        session.add(row)
    with books.read() as session:
        (line,) = show_order(session, "1001").timeline
    assert line.text == (read or written)


def test_the_page_of_an_order_says_what_the_carrier_last_told_of_each_parcel(books):
    order = an_order()
    with books.write() as session:
        two = [a_fulfilment(order, n, tracking=f"7{n}", carrier="UPS") for n in (1, 2)]
        save_fulfilments(session, two)
    hear = [
        ("a", "in_transit", "1001-F1", "71"),
        ("b", "delayed", "", "72"),
        ("c", "delayed", "1001-F1", ""),
    ]
    for id, scan, lane, tracking in hear:
        act = Act(id, ActKind.EVENT, f"carrier.{scan}", lane=lane, tracking=tracking)
        OrderBook(books.url).record(ActRecord(act, "1001", "UPS", "carrier", "", NOON))
    with books.read() as session:
        parts = show_order(session, "1001").fulfilments
    assert [part.news for part in parts] == ["The carrier says that the parcel is delayed."] * 2
    assert parts[0].news_at == NOON
