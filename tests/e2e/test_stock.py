"""The stock of a running shop: what other shops call our goods, and who hears that they run out."""

import asyncio

from domain.act import HoldKind
from starter.carrying import Person
from tests.e2e.conftest import PATIENCE_SECONDS, an_order
from tests.starter.formats.samples import SHOPIFY, changed

SUPPORT = Person("Sue", "support")


async def test_an_imported_order_of_unknown_goods_goes_on_once_they_are_mapped_and_it_is_released(shop):
    await shop.place(changed(SHOPIFY, "name", "#7001"), "shopify", "stock-shop")
    view = shop.view("stock-shop-7001")
    assert [hold.kind for hold in view.holds] == ["OTHER"]
    for line in view.lines:
        shop.open.stock_room.map_sku(line.sku, "CUP", "e2e", shop.now)
    await shop.open.orders.release("stock-shop-7001", HoldKind.OTHER, SUPPORT)
    await shop.pack("stock-shop-7001")
    view = await shop.until("stock-shop-7001", lambda view: view.row.fulfilment == "fulfilled")
    assert {sku for part in view.fulfilments for sku, _ in part.lines} == {"CUP"}


async def test_the_buyers_are_written_to_when_the_last_one_is_promised(shop):
    shop.open.stock_room.receive("PLATE", "2", "main", "Plate", "e2e", shop.now)
    plates = [{"sku": "PLATE", "title": "Plate", "quantity": 2, "unit_price": "35.00"}]
    await shop.place(an_order("stock-1", lines=plates))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(row.told_at for row in shop.open.stock_room.told(9) if row.sku == "PLATE"):
            await asyncio.sleep(0.1)
