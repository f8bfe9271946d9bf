"""One real machine for the tests that only use it: `orders up` on a folder of its own."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from config.settings import Settings
from domain.act import ActResult
from domain.errors import NotFound
from domain.order import Order
from domain.view import OrderView, TaskView
from starter.carrying import Person
from starter.cli.shop import OpenShop, open_shop
from starter.clock import now
from starter.formats import FORMATS, read
from starter.placing import prepare
from tests.e2e.test_up import Machine

ANN = Person("Ann Packer", "warehouse")
PATIENCE_SECONDS = 180
# Each look costs a tenth of that, on the cores that the shop works with.
LOOK_SECONDS = 0.15


@dataclass
class Shop:
    """The running shop, as a door sees it."""

    open: OpenShop
    machine: Machine

    async def place(
        self, body: Any, format: str = "orderkeeper", shop: str = "", speed: float = 1.0
    ) -> ActResult:
        kind = FORMATS[format]
        result = None
        for record in read(json.dumps(body).encode(), kind, shop or kind.name):
            if record.error is not None:
                raise record.error
            assert record.order is not None
            result = await self.place_order(record.order, imported=kind.imported, speed=speed)
        assert result is not None
        return result

    async def place_order(self, order: Order, *, imported: bool, speed: float) -> ActResult:
        o = self.open
        placement = prepare(order, o.book, o.shelf, o.config, imported=imported, by="e2e", speed=speed)
        return await o.orders.place(order, placement)

    def view(self, number: str) -> OrderView:
        return self.open.desk.show(number)

    async def task(self, number: str, step: str) -> TaskView:
        """The open task of this step, as soon as it is open."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for task in self.open.desk.tasks("", self.now):
                    if task.order == number and task.step == step:
                        return task
                await asyncio.sleep(LOOK_SECONDS)

    async def pack(self, number: str) -> ActResult:
        task = await self.task(number, "pack")
        return await self.open.orders.answer(task.id, "packed", {"parcel_weight": "900"}, ANN)

    async def tell(self, number: str, event: str, *, id: str = "", **fields: str) -> ActResult:
        kinds = self.open.event_fields(event)
        return await self.open.orders.event(number, event, fields, kinds, Person("carrier"), id=id)

    async def until(self, number: str, seen) -> OrderView:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    view = self.view(number)
                    if seen(view):
                        return view
                except NotFound:
                    pass
                await asyncio.sleep(LOOK_SECONDS)

    async def end(self, number: str) -> OrderView:
        return await self.until(number, lambda view: view.row.state in ("completed", "cancelled"))

    @property
    def now(self):
        return now()


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    # Parcels here arrive within seconds: whether a mail comes in between is nobody's guess.
    running = Machine(tmp_path_factory.mktemp("e2e"), ORDERKEEPER_PARCEL_MAILS="no")
    running.hear("ready")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
async def shop(machine):
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(machine.data)})
    async with open_shop(settings, connected=True) as opened:
        for sku in ("TEAPOT", "CUP"):
            opened.stock_room.receive(sku, "1000", "main", sku.title(), "e2e", now())
        yield Shop(opened, machine)


def an_order(number: str, **changes: Any) -> dict[str, Any]:
    """Ada's order of two teapots, in our own format."""
    return {
        "number": number,
        "channel": "web",
        "placed_at": "2026-11-20T10:00:00Z",
        "currency": "EUR",
        "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
        "shipping_address": {
            "name": "Ada Lovelace",
            "line1": "Rue de la Paix 7",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
        },
        "delivery": {"method": "ship"},
        "lines": [{"sku": "TEAPOT", "title": "Teapot", "quantity": 2, "unit_price": "35.00"}],
        "shipping": {"amount": "4.90"},
        "total": "74.90",
        "payment": {"method": "card", "state": "due", "token": "tok_ok"},
    } | changes


@pytest.fixture(scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    """The shop with its screens, and a browser for whoever sits down at them."""
    # Only these tests need a browser.
    from playwright.async_api import expect  # noqa: PLC0415

    from tests.e2e.office import PATIENCE_MILLISECONDS, open_office  # noqa: PLC0415

    program = shutil.which("chromium")
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no `chromium` here; Debian's package of that name does")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with open_office(tmp_path_factory.mktemp("office"), program or "") as opened:
        opened.shop.open.stock_room.receive("TEAPOT", "1000", "main", "Teapot", "e2e", now())
        yield opened
