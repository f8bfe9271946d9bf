"""Others are told what became of orders: each once, again until it is taken, or given up."""

import asyncio
import json
import os
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from adapters.database.engine import Database
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.order.listed import changed
from adapters.database.shop.hook_book import HookBook
from adapters.database.shop.parcels import ShopParcels
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import OrderEventRow
from adapters.shop.shopify import Shopify
from adapters.shop.woocommerce import WooCommerce
from config.settings import Settings
from domain.act import Outcome
from domain.errors import ActRefused, ShopUnavailable
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.money import Money
from domain.order import DeliveryMethod
from domain.order_event import SHIPPED, DeliveryState, Listener, OrderEvent
from starter.cli.main import app
from starter.shops.telling import MOST_TRIES, Target, Telling
from starter.shops.write_back import WriteBack
from tests.adapters.database.given import NOW, place
from tests.doubles import web_shops
from tests.doubles.web_shops import KEYS, TOKEN, Theirs
from tests.starter.shops.street import at, refund, shopify, woo
from tests.starter.shops.test_reception import take_over


class Listens:
    """Somebody who is told; `moods` go wrong first."""

    def __init__(self, *kinds, moods=(), shops=()):
        self.listener = Listener("books", "https://books.example", frozenset(kinds), frozenset(shops))
        self.moods = list(moods)
        self.heard = []

    def wants(self, event):
        return self.listener.wants(event)

    async def tell(self, event, _at):
        if self.moods:
            raise self.moods.pop(0)
        self.heard.append((event.kind, event.subject))
        return 200


@pytest.fixture
def book(street):
    return HookBook(street.url)


def telling(street, book, **targets):
    return Telling(book, lambda: targets, street.clock)


async def told(street, telling, rounds=1, wait=timedelta(days=1)):
    for _ in range(rounds):
        street.clock.now += wait
        while await telling.round():
            pass


def ship(street, number="paris-2001", tracking="1Z999AA10123456784", state=FulfilmentState.SHIPPED):
    line = FulfilmentLine(0, "KETTLE", Decimal(1))
    part = Fulfilment(
        f"{number}-F1",
        number,
        DeliveryMethod.SHIP,
        "main",
        "warehouse",
        (line,),
        Money(4000, "USD"),
        state=state,
        tracking=tracking,
        carrier="UPS",
    )
    with Database(street.url).write() as session:
        save_fulfilments(session, [part])


def parts(street, number, **quantities):
    """One for each state, of the first line."""
    total = Money(1000, street.book.sold(number).order.currency)
    made = [
        Fulfilment(
            f"{number}-F{n}",
            number,
            DeliveryMethod.SHIP,
            "main",
            "warehouse",
            (FulfilmentLine(0, "12", Decimal(quantity)),),
            total,
            state=FulfilmentState(state),
        )
        for n, (state, quantity) in enumerate(quantities.items(), 1)
    ]
    with Database(street.url).write() as session:
        save_fulfilments(session, made)


def end(street, number, state="cancelled"):
    """As the last batch of its workflow writes it."""
    with Database(street.url).write() as session:
        row = session.get_one(PlacedOrder, number)
        row.state, row.ended_at, row.end_title = state, street.clock(), "Called off"
        changed(session, number)


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


async def test_of_goods_by_the_metre_a_shop_is_told_the_pieces_that_were_begun(street):
    await street.knocks(woo(), id="w1")
    parts(street, "delft-900", shipped="0.5", fulfilled="0.5", open="0.5")
    shelf = ShopParcels(street.url)
    with shelf.read() as session:
        sent = session.exec(select(OrderEventRow).where(OrderEventRow.kind == "fulfilment.shipped")).all()
    told = [
        shelf.parcel(OrderEvent(each.id, each.order, each.kind, each.subject, each.data, NOW), "900", "")
        for each in sent
    ]
    assert [each.lines for each in told] == [(("1", 1),), (("1", 1),)]


async def test_parcels_that_look_alike_to_a_shop_count_once_it_has_taken_them(street, book):
    await street.knocks(woo(), id="w1")
    parts(street, "delft-900", shipped="0.5", fulfilled="1")
    book.fan_out(dict.fromkeys(("shop:delft", "books"), lambda event: event.kind == SHIPPED), NOW, 100)
    due = book.take(NOW, 100)
    first, second = (each for each in due if each.target == "shop:delft")
    shelf = ShopParcels(street.url)

    def alike():
        return [shelf.parcel(each.event, "900", "").alike_before for each in (first, second)]

    for delivery in due:
        if delivery.target == "books":
            book.over(delivery, DeliveryState.DELIVERED, "", 200, NOW)
    assert alike() == [0, 0]
    book.over(second, DeliveryState.DELIVERED, "", 0, NOW)
    assert alike() == [1, 0]
    book.over(first, DeliveryState.DEAD, "no", 0, NOW)
    assert alike() == [1, 0]


async def test_a_parcel_that_the_shop_refused_does_not_pass_for_another_like_it(street, book):
    theirs = Theirs(orders=[shopify()])
    theirs.orders[0]["line_items"][0]["quantity"] = 2
    teller = telling(street, book, **back_to_paris(street, theirs))
    await street.hears(shopify(), id="w1")
    parts(street, "paris-2001", shipped="1", fulfilled="1")
    theirs.moods = [422]
    await told(street, teller)
    (dead,) = book.given_up(10)
    assert len(theirs.fulfilments) == 1
    book.retry(dead.event.id, dead.target, "olga", street.clock())
    await told(street, teller)
    assert (len(theirs.fulfilments), book.given_up(10)) == (2, [])


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


async def test_a_token_that_is_not_taken_is_mended_and_nothing_is_lost(street, book):
    theirs = Theirs(orders=[shopify()])
    teller = telling(street, book, **back_to_paris(street, theirs))
    await street.hears(shopify(), id="w1")
    ship(street)
    theirs.moods = [401, 403]
    await told(street, teller, rounds=2)
    (waits,) = book.latest(10)
    assert (waits.state, waits.tries) == (DeliveryState.WAITING, 2)
    assert "does not take our token" in waits.why
    await told(street, teller)
    assert len(theirs.fulfilments) == 1


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


async def test_the_shop_is_told_what_has_left_by_its_own_ids_of_order_and_lines(street, book):
    theirs = Theirs(orders=[shopify()])
    client = Shopify.at("paris", "https://paris.example", TOKEN, web_shops.shopify(theirs))
    back = WriteBack("paris", client, ShopParcels(street.url))
    teller = telling(street, book, **{"shop:paris": back})
    await street.hears(shopify(), id="w1")
    theirs.moods = [503]
    ship(street)
    await told(street, teller, rounds=3)
    (done,) = theirs.fulfilments
    assert (done["items"], done["tracking_numbers"]) == (
        [{"id": 10, "quantity": 1}],
        ["1Z999AA10123456784"],
    )
    assert book.given_up(10) == []


def back_to_paris(street, theirs):
    client = Shopify.at("paris", "https://paris.example", TOKEN, web_shops.shopify(theirs))
    return {"shop:paris": WriteBack("paris", client, ShopParcels(street.url))}


def back_to_delft(street, theirs):
    client = WooCommerce.at("delft", "https://delft.example", KEYS, web_shops.woocommerce(theirs))
    return {"shop:delft": WriteBack("delft", client, ShopParcels(street.url))}


async def test_what_is_called_off_here_is_cancelled_in_the_shop_and_comes_back_as_nothing_new(street, book):
    theirs = Theirs(orders=[shopify()])
    teller = telling(street, book, **back_to_paris(street, theirs))
    await street.hears(shopify(), id="w1")
    end(street, "paris-2001")
    await told(street, teller, rounds=2)
    assert len(theirs.cancels) == 1
    # The shop now tells us of it, as of every cancellation.
    await street.hears(shopify(cancelled_at=at(5), updated_at=at(5)), id="w2")
    street.carried("shop.cancel:paris:5002001", Outcome.REFUSED, "Order paris-2001 has ended.")
    await street.look(timedelta(minutes=1))
    assert street.last().why == "called off before"
    assert street.incidents() == []
    await told(street, teller, rounds=2)
    assert len(theirs.cancels) == 1


@pytest.mark.parametrize(
    "gone", [{"cancelled_at": at(5), "updated_at": at(5)}, None], ids=["cancelled", "deleted"]
)
async def test_what_the_shop_called_off_itself_is_no_news_to_it(street, book, gone):
    theirs = Theirs(orders=[shopify(**gone)] if gone else [])
    teller = telling(street, book, **back_to_paris(street, theirs))
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(**gone) if gone else {"id": 5_002_001}, id="w2")
    end(street, "paris-2001")
    await told(street, teller, rounds=2)
    assert (theirs.cancels, theirs.asked, book.given_up(10)) == ([], [], [])


async def test_what_the_shop_could_not_call_off_and_we_did_later_is_news_to_it(street, book):
    theirs = Theirs(orders=[shopify()])
    teller = telling(street, book, **back_to_paris(street, theirs))
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(cancelled_at=at(5), updated_at=at(5)), id="w2")
    street.carried("shop.cancel:paris:5002001", Outcome.REFUSED, "A part of it has left.")
    end(street, "paris-2001")
    await told(street, teller, rounds=2)
    assert len(theirs.cancels) == 1


async def test_an_order_of_woocommerce_is_cancelled_and_never_completed(street, book):
    theirs = Theirs(orders=[woo() | {"status": "processing"}])
    teller = telling(street, book, **back_to_delft(street, theirs))
    await street.knocks(woo(), id="w1")
    end(street, "delft-900")
    await told(street, teller, rounds=2)
    assert theirs.orders[0]["status"] == "cancelled"


async def test_goods_taken_out_of_an_order_are_noted_once_in_the_shop(street, book):
    theirs = Theirs(orders=[woo() | {"status": "processing"}])
    teller = telling(street, book, **back_to_delft(street, theirs))
    await street.knocks(woo(), id="w1")
    parts(street, "delft-900", open="1", cancelled="0.5")
    await told(street, teller, rounds=2)
    assert theirs.notes == ["Not to be sent any more: 0.5 x 12 (delft-900-F2)"]


async def test_goods_that_go_another_way_are_not_called_off(street, book):
    theirs = Theirs(orders=[woo() | {"status": "processing"}])
    teller = telling(street, book, **back_to_delft(street, theirs))
    await street.knocks(woo(), id="w1")
    parts(street, "delft-900", open="1.5", cancelled="1.5")
    await told(street, teller, rounds=2)
    assert (theirs.notes, theirs.orders[0]["status"]) == ([], "processing")
