"""Orders under way, so many at once, each packed and delivered as soon as it waits for that."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from bench.doors import Doors
from domain.errors import OrderError
from domain.order import Order
from starter.ids import order_workflow

LOOK_SECONDS = 0.05
END = "completed"

Told = Callable[[int], None]


@dataclass(slots=True)
class Passed:
    """`answers` are the seconds that each staff answer took to be done and written down."""

    seconds: float = 0.0
    answers: list[float] = field(default_factory=list)


class Load:
    """`told` hears how many orders have ended, after each."""

    def __init__(self, doors: Doors, client: Client, books: Path, at_once: int, told: Told) -> None:
        self._doors = doors
        self._client = client
        self._books = books
        self._gate = asyncio.Semaphore(at_once)
        self._told = told
        self._mine: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        self._ended = 0
        self._passed = Passed()

    async def run(self, orders: Sequence[Order]) -> Passed:
        """
        Until every order has ended.

        :raises OrderError: one was not taken, or ended in another way.
        """
        self._mine = {order.number for order in orders}
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.TaskGroup() as group:
            people = group.create_task(self._people(group))
            lives = [group.create_task(self._live(order)) for order in orders]
            await asyncio.gather(*lives)
            people.cancel()
        self._passed.seconds = clock() - began
        return self._passed

    async def _live(self, order: Order) -> None:
        async with self._gate:
            await self._doors.place(order)
            end = await self._client.get_workflow_handle(order_workflow(order.number)).result()
        if end != END:
            raise OrderError(f"Order {order.number} ended {end}, not {END}.")
        self._ended += 1
        self._told(self._ended)

    async def _people(self, group: asyncio.TaskGroup) -> None:
        """Look at what waits, and see to it, each thing once."""
        with closing(sqlite3.connect(self._books)) as books:
            while True:
                self._see_to(group, books, self._doors.packing, self._pack)
                self._see_to(group, books, self._doors.travelling, self._doors.deliver)
                await asyncio.sleep(LOOK_SECONDS)

    def _see_to(
        self,
        group: asyncio.TaskGroup,
        books: sqlite3.Connection,
        query: str,
        do: Callable[[str, str], Awaitable[None]],
    ) -> None:
        for what, order in books.execute(query).fetchall():
            if order in self._mine and (query, what) not in self._seen:
                self._seen.add((query, what))
                group.create_task(_all(do(order, what)))

    async def _pack(self, number: str, what: str) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        await self._doors.pack(number, what)
        self._passed.answers.append(clock() - began)


async def _all(doing: Awaitable[None]) -> None:
    await doing
