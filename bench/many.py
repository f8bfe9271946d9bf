"""What open orders weigh: placed until each waits for its packer, and left there."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.doors import OurDoors
from bench.kinds import OURS
from bench.load import Told
from bench.machine import running
from bench.processes import Usage
from bench.shop import opened, orders
from domain.order import Order
from worker import CACHED_ORDERS

WAITING = "SELECT count(*) FROM wait WHERE closed_at IS NULL AND kind = 'ask'"
LOOK_SECONDS = 0.2
AT_ONCE = 50
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Weights:
    """
    Bytes an open order, with `count` of them: of a server's memory, of a worker's memory for each it
    keeps there (`cached` at most), and on disk in both files.
    """

    count: int
    cached: int
    server: float
    worker: float
    disk: float

    def at(self, count: int) -> float:
        """Bytes of memory an open order with `count` of them, worked out from those measured."""
        return self.server + self.worker * min(count, self.cached) / count


async def weigh(data: Path, count: int, seconds: float, told: Told) -> Weights:
    """
    As many open orders as there can be in `seconds`, `count` at most.

    :raises OrderError: a part does not come up, or an order is not taken.
    """
    async with running(OURS, data) as settings, opened(settings) as shop:
        doors = OurDoors(shop)
        books = data / "orderkeeper.db"
        await _place(doors, books, orders(0, WARM_UP), lambda _: None)
        before, disk = processes.usage(), _disk(data)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _place(doors, books, orders(WARM_UP, count), told)
        after, opened_now = processes.usage(), _waiting(books) - WARM_UP
        return Weights(
            count=opened_now,
            cached=CACHED_ORDERS,
            server=_grown(before, after, "server") / opened_now,
            worker=_grown(before, after, "worker") / min(opened_now, CACHED_ORDERS - WARM_UP),
            disk=(_disk(data) - disk) / opened_now,
        )


async def _place(doors: OurDoors, books: Path, wanted: Sequence[Order], told: Told) -> None:
    """Until all of them wait for their packers."""
    gate = asyncio.Semaphore(AT_ONCE)
    before = _waiting(books)

    async def one(order: Order) -> None:
        async with gate:
            await doors.place(order)

    async with asyncio.TaskGroup() as group:
        for order in wanted:
            group.create_task(one(order))
        while (there := _waiting(books) - before) < len(wanted):
            told(there)
            await asyncio.sleep(LOOK_SECONDS)


def _grown(before: Mapping[str, Usage], after: Mapping[str, Usage], part: str) -> int:
    return after[part].memory - before[part].memory


def _disk(data: Path) -> int:
    return sum(path.stat().st_size for path in data.glob("*.db*"))


def _waiting(books: Path) -> int:
    with closing(sqlite3.connect(books)) as opened_books:
        waiting: int = opened_books.execute(WAITING).fetchone()[0]
    return waiting
