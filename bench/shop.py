"""The shop of one turn as its people see it: goods on the shelf, orders coming in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from config.settings import SHIPPED, Settings
from domain.errors import SettingsRefused
from domain.order import Order
from starter.cli.shop import OpenShop, open_shop
from starter.clock import now
from starter.formats import FORMATS, read

SAMPLE = SHIPPED / "samples" / "clean.json"
PLENTY = "1000000"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[OpenShop]:
    """Connected, and with goods for every order of `orders`."""
    async with open_shop(settings, connected=True) as shop:
        for line in _sample().lines:
            shop.stock_room.receive(line.sku, PLENTY, "main", line.title, "bench", now())
        yield shop


def orders(first: int, count: int) -> list[Order]:
    """Orders that nobody need look at but the packers, each of another customer."""
    sample = _sample()
    return [_again(sample, n) for n in range(first, first + count)]


def _again(sample: Order, n: int) -> Order:
    customer = replace(sample.customer, email=f"ada+{n}@example.org")
    return replace(sample, number=f"B{n:06}", placed_at=now(), customer=customer)


def _sample() -> Order:
    """:raises SettingsRefused: it cannot be taken."""
    record = next(read(SAMPLE.read_bytes(), FORMATS["orderkeeper"], ""))
    if record.order is None:
        raise SettingsRefused(f"{SAMPLE}: {record.error}")
    return record.order
