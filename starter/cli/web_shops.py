"""Where web shops meet adapters: what listens to them, settles what they say, and asks them."""

from collections.abc import Callable, Coroutine
from typing import Any

from adapters.database.desk.desk import Desk
from adapters.database.flow.flows import FlowShelf
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.shop.hook_book import HookBook
from adapters.database.shop.messages import ShopMessages
from adapters.database.shop.money import ShopMoney
from adapters.database.shop.parcels import ShopParcels
from adapters.listener.hook import Hook
from adapters.shop.shopify import Shopify
from adapters.shop.woocommerce import WooCommerce
from config.actions import actions_of
from config.current import CurrentShop
from config.settings import Settings
from config.web_shops import KnownShop, check_secrets, listeners, web_shops
from domain.web_shop import ShopSystem
from flow.shop import Shop
from starter.api.hooks import Sender
from starter.api.shop_hooks import shop_sender
from starter.cli.shop import Place
from starter.clock import now
from starter.orders import Orders
from starter.shops.backfill import Backfill
from starter.shops.reception import Reception
from starter.shops.settling import Settling
from starter.shops.telling import Target, Telling
from starter.shops.write_back import WriteBack

Run = Callable[[], Coroutine[Any, Any, None]]


def senders(settings: Settings) -> dict[str, Sender]:
    """
    The shops that are listened to: those with a secret.

    :raises SettingsRefused: a secret is set for a shop that is not written down.
    """
    check_secrets(settings)
    messages = ShopMessages(settings.database_url)
    known = web_shops(settings).values()
    return dict(shop_sender(each.shop, each.secrets, messages) for each in known if each.secrets)


def loops(settings: Settings, place: Place) -> tuple[Run, ...]:
    """What runs as long as the worker."""
    check_secrets(settings)
    told = Telling(HookBook(settings.database_url), targets(settings), now)
    if not web_shops(settings):
        return (told.run,)
    shop = CurrentShop(settings.config, actions_of(settings))
    return told.run, settling(settings, place, shop.now).run, backfill(settings).run


def targets(settings: Settings) -> dict[str, Target]:
    """
    Who is told what becomes of orders: listeners by their names, shops by theirs with `shop:` before them.

    :raises SettingsRefused: one of them has no secret.
    """
    parcels = ShopParcels(settings.database_url)
    told: dict[str, Target] = {
        f"shop:{name}": WriteBack(name, client_of(each), parcels)
        for name, each in web_shops(settings).items()
        if each.shop.write_back
    }
    return told | {name: Hook(each.listener, each.secrets) for name, each in listeners(settings).items()}


def backfill(settings: Settings) -> Backfill:
    """Of the shops that are to be asked."""
    asked = [each for each in web_shops(settings).values() if each.shop.backfill]
    lists = {each.shop.name: (each.shop, client_of(each)) for each in asked}
    return Backfill(lists, ShopMessages(settings.database_url), now)


def client_of(known: KnownShop) -> Shopify | WooCommerce:
    """A shop's own interface."""
    system = Shopify if known.shop.system == ShopSystem.SHOPIFY else WooCommerce
    return system.at(known.shop.name, known.shop.address, known.token)


def settling(settings: Settings, place: Place, shop: Callable[[], Shop]) -> Settling:
    """With no client: what is asked for is kept, and the relay carries it."""
    url = settings.database_url
    book, desk, messages = OrderBook(url), Desk(url), ShopMessages(url)
    orders = Orders(book, desk, now, None, place.task_queue)
    reception = Reception(
        messages, ShopMoney(url), orders, book, desk, FlowShelf(url), shop, now, place.speed
    )
    return Settling(messages, reception, now)
