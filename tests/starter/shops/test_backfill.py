"""Orders whose message never came are found in the shop's own list."""

from datetime import timedelta

import pytest

from adapters.shop.shopify import Shopify
from domain.errors import ShopUnavailable
from starter.shops.backfill import Backfill, Looked
from tests.doubles import web_shops
from tests.doubles.web_shops import TOKEN, Theirs
from tests.starter.shops.street import PARIS, at, shopify


@pytest.fixture
def theirs():
    return Theirs()


@pytest.fixture
def backfill(street, theirs):
    shop = Shopify.at("paris", "https://paris.example", TOKEN, web_shops.shopify(theirs))
    return Backfill(lambda: {"paris": (PARIS, shop)}, street.messages, street.clock)


def since(street):
    return street.clock() - timedelta(days=365)


async def test_what_never_came_is_placed_and_what_did_is_left_alone(street, backfill, theirs):
    theirs.orders = [shopify(n) for n in (2001, 2002, 2003)]
    await street.hears(theirs.orders[0], id="w1")
    assert await backfill.look("paris", since(street)) == Looked(3, 2)
    await street.look()
    assert street.numbers() == ["paris-2001", "paris-2002", "paris-2003"]
    assert await backfill.look("paris", since(street)) == Looked(3, 0)


async def test_a_cancellation_whose_message_never_came_is_found(street, backfill, theirs):
    await street.hears(shopify(), id="w1")
    theirs.orders = [shopify(cancelled_at=at(5), updated_at=at(5))]
    await backfill.look("paris", since(street))
    await street.look()
    assert street.book.act("shop.cancel:paris:5002001") is not None


async def test_the_next_look_begins_where_the_last_one_ended_with_some_overlap(street, backfill, theirs):
    await backfill.look("paris")
    begun = street.clock()
    street.clock.now += timedelta(hours=3)
    theirs.orders = [
        shopify(2001, updated_at=(begun - timedelta(hours=2)).isoformat()),
        shopify(2002, updated_at=(begun - timedelta(minutes=5)).isoformat()),
    ]
    assert await backfill.look("paris") == Looked(1, 1)


async def test_a_look_that_breaks_off_is_begun_again_from_where_it_was(street, backfill, theirs):
    theirs.orders = [shopify(n) for n in (2001, 2002, 2003)]
    theirs.moods = [503]
    with pytest.raises(ShopUnavailable):
        await backfill.look("paris", since(street))
    assert street.messages.read_until("paris") is None
    assert (await backfill.look("paris", since(street))).missed == 3


async def test_what_cannot_be_read_in_the_list_is_kept_for_a_person(street, backfill, theirs):
    theirs.orders = [{"id": {"odd": 1}, "updated_at": at(0)}]
    await backfill.look("paris", since(street))
    await street.look()
    assert street.messages.count_quarantined() == 1
