"""Where web shops meet adapters: what listens to them, settles what they say, and asks them."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
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
from config.settings import Settings
from config.shop import read_shop
from config.web_shops import Current, KnownShop, listeners, shops
from domain.web_shop import ShopSystem, WebShop
from flow.shop import Shop
from starter.api.hooks import Sender
from starter.api.shop_hooks import shop_sender
from starter.cli.shop import Place
from starter.clock import now
from starter.orders import Orders
from starter.shops.backfill import Backfill, ShopList
from starter.shops.reception import Reception
from starter.shops.settling import Settling
from starter.shops.telling import Target, Telling
from starter.shops.write_back import WriteBack

Run = Callable[[], Coroutine[Any, Any, None]]


def senders(settings: Settings, shop: Callable[[], Shop]) -> Callable[[], dict[str, Sender]]:
    """
    The shops that are listened to, as they are written down whenever it is asked: those with a secret.

    :raises SettingsRefused: a secret is missing, or set for somebody who is not written down.
    """
    messages = ShopMessages(settings.database_url)
    current = Current(settings, shop, shops)

    def now_() -> dict[str, Sender]:
        listened = [each for each in current.now().values() if each.secrets]
        return dict(shop_sender(each.shop, each.secrets, messages) for each in listened)

    return now_


def loops(settings: Settings, place: Place, shop: Callable[[], Shop]) -> tuple[Run, ...]:
    """
    What runs as long as the worker; `shop` is the config folder as it stands.

    :raises SettingsRefused: a secret is missing, or set for somebody who is not written down.
    """
    theirs = Current(settings, shop, shops).now
    told = Telling(HookBook(settings.database_url), targets(settings, shop, theirs), now)
    return told.run, settling(settings, place, shop).run, _backfill(settings, theirs).run


def targets(
    settings: Settings, shop: Callable[[], Shop], theirs: Callable[[], Mapping[str, KnownShop]]
) -> Callable[[], dict[str, Target]]:
    """
    Who is told what becomes of orders: listeners by their names, shops by theirs after `shop:`.

    :raises SettingsRefused: a listener has no secret.
    """
    parcels = ShopParcels(settings.database_url)
    current = Current(settings, shop, listeners)

    def now_() -> dict[str, Target]:
        back = {name: each for name, each in theirs().items() if each.shop.write_back}
        told: dict[str, Target] = {
            f"shop:{name}": WriteBack(name, client_of(each), parcels) for name, each in back.items()
        }
        return told | {name: Hook(each.listener, each.secrets) for name, each in current.now().items()}

    return now_


def backfill(settings: Settings) -> Backfill:
    """
    Of the shops that are to be asked.

    :raises SettingsRefused: one of them has no token.
    """
    written = read_shop(settings.config, actions_of(settings))
    return _backfill(settings, partial(shops, settings, written))


def _backfill(settings: Settings, theirs: Callable[[], Mapping[str, KnownShop]]) -> Backfill:
    def now_() -> dict[str, tuple[WebShop, ShopList]]:
        asked = [each for each in theirs().values() if each.shop.backfill]
        return {each.shop.name: (each.shop, client_of(each)) for each in asked}

    return Backfill(now_, ShopMessages(settings.database_url), now)


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
