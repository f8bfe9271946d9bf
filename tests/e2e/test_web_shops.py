"""What a web shop tells of an order reaches its workflow: placed, given back, called off, too late."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from adapters.database.reconcile.auditor import Auditor
from adapters.database.shop.messages import ShopMessages
from adapters.database.shop.parcels import ShopParcels
from adapters.database.tables.shops import OrderEventRow
from adapters.shop.shopify import Shopify
from domain.money import Money
from domain.order_event import OrderEvent
from domain.web_shop import MessageState, ShopMessage, ShopSystem, cancel_id
from starter.carrying import Person
from starter.cli.web_shops import settling
from starter.shops.write_back import WriteBack
from tests.doubles import web_shops
from tests.doubles.web_shops import TOKEN, Theirs
from tests.starter.shops.street import at, refund, shopify

PARIS = "e2e-paris"


@pytest.fixture
def tells(shop):
    """A message of the shop, looked at until it rests or is over."""
    url = shop.open.settings.database_url
    messages, worker = (
        ShopMessages(url),
        settling(shop.open.settings, shop.open.place, lambda: shop.open.config),
    )

    async def tell(body, id):
        key = f"{PARIS}:{id}:0"
        now = shop.now - timedelta(seconds=1)
        messages.keep(
            ShopMessage(key, PARIS, ShopSystem.SHOPIFY, "", json.dumps(body), MessageState.WAITING, now)
        )
        await worker.round()
        return messages.message(key).why

    return tell


def an_order(n):
    return shopify(n, line_items=[{**shopify()["line_items"][0], "sku": "TEAPOT"}], total_price="42.40")


async def test_an_order_called_off_in_the_shop_gives_back_only_what_the_shop_has_not(shop, tells):
    order, number = an_order(41), f"{PARIS}-41"
    assert await tells(order, "w1") == f"order {number} was placed"
    await shop.task(number, "pack")
    given = refund(order, 71, "10.00")
    gone = order | {"cancelled_at": at(3), "updated_at": at(3), "refunds": [given]}
    await tells(gone, "w2")
    view = await shop.end(number)
    assert view.row.state == "cancelled"
    refunds = [each.amount for each in view.payments if each.kind == "refunded"]
    assert sorted(refunds, key=lambda each: each.minor) == [Money(1000, "USD"), Money(3240, "USD")]
    found = Auditor(shop.open.settings.database_url).differences(shop.now)
    assert [each for each in found if number in each.subject] == []


async def test_an_order_that_has_left_is_not_called_off_and_support_hears_of_it(shop, tells):
    order, number = an_order(42), f"{PARIS}-42"
    await tells(order, "w3")
    await shop.pack(number)
    await shop.until(number, lambda view: view.fulfilments and view.fulfilments[0].tracking)
    await tells(order | {"cancelled_at": at(3), "updated_at": at(3)}, "w4")
    act = f"shop.cancel:{PARIS}:{order['id']}"
    await shop.until(number, lambda _: shop.open.book.act(act).result is not None)
    await tells(order | {"cancelled_at": at(3), "updated_at": at(4)}, "w5")
    view = shop.view(number)
    assert [each.title for each in view.incidents] == ["Cancelled in the shop, and not here"]


async def test_an_order_called_off_here_is_cancelled_in_the_shop_whose_message_then_changes_nothing(
    shop, tells
):
    order, number = an_order(43), f"{PARIS}-43"
    await tells(order, "w6")
    await shop.task(number, "pack")
    await shop.open.orders.cancel(number, Person("Sue", "support"), "The customer rang")
    assert (await shop.end(number)).row.state == "cancelled"
    theirs = Theirs(orders=[order])
    await write_back(shop, number, theirs)
    assert len(theirs.cancels) == 1
    gone = order | {"cancelled_at": at(3), "updated_at": at(3)}
    await tells(gone, "w7")
    act = cancel_id(PARIS, str(order["id"]))
    await shop.until(number, lambda _: shop.open.book.act(act).result is not None)
    assert await tells(gone | {"updated_at": at(4)}, "w8") == "called off before"
    assert list(shop.view(number).incidents) == []


async def write_back(shop, number, theirs):
    """Whatever the shop wants to hear of an order, as the worker tells it."""
    url = shop.open.settings.database_url
    client = Shopify.at(PARIS, "https://paris.example", TOKEN, web_shops.shopify(theirs))
    back = WriteBack(PARIS, client, ShopParcels(url))
    with ShopParcels(url).read() as session:
        rows = session.exec(select(OrderEventRow).where(OrderEventRow.order == number)).all()
    for row in rows:
        event = OrderEvent(row.id, row.order, row.kind, row.subject, row.data, shop.now, PARIS)
        if back.wants(event):
            await back.tell(event, shop.now)
