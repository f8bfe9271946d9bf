"""What many customers at once may do to the stock: everything but promise it twice."""

import json
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import func, select

from adapters.database.stock.backorders import fill
from adapters.database.stock.shelves import Booking, book, lock_items
from adapters.database.stock.steps import Stock
from adapters.database.tables.stock import Backorder, Reservation
from domain.errors import OrderError
from domain.fulfilment import FulfilmentState
from tests.adapters.database.stock.buyers import until_answered
from tests.goods import Shop, line, ship_by

ROOT = Path(__file__).parents[4]
# Long enough for another to do what nothing keeps it from; the outcome does not depend on it.
A_MOMENT = 0.3


@pytest.fixture
def shop(database):
    return Shop(database)


def answers_of_processes(url, shares):
    """What each of several processes, at the same time, is answered for each of its orders."""
    command = [sys.executable, "-m", "tests.adapters.database.stock.buyers", url]
    done = subprocess.run(
        [*command, *map(",".join, shares)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    answers: dict[str, list[object]] = {}
    for share in json.loads(done.stdout):
        for number, answer in share.items():
            answers.setdefault(number, []).append(answer)
    return answers


def test_eight_processes_that_ask_for_everything_twice_promise_exactly_the_fifty_that_are_there(shop):
    shop.receive("CUP", "50")
    numbers = [f"W{n}" for n in range(60)]
    for number in numbers:
        shop.place(number, line("CUP"))
    # Each order is asked for by two of them, from both ends: at first others', then the same ones.
    quarters = [numbers[n::4] for n in range(4)]
    shares = [*quarters, *(quarter[::-1] for quarter in quarters)]
    answers = answers_of_processes(shop.database.url, shares)
    assert all(len(two) == 2 and two[0] == two[1] for two in answers.values())
    reserved = Counter(two[0][0]["reserved"] for two in answers.values())
    assert reserved == {"1": 50, "0": 10}
    assert shop.levels() == {("CUP", "main"): ("50", "50")}
    assert [row.kind for row in shop.room.told(9)] == ["out"]
    assert shop.differences() == []


def test_the_last_one_goes_to_one_of_eight_customers(shop):
    shop.receive("CUP", "1")
    shop.set_item("CUP", backorderable=False)
    calls = []
    for n in range(8):
        shop.place(f"W{n}", line("CUP"))
        calls.append(shop.call(f"W{n}"))

    def buy(call):
        try:
            return until_answered(shop.stock.reserve, call).values["reserved"]
        except OrderError as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(8) as customers:
        assert Counter(customers.map(buy, calls)) == {"1": 1, "OutOfStock": 7}
    assert shop.levels() == {("CUP", "main"): ("1", "1")}


def test_lanes_that_split_at_once_get_fulfilments_of_their_own(shop):
    for place in ("main", "east", "west", "north"):
        shop.receive(place.upper(), "2", place)
    goods = [line(place.upper(), "2") for place in ("main", "east", "west", "north")]
    shop.reserve("W1", *goods)
    calls = [
        shop.call(part.id, missing=[{"sku": part.lines[0].sku, "quantity": "1"}])
        for part in shop.fulfilments("W1")
    ]
    with ThreadPoolExecutor(4) as lanes:
        list(lanes.map(lambda call: until_answered(shop.stock.split, call), calls * 2))
    parts = shop.fulfilments("W1")
    assert [part.id for part in parts] == [f"W1-F{n}" for n in range(1, 9)]
    assert sum(part.total.minor for part in parts) == shop.orders["W1"].total.minor
    assert shop.differences() == []


def test_goods_that_come_in_while_an_order_is_promised_find_it_waiting(shop):
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    shop.place("W2", line("CUP"))
    with ThreadPoolExecutor(1) as door:
        arriving = []

        def route_while_goods_arrive(_order, _fulfilment):
            arriving.append(door.submit(shop.receive, "CUP", "1", "east"))
            wait(arriving, A_MOMENT)
            return "warehouse"

        Stock(shop.database.url, route_while_goods_arrive, ship_by).reserve(shop.call("W2"))
        assert arriving[0].result() == ("W2-F1",)
    assert shop.levels()["CUP", "east"] == ("1", "1")


def test_of_two_arrivals_at_once_the_second_tells_what_the_first_has_completed(shop):
    for sku in ("CUP", "POT"):
        shop.receive(sku, "1")
    shop.reserve("W1", line("CUP"), line("POT"))
    shop.reserve("W2", line("CUP"), line("POT"))
    with ThreadPoolExecutor(1) as door, shop.database.write() as session:
        lock_items(session, {"CUP"})
        book(session, "CUP", "main", Decimal(1), Booking("receive", shop.at, ""))
        assert fill(session, {"CUP"}, shop.at, ship_by) == ()
        arriving = door.submit(shop.receive, "POT", "1")
        wait([arriving], A_MOMENT)
        session.commit()
        assert arriving.result() == ("W2-F1",)
    assert shop.arrivals() == ["W2-F1"]
    assert shop.differences() == []


def test_buyers_cancellations_and_arrivals_at_once_lose_nothing(shop):
    """No order waits for goods that lie there, and whoever has everything was told."""
    skus = ("CUP", "MUG", "POT")
    dice = random.Random(7)
    for sku in skus:
        shop.receive(sku, "4")
    for n in range(40):
        dice.shuffle(goods := list(skus))
        shop.place(f"W{n}", *(line(sku) for sku in goods[: dice.randint(1, 3)]), express=n % 5 == 0)
    work = [(shop.stock.reserve, shop.call(number)) for number in shop.orders]
    work += [(shop.stock.release, shop.call(number)) for number in list(shop.orders)[::3]]
    work += [(lambda sku: shop.room.receive(sku, "1", "main", "", "Grace", shop.at), s) for s in skus * 5]
    dice.shuffle(work)
    with ThreadPoolExecutor(6) as people:
        list(people.map(lambda job: until_answered(*job), work))
    assert shop.differences() == []
    assert_nobody_waits_in_vain(shop)
    assert_everybody_is_told(shop)


def assert_nobody_waits_in_vain(shop):
    waiting = select(Backorder.sku).where(Backorder.waiting > Decimal(0)).distinct()
    with shop.database.read() as session:
        wanted = set(session.exec(waiting))
    levels = shop.levels()
    assert {sku for sku in wanted if levels[sku, "main"][0] != levels[sku, "main"][1]} == set()


def assert_everybody_is_told(shop):
    told = shop.arrivals()
    assert len(told) == len(set(told))
    with shop.database.read() as session:
        waits = dict(
            session.exec(
                select(Backorder.fulfilment, func.sum(Backorder.waiting)).group_by(Backorder.fulfilment)
            ).all()
        )
        held = set(session.exec(select(Reservation.fulfilment).where(Reservation.state == "active")))
    for number in shop.orders:
        for part in shop.fulfilments(number):
            if part.state == FulfilmentState.OPEN:
                assert part.id in held
                assert (part.id in told) == (part.id in waits)
                assert not waits.get(part.id)
            elif part.state == FulfilmentState.BACKORDERED:
                assert waits[part.id] > 0
                assert part.id not in told
