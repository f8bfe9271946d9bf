"""The web shop that an order came from is told what has left of it, and what was called off."""

from datetime import timedelta

import pytest
from sqlmodel import select

from adapters.database.shop.parcels import ShopParcels
from adapters.database.tables.shops import OrderEventRow
from adapters.shop.shopify import Shopify
from adapters.shop.woocommerce import WooCommerce
from domain.act import Outcome
from domain.order_event import SHIPPED, DeliveryState, OrderEvent
from starter.shops.write_back import WriteBack
from tests.adapters.database.given import NOW
from tests.doubles import web_shops
from tests.doubles.web_shops import KEYS, TOKEN, Theirs
from tests.starter.shops.events import end, parts, ship, telling, told
from tests.starter.shops.street import at, shopify, woo


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
