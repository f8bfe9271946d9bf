"""The ways in: how an order is placed, packed and delivered, in our shop and in one made by hand."""

import asyncio
from functools import cached_property
from typing import Protocol

from temporalio.client import Client

from bench.gates import Gates, Placed
from bench.kinds import Kind
from domain.act import ActResult, Outcome
from domain.errors import OrderError
from domain.facts import order_facts
from domain.order import Buyer, Order
from domain.placement import Placement
from starter.carrying import Person
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.ids import order_workflow
from starter.placing import prepare

PACKER = Person("Rosie the Riveter", "warehouse")
CARRIER = Person("bench", "carrier")
DELIVERED = "carrier.delivered"


class Doors(Protocol):
    """`packing` and `travelling` are asked of the books: parcel or task -> order."""

    packing: str
    travelling: str

    async def place(self, order: Order) -> None: ...

    async def pack(self, number: str, what: str) -> None: ...

    async def deliver(self, number: str, what: str) -> None: ...


class OurDoors:
    """:raises OrderError: from every method, when something is refused."""

    packing = """SELECT id, "order" FROM wait WHERE closed_at IS NULL AND kind = 'ask'"""
    travelling = """SELECT lane, "order" FROM wait WHERE closed_at IS NULL AND kind = 'event'"""

    def __init__(self, shop: OpenShop) -> None:
        self._shop = shop

    async def place(self, order: Order) -> None:
        placement = await asyncio.to_thread(prepared, self._shop, order)
        _taken(await self._shop.orders.place(order, placement))

    async def pack(self, number: str, what: str) -> None:
        _taken(await self._shop.orders.answer(what, "packed", {"parcel_weight": "400"}, PACKER))

    async def deliver(self, number: str, what: str) -> None:
        _taken(await self._shop.orders.event(number, DELIVERED, {}, self._fields, CARRIER, fulfilment=what))

    @cached_property
    def _fields(self) -> dict[str, str]:
        return dict(self._shop.event_fields(DELIVERED))


class OtherDoors:
    """The order is kept in the same books; then its workflow is started, asked and told."""

    packing = """SELECT id, "order" FROM fulfilment WHERE state = 'open'"""
    travelling = """SELECT lane, "order" FROM notice WHERE template = 'shipped' AND state = 'sent'"""

    def __init__(self, shop: OpenShop, kind: Kind) -> None:
        self._shop = shop
        self._workflow = kind.workflow

    async def place(self, order: Order) -> None:
        placement = await asyncio.to_thread(prepared, self._shop, order)
        await asyncio.to_thread(self._shop.book.place, order, placement, now())
        await self._client.start_workflow(
            self._workflow,
            Placed(order.number, order_facts(order, Buyer())),
            id=order_workflow(order.number),
            task_queue=self._shop.place.task_queue,
        )

    async def pack(self, number: str, what: str) -> None:
        handle = self._client.get_workflow_handle(order_workflow(number))
        await handle.execute_update(Gates.packed)

    async def deliver(self, number: str, what: str) -> None:
        handle = self._client.get_workflow_handle(order_workflow(number))
        await handle.signal(Gates.delivered)

    @property
    def _client(self) -> Client:
        return self._shop.temporal()


def doors_of(shop: OpenShop, kind: Kind) -> Doors:
    return OtherDoors(shop, kind) if kind.workflow else OurDoors(shop)


def prepared(shop: OpenShop, order: Order) -> Placement:
    return prepare(order, shop.book, shop.shelf, shop.config, imported=False, by="bench")


def _taken(result: ActResult) -> None:
    """What is kept is carried by the worker's relay: on a busy machine, an order may take so long."""
    if result.outcome == Outcome.REFUSED:
        raise OrderError(f"{result.outcome}: {result.why}")
