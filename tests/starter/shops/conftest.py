"""A street with two shops."""

import pytest

from adapters.database.flow.flows import FlowShelf
from adapters.database.shop.hook_book import HookBook
from adapters.database.stock.room import StockRoom
from config.settings import Settings
from flow.model import dumps
from starter.cli.shop import shop_of
from tests.adapters.database.given import NOW
from tests.goods import ship_by
from tests.starter.shops.street import Street


@pytest.fixture(scope="session")
def shop():
    return shop_of(Settings.from_env({}))


@pytest.fixture
def street(sqlite_database, shop):
    url = sqlite_database.url
    FlowShelf(url).publish([dumps(flow) for flow in shop.flows.values()], "olga", "first", NOW)
    room = StockRoom(url, ship_by)
    for sku in ("KETTLE", "78", "12"):
        room.receive(sku, "5000", "main", sku, "buyer", NOW)
    return Street(url, shop)


@pytest.fixture
def book(street):
    return HookBook(street.url)
