"""One turn: a fresh machine, a few orders to warm up, then the orders that count."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from temporalio.client import Client

from bench import history, processes
from bench.doors import doors_of
from bench.kinds import Kind
from bench.load import Load, Told
from bench.machine import running
from bench.shop import opened, orders
from domain.order import Order
from starter.ids import order_workflow

WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Size:
    orders: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All but `per_second` and `answers` are for one order; `cpu` is seconds, by part."""

    per_second: float
    cpu: dict[str, float]
    events: float
    actions: float
    bytes: float
    kinds: Counter[str]
    answers: Sequence[float]

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())


async def take(kind: Kind, data: Path, size: Size, told: Told) -> Figures:
    """
    :raises OrderError: a part does not come up, or an order does not end as it should.
    """
    books = data / "orderkeeper.db"
    async with running(kind, data) as settings, opened(settings) as shop:
        client, doors = shop.temporal(), doors_of(shop, kind)
        await Load(doors, client, books, WARM_UP, lambda _: None).run(orders(0, WARM_UP))
        counted = orders(WARM_UP, size.orders)
        before = processes.usage()
        passed = await Load(doors, client, books, size.at_once, told).run(counted)
        after = processes.usage()
        left = await _left(client, counted)
    cpu = {
        part: (used.cpu_seconds - before[part].cpu_seconds) / size.orders for part, used in after.items()
    }
    kinds = sum((each.kinds for each in left), Counter[str]())
    return Figures(
        per_second=size.orders / passed.seconds,
        cpu=cpu,
        events=mean(each.events for each in left),
        actions=mean(each.actions for each in left),
        bytes=mean(each.size for each in left),
        kinds=kinds,
        answers=passed.answers,
    )


async def _left(client: Client, counted: Sequence[Order]) -> list[history.Left]:
    gate = asyncio.Semaphore(10)

    async def one(order: Order) -> history.Left:
        async with gate:
            return await history.left_by(client, order_workflow(order.number))

    return await asyncio.gather(*map(one, counted))
