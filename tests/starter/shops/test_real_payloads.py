"""What real shops send is taken as messages, too."""

import json

import pytest

from tests.starter.formats.samples import shared

pytestmark = pytest.mark.shared_data


async def test_a_real_shopify_order_comes_once_whether_it_is_wrapped_or_not(street):
    wrapped = json.loads(shared("shopify/order.json"))
    assert await street.hears(wrapped, id="w1") == "order paris-1001 was placed"
    assert await street.hears(wrapped["order"] | {"note": "ring twice"}, id="w2") == "nothing to do"
    assert street.numbers() == ["paris-1001"]


async def test_a_real_shopify_refund_finds_its_order(street):
    await street.hears(json.loads(shared("shopify/order.json")), id="w1")
    told = await street.hears(json.loads(shared("shopify/refund.json")), id="w2", topic="refunds/create")
    assert told == "USD 209.00 given back: told finance"


async def test_each_of_a_real_shopify_list_is_placed_or_told_why_not(street):
    for n, order in enumerate(json.loads(shared("shopify/orders.json"))["orders"]):
        await street.hears(order, id=f"w{n}")
        assert street.last().state in ("settled", "quarantined")
        assert street.last().why


async def test_each_of_a_real_woocommerce_list_is_placed_or_told_why_not(street):
    said = [
        await street.knocks(order, id=f"w{n}")
        for n, order in enumerate(
            json.loads(shared("woocommerce/wp-api-v3-_orders-02-list-all-orders.json"))
        )
    ]
    assert said == ["order delft-727 was placed", "not taken on: the shop has completed it"]


@pytest.mark.parametrize("name", [f"properties_invalid{n}" for n in range(3)])
async def test_odd_lines_of_real_shops_are_taken_or_put_aside(street, name):
    item = shared(f"shopify/odd-line-items/{name}.json").decode()
    body = json.dumps(json.loads(shared("shopify/order.json"))["order"] | {"line_items": ["LINE"]})
    await street.hears(body.replace('"LINE"', item).encode(), id="w1")
    assert street.last().state in ("settled", "quarantined")
