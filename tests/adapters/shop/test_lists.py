"""The shops' own interfaces, asked as they want to be: lists of orders, and parcels told of."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.shop.shopify import Shopify
from adapters.shop.woocommerce import PARCELS, WooCommerce
from domain.errors import ActRefused, NotFound, SettingsRefused, ShopUnavailable
from domain.web_shop import Parcel
from tests.doubles import web_shops
from tests.doubles.web_shops import KEYS, TOKEN, Theirs

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
PARCEL = Parcel("paris-7-F1", "7", (("1", 2),), "UPS", "1Z999AA10123456784", "https://ups.example/1Z")


@pytest.fixture
def theirs():
    return Theirs()


def paris(theirs, token=TOKEN):
    return Shopify.at("paris", "https://paris.example", token, web_shops.shopify(theirs))


def delft(theirs, token=KEYS):
    return WooCommerce.at("delft", "https://delft.example", token, web_shops.woocommerce(theirs))


async def ids(shop):
    return [[json.loads(body)["id"] for body in page] async for page in shop.changed_since(SINCE)]


async def test_shopifys_list_is_read_page_by_page_to_its_end(theirs):
    theirs.orders = [{"id": n, "updated_at": f"2026-11-2{n}T00:00:00+00:00"} for n in (3, 1, 2, 4, 5)]
    theirs.orders.append({"id": 9, "updated_at": "2026-11-19T00:00:00+00:00"})
    assert await ids(paris(theirs)) == [[1, 2], [3, 4], [5]]


async def test_woocommerces_list_is_read_page_by_page_to_its_end(theirs):
    theirs.orders = [
        {"id": n, "date_modified_gmt": f"2026-11-21T00:{n // 60:02}:{n % 60:02}"} for n in range(250)
    ]
    pages = await ids(delft(theirs))
    assert [len(page) for page in pages] == [100, 99, 51]
    assert [id for page in pages for id in page] == list(range(250))


async def test_an_order_changed_while_woocommerces_list_is_read_hides_no_other(theirs):
    theirs.orders = [
        {"id": n, "date_modified_gmt": f"2026-11-21T00:{n // 60:02}:{n % 60:02}"} for n in range(150)
    ]
    seen = set()
    async for page in delft(theirs).changed_since(SINCE):
        seen |= {json.loads(body)["id"] for body in page}
        for order in theirs.orders[:5]:
            order["date_modified_gmt"] = "2026-11-21T09:00:00"
    assert seen == set(range(150))


async def test_many_orders_changed_in_one_second_are_all_read(theirs):
    theirs.orders = [{"id": n, "date_modified_gmt": "2026-11-21T00:00:00"} for n in range(250)]
    assert sorted(id for page in await ids(delft(theirs)) for id in page) == list(range(250))


@pytest.mark.parametrize("shop", [paris, delft])
async def test_a_token_that_is_not_taken_says_so_and_trouble_is_tried_again(theirs, shop):
    with pytest.raises(SettingsRefused, match="does not take our token"):
        await ids(shop(theirs, "of somebody else"))
    for status in (500, 502, 302):
        theirs.moods = [status]
        with pytest.raises(ShopUnavailable):
            await ids(shop(theirs))
    theirs.moods = [429]
    with pytest.raises(ShopUnavailable) as limited:
        await ids(shop(theirs))
    assert limited.value.again_after == timedelta(seconds=7)


async def test_a_shop_that_answers_nonsense_or_nothing_is_not_there():
    def nonsense(_request):
        return httpx.Response(200, content=b"<html>")

    def nothing(request):
        raise httpx.ConnectTimeout("no", request=request)

    for answer in (nonsense, nothing):
        shop = Shopify.at("paris", "https://paris.example", TOKEN, httpx.MockTransport(answer))
        with pytest.raises(ShopUnavailable):
            await ids(shop)


async def test_shopify_is_told_once_of_a_parcel_with_its_lines_and_number(theirs):
    theirs.orders = [{"id": 7, "line_items": [{"id": 1, "quantity": 3}, {"id": 2, "quantity": 1}]}]
    for _ in range(2):
        await paris(theirs).shipped(PARCEL)
    (told,) = theirs.fulfilments
    assert told["items"] == [{"id": 10, "quantity": 2}]
    assert told["tracking_numbers"] == ["1Z999AA10123456784"]
    await paris(theirs).shipped(Parcel("paris-7-F2", "7", (("1", 1), ("2", 1))))
    with pytest.raises(ActRefused, match="nothing left to ship"):
        await paris(theirs).shipped(Parcel("paris-7-F3", "7", (("1", 1),)))
    assert len(theirs.fulfilments) == 2


async def test_woocommerce_is_told_once_of_a_parcel_and_completes_the_order(theirs):
    theirs.orders = [{"id": 7, "status": "processing", "meta_data": []}]
    for _ in range(2):
        await delft(theirs).shipped(PARCEL)
    assert theirs.notes == ["Shipped: UPS 1Z999AA10123456784 https://ups.example/1Z (paris-7-F1)"]
    (meta,) = theirs.orders[0]["meta_data"]
    assert (meta["key"], meta["value"][0]["tracking"]) == (PARCELS, "1Z999AA10123456784")
    await delft(theirs).completed("7")
    assert theirs.orders[0]["status"] == "completed"
    theirs.orders[0]["status"] = "refunded"
    await delft(theirs).completed("7")
    assert theirs.orders[0]["status"] == "refunded"


async def test_an_order_the_shop_does_not_know_is_refused(theirs):
    for shop in (paris(theirs), delft(theirs)):
        with pytest.raises(NotFound):
            await shop.shipped(PARCEL)


async def test_goods_that_shopify_keeps_at_two_places_are_told_place_by_place(theirs):
    lines = [{"id": 1, "quantity": 3, "place": 1}, {"id": 2, "quantity": 1, "place": 2}]
    theirs.orders = [{"id": 7, "line_items": lines}]
    parcel = Parcel("paris-7-F1", "7", (("1", 2), ("2", 1)), "UPS", "1Z999AA10123456784")
    theirs.losing = 1
    with pytest.raises(ShopUnavailable):
        await paris(theirs).shipped(parcel)
    for _ in range(2):
        await paris(theirs).shipped(parcel)
    assert [each["items"] for each in theirs.fulfilments] == [
        [{"id": 10, "quantity": 2}],
        [{"id": 20, "quantity": 1}],
    ]


async def test_parcels_without_a_number_are_told_apart_by_what_is_in_them(theirs):
    theirs.orders = [{"id": 7, "line_items": [{"id": 1, "quantity": 3}]}]
    first, second = (Parcel(f"paris-7-F{n}", "7", (("1", 1),), alike_before=n - 1) for n in (1, 2))
    theirs.losing = 1
    with pytest.raises(ShopUnavailable):
        await paris(theirs).shipped(first)
    for parcel in (first, second, second, first):
        await paris(theirs).shipped(parcel)
    assert [each["items"] for each in theirs.fulfilments] == [[{"id": 10, "quantity": 1}]] * 2


async def test_a_parcel_that_the_shop_shipped_in_part_itself_is_told_once(theirs):
    theirs.orders = [{"id": 7, "line_items": [{"id": 1, "quantity": 1}]}]
    for _ in range(2):
        await paris(theirs).shipped(PARCEL)  # holds two
    assert [each["items"] for each in theirs.fulfilments] == [[{"id": 10, "quantity": 1}]]
