"""Real orders of other shops, as their interfaces tell them, run to an end with the right money."""

import json
from pathlib import Path

import pytest

from domain.act import HoldKind
from domain.errors import BadInput
from domain.money import Money
from starter.carrying import Person

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
SUPPORT = Person("Sue", "support")
pytestmark = pytest.mark.shared_data


def payload(name: str):
    file = SHARED / name
    if not file.exists():
        pytest.skip(f"{file} is not here: real payloads are not part of the project")
    return json.loads(file.read_text())


async def play(shop, number: str):
    """Whatever a shop's staff would do until the order ends."""
    view = shop.view(number)
    if "OTHER" in {hold.kind for hold in view.holds}:
        for line in view.lines:
            shop.open.stock_room.receive(line.sku, "50", "main", line.title, "e2e", shop.now)
        await shop.open.orders.release(number, HoldKind.OTHER, SUPPORT)
    await shop.pack(number)
    await shop.tell(number, "carrier.delivered")
    return await shop.end(number)


async def test_a_shopify_order_that_came_authorised_is_taken_once(shop):
    await shop.place(payload("shopify/order.json"), "shopify")

    view = await play(shop, "shopify-1001")

    assert view.row.state == "completed"
    assert view.captured == Money(40994, "USD")
    assert view.authorized == Money(40994, "USD")


async def test_an_open_woocommerce_order_that_is_paid_is_not_charged_again(shop):
    orders = payload("woocommerce/wp-api-v3-_orders-02-list-all-orders.json")
    paid = next(order for order in orders if order["status"] == "processing")
    await shop.place(paid, "woocommerce")

    view = await play(shop, f"woocommerce-{paid['number']}")

    assert view.row.state == "completed"
    assert [payment.kind for payment in view.payments] == ["received", "captured"]  # booked, not charged
    assert view.captured == Money(2935, "USD")


async def test_a_closed_order_is_refused_with_that_reason(shop):
    orders = payload("woocommerce/wp-api-v3-_orders-02-list-all-orders.json")
    closed = next(order for order in orders if order["status"] == "completed")

    with pytest.raises(BadInput, match="completed"):
        await shop.place(closed, "woocommerce")


async def test_an_order_without_lines_is_refused_with_that_reason(shop):
    with pytest.raises(BadInput, match="lines"):
        await shop.place(payload("shopify/orders.json"), "shopify")
