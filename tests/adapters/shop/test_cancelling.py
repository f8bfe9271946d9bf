"""A shop is told that an order of its own was called off: once, and with no money moved by it."""

import pytest

from adapters.shop.shopify import Shopify
from adapters.shop.woocommerce import WooCommerce
from domain.errors import ActRefused, NotFound, ShopUnavailable
from tests.doubles import web_shops
from tests.doubles.web_shops import KEYS, TOKEN, Theirs


@pytest.fixture
def theirs():
    return Theirs()


@pytest.fixture
def paris(theirs):
    return Shopify.at("paris", "https://paris.example", TOKEN, web_shops.shopify(theirs))


@pytest.fixture
def delft(theirs):
    return WooCommerce.at("delft", "https://delft.example", KEYS, web_shops.woocommerce(theirs))


def asked_to_change(theirs):
    return [each for each in theirs.asked if not each.startswith("GET")]


async def test_shopify_cancels_with_no_refund_and_no_mail_and_sells_the_goods_again(theirs, paris):
    theirs.orders = [{"id": 7, "financial_status": "paid"}]
    for _ in range(2):
        await paris.cancelled("7")
    assert theirs.cancels == [{"reason": "other", "email": False, "restock": True}]


@pytest.mark.parametrize(
    "standing",
    [
        {"cancelled_at": "2026-11-20T00:00:00Z"},
        {"closed_at": "2026-11-20T00:00:00Z"},
        {"fulfillment_status": "fulfilled"},
    ],
)
async def test_shopify_is_left_alone_with_an_order_that_is_over(theirs, paris, standing):
    theirs.orders = [{"id": 7, **standing}]
    await paris.cancelled("7")
    assert asked_to_change(theirs) == []


@pytest.mark.parametrize("status", ["completed", "cancelled", "refunded", "failed", "trash", "made-up"])
async def test_woocommerce_is_left_alone_with_an_order_that_is_over(theirs, delft, status):
    theirs.orders = [{"id": 7, "status": status}]
    await delft.cancelled("7")
    assert (asked_to_change(theirs), theirs.orders[0]["status"]) == ([], status)


@pytest.mark.parametrize("status", ["pending", "on-hold", "processing"])
async def test_woocommerce_cancels_an_order_that_is_under_way(theirs, delft, status):
    theirs.orders = [{"id": 7, "status": status}]
    for _ in range(2):
        await delft.cancelled("7")
    assert theirs.orders[0]["status"] == "cancelled"
    assert asked_to_change(theirs) == ["PUT /wp-json/wc/v3/orders/7"]


async def test_an_order_that_the_shop_does_not_show_us_is_for_a_person(paris, delft):
    for shop in (paris, delft):
        with pytest.raises(NotFound):
            await shop.cancelled("7")


async def test_a_lost_answer_is_asked_about_and_nothing_is_done_twice(theirs, paris, delft):
    theirs.orders = [{"id": 7, "status": "processing"}]
    for shop in (paris, delft):
        theirs.losing = 1
        with pytest.raises(ShopUnavailable):
            await shop.cancelled("7")
        await shop.cancelled("7")
    assert len(theirs.cancels) == 1
    assert len(asked_to_change(theirs)) == 2


async def test_what_shopify_has_shipped_in_part_is_for_a_person(theirs, paris):
    theirs.orders = [{"id": 7, "financial_status": "paid", "fulfillment_status": "partial"}]
    theirs.fulfilments = [{"order": "7", "items": []}]
    with pytest.raises(ActRefused, match="Order 7 is not cancelled: a part of it has left there"):
        await paris.cancelled("7")


async def test_one_who_cancels_it_at_the_same_moment_has_done_it(theirs, paris):
    theirs.orders = [{"id": 7}]
    theirs.moods = [0, 422]
    theirs.meanwhile = lambda: theirs.orders[0].update(cancelled_at="2026-11-22T00:00:00Z")
    await paris.cancelled("7")
    assert theirs.cancels == []


async def test_a_shop_that_answers_with_no_order_is_asked_again(theirs, delft):
    theirs.orders = [{"id": 7, "status": "processing"}]
    theirs.moods = [200]
    with pytest.raises(ShopUnavailable):
        await delft.cancelled("7")


async def test_woocommerces_people_read_once_what_will_not_be_sent(theirs, delft):
    theirs.orders = [{"id": 7, "status": "processing"}]
    theirs.losing = 1
    with pytest.raises(ShopUnavailable):
        await delft.called_off("7", "1 x KETTLE (delft-7-F2)")
    await delft.called_off("7", "1 x KETTLE (delft-7-F2)")
    assert theirs.notes == ["Not to be sent any more: 1 x KETTLE (delft-7-F2)"]


async def test_shopify_has_no_place_for_what_will_not_be_sent(theirs, paris):
    await paris.called_off("7", "1 x KETTLE (paris-7-F2)")
    assert theirs.asked == []
