"""Others are told what became of orders: each once, again until it is taken, or given up."""

import asyncio
import json
import os
from datetime import timedelta

from sqlmodel import select
from typer.testing import CliRunner

from adapters.database.shop.hook_book import HookBook
from adapters.database.tables.shops import OrderEventRow
from config.settings import Settings
from domain.errors import ActRefused, ShopUnavailable
from domain.order_event import DeliveryState
from starter.cli.main import app
from starter.shops.telling import MOST_TRIES, Target, Telling
from tests.adapters.database.given import NOW, place
from tests.starter.shops.events import Listens, end, ship, telling, told
from tests.starter.shops.street import refund, shopify
from tests.starter.shops.test_reception import take_over


async def test_each_event_is_told_once_to_those_who_want_it(street, book):
    all_, few, others = Listens("all"), Listens("fulfilment.shipped"), Listens("all", shops=("delft",))
    teller = telling(street, book, books=all_, few=few, others=others)
    await street.hears(shopify(), id="w1")
    await told(street, teller)
    ship(street)
    ship(street)
    await told(street, teller, rounds=2)
    assert all_.heard == [("order.placed", "paris-2001"), ("fulfilment.shipped", "paris-2001-F1")]
    assert few.heard == all_.heard[1:]
    assert others.heard == []


class Slow(Listens):
    """Takes its time; whoever is told of one order twice at once would mix it up."""

    def __init__(self):
        super().__init__("all")
        self.at_it, self.mixed = set(), []

    async def tell(self, event, at):
        self.mixed += [event.id] if event.order in self.at_it else []
        self.at_it.add(event.order)
        await asyncio.sleep(0)
        self.at_it.discard(event.order)
        return await super().tell(event, at)


async def test_what_happened_to_one_order_is_told_in_its_order_and_one_at_a_time(street, book):
    slow = Slow()
    for n in (2001, 2002):
        await street.hears(shopify(n), id=f"w{n}")
        ship(street, f"paris-{n}")
        end(street, f"paris-{n}", "completed")
    await told(street, telling(street, book, slow=slow))
    first = [kind for kind, subject in slow.heard if subject.startswith("paris-2001")]
    assert first == ["order.placed", "fulfilment.shipped", "order.completed"]
    assert (len(slow.heard), slow.mixed) == (6, [])


async def test_money_given_back_is_told_with_its_amount(street, book):
    books = Listens("payment.refunded")
    await street.hears(shopify(), id="w1")
    take_over(street)
    await street.hears(refund(shopify(), 71, "6.40"), id="w2")
    await told(street, telling(street, book, books=books))
    assert books.heard == [("payment.refunded", "paris-2001")]
    with book.read() as session:
        noted = session.exec(select(OrderEventRow).where(OrderEventRow.kind == "payment.refunded")).all()
    assert [each.data for each in noted] == [{"amount": {"minor": 640, "currency": "USD"}}]


async def test_a_hold_and_its_release_are_told_each_time(street, book):
    books = Listens("order.on_hold", "order.released")
    teller = telling(street, book, books=books)
    await street.hears(shopify(), id="w1")
    for state in ("on_hold", "on_hold", "open", "on_hold"):
        street.stand("paris-2001", state)
        await told(street, teller)
    assert [kind for kind, _ in books.heard] == ["order.on_hold", "order.released", "order.on_hold"]


async def test_what_is_not_taken_is_told_again_after_longer_and_longer_waits(street, book):
    books = Listens("all", moods=[ShopUnavailable("books answers with 503.")] * 3)
    teller = telling(street, book, books=books)
    await street.hears(shopify(), id="w1")
    await told(street, teller, wait=timedelta(0))
    (waits,) = book.latest(10)
    assert (waits.state, waits.tries, waits.why) == ("waiting", 1, "books answers with 503.")
    await told(street, teller, wait=timedelta(seconds=19))
    assert book.latest(10)[0].tries == 1
    await told(street, teller, rounds=3)
    assert books.heard == [("order.placed", "paris-2001")]


async def test_what_comes_after_one_that_was_not_taken_waits_with_it(street, book):
    books = Listens("all", moods=[ShopUnavailable("books does not answer.")] * 3)
    teller = telling(street, book, books=books)
    await street.hears(shopify(), id="w1")
    ship(street)
    await told(street, teller, wait=timedelta(0))
    # It was asked once, and nobody counts what was not tried.
    assert len(books.moods) == 2
    assert sorted((each.event.kind, each.tries) for each in book.latest(10)) == [
        ("fulfilment.shipped", 0),
        ("order.placed", 1),
    ]
    # Nor does what happens meanwhile go before it.
    end(street, "paris-2001", "completed")
    await told(street, teller, wait=timedelta(seconds=19))
    assert (len(books.moods), books.heard) == (2, [])
    await told(street, teller, rounds=3)
    assert [kind for kind, _ in books.heard] == ["order.placed", "fulfilment.shipped", "order.completed"]


async def test_one_order_that_is_not_taken_keeps_no_other_waiting(street, book):
    books = Listens("all", moods=[ShopUnavailable("books does not answer.")])
    for n in (2001, 2002):
        await street.hears(shopify(n), id=f"w{n}")
        ship(street, f"paris-{n}")
    await told(street, telling(street, book, books=books), wait=timedelta(0))
    assert len(books.heard) == 2
    assert len({subject.partition("-F")[0] for _, subject in books.heard}) == 1


class Dawdles(Listens):
    """So long that others might take what waits behind it."""

    def __init__(self, clock):
        super().__init__("all")
        self.clock = clock

    async def tell(self, event, at):
        self.clock.now += timedelta(minutes=6)
        return await super().tell(event, at)


async def test_what_a_long_round_does_not_come_to_is_told_in_the_next(street, book):
    books = Dawdles(street.clock)
    teller = telling(street, book, books=books)
    await street.hears(shopify(), id="w1")
    ship(street)
    await teller.round()
    assert books.heard == [("order.placed", "paris-2001")]
    assert [each.tries for each in book.latest(10) if each.state == DeliveryState.WAITING] == [0]
    await teller.round()
    assert [kind for kind, _ in books.heard] == ["order.placed", "fulfilment.shipped"]


def test_what_was_given_up_is_listed_for_one_who_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("ORDERKEEPER_DATA", str(tmp_path))
    monkeypatch.delenv("ORDERKEEPER_DATABASE_URL", raising=False)
    terminal = CliRunner()
    assert terminal.invoke(app, ["hooks", "list"]).exit_code == 0
    url = Settings.from_env(os.environ).database_url
    place(url, "1001")
    book = HookBook(url)
    book.fan_out(dict.fromkeys(("books", "tills"), lambda _event: True), NOW, 10)
    for delivery in book.take(NOW, 10):
        book.over(delivery, DeliveryState.DEAD, "gone", 410, NOW)
    for target, many in (("books", 1), ("nobody", 0)):
        listed = terminal.invoke(app, ["hooks", "list", "--dead", "--target", target, "--json"])
        assert [each["target"] for each in json.loads(listed.stdout)] == [target] * many


async def test_what_is_never_taken_is_given_up_and_can_be_told_again_by_hand(street, book):
    books = Listens("all", moods=[ShopUnavailable("books answers with 503.")] * MOST_TRIES)
    teller = telling(street, book, books=books)
    await street.hears(shopify(), id="w1")
    await told(street, teller, rounds=MOST_TRIES + 5)
    (dead,) = book.given_up(10)
    assert (dead.target, dead.tries) == ("books", MOST_TRIES)
    book.retry(dead.event.id, "books", "olga", street.clock())
    await told(street, teller)
    assert (len(books.heard), book.given_up(10)) == (1, [])


async def test_a_refusal_is_final_and_one_target_keeps_no_other_waiting(street, book):
    never, books = Listens("all", moods=[ActRefused("gone")]), Listens("all")
    teller = telling(street, book, never=never, books=books)
    await street.hears(shopify(), id="w1")
    await told(street, teller)
    assert len(books.heard) == 1
    assert [(each.target, each.why) for each in book.given_up(10)] == [("never", "gone")]


async def test_somebody_who_is_no_longer_written_down_is_not_waited_for(street, book):
    await street.hears(shopify(), id="w1")
    gone = telling(street, book, books=Listens("all", moods=[ShopUnavailable("no")]))
    await told(street, gone)
    await told(street, telling(street, book))
    assert book.given_up(10)[0].why == "Nobody of this name is told any more."


async def test_somebody_who_is_written_down_later_is_told_from_then_on(street, book):
    written: dict[str, Target] = {}
    teller = Telling(book, lambda: written, street.clock)
    await street.hears(shopify(), id="w1")
    await told(street, teller)
    written["books"] = books = Listens("all")
    ship(street)
    await told(street, teller)
    assert books.heard == [("fulfilment.shipped", "paris-2001-F1")]
