"""Plays sample orders through a shop that runs, with simulated staff, until every one has ended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.act import ActResult
from domain.errors import Unavailable
from domain.order import Order
from domain.view import OrderQuery, OrderRow
from starter.demo.doings import PEOPLE, Doors
from starter.demo.samples import Goods, Play
from starter.demo.staff import Inbox, Staff
from starter.demo.stages import BEGINS, has_ended, stage

LOOK_SECONDS = 0.2
# Orders under way at once, and those of them that have not yet come to wait for anybody: more would be
# late only because the machine is busy, and a busy machine takes them more slowly.
AT_ONCE = 40
ARRIVING = 4
# Longer than anything in the flows takes that a scenario comes to.
LONGEST_DAYS = 21
SPARE_SECONDS = 60.0

Place = Callable[[Order, float], Awaitable[ActResult]]
Show = Callable[[Sequence[OrderRow]], None]


class Shelves(Protocol):
    """Where goods come in and are counted."""

    def receive(
        self, sku: str, quantity: str, location: str, title: str, by: str, at: datetime
    ) -> Sequence[str]: ...

    def adjust(self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime) -> None: ...


class Board(Inbox, Protocol):
    def list(self, query: OrderQuery, now: datetime) -> Sequence[OrderRow]: ...


@dataclass(frozen=True, slots=True)
class Played:
    """`in_time` unless the demo gave up waiting; `troubles` are what was refused to the staff."""

    in_time: bool
    seconds: float
    troubles: tuple[str, ...]


def receive(shelves: Shelves, goods: Sequence[Goods], clock: Callable[[], datetime]) -> None:
    """Everything the orders ask for comes in."""
    by = PEOPLE["buyer"]
    for each in goods:
        shelves.receive(each.sku, each.quantity, each.location, each.title, by, clock())
        if each.broken:
            shelves.adjust(each.sku, f"-{each.broken}", each.location, "Broken on arrival", by, clock())


def patience(speed: float) -> float:
    """Seconds in which an order comes along; where none has for so long, none will."""
    return SPARE_SECONDS + LONGEST_DAYS * 86_400 / speed


class Stage:
    """`place` is the shop's door for new orders, `show` is told every order's line again and again."""

    def __init__(
        self, doors: Doors, desk: Board, place: Place, plays: Sequence[Play], speed: float, show: Show
    ) -> None:
        self._doors = doors
        self._desk = desk
        self._place = place
        self._plays = plays
        self._speed = speed
        self._show = show
        self._room = asyncio.Semaphore(AT_ONCE)
        self._entrance = asyncio.Semaphore(ARRIVING)
        self._arrived: set[str] = set()
        self._ended: set[str] = set()
        self._moved = 0.0
        self._come_back = {play.order.number for play in plays if play.scenario.comes_back}

    async def play(self) -> Played:
        """
        Until every order has ended, or none has come along for much longer than that could take.

        :raises OrderError: an order was not taken.
        """
        began = self._moved = asyncio.get_running_loop().time()
        numbers = {play.order.number: play for play in self._plays}
        staff = Staff(self._doors, self._desk, numbers, self._speed)
        placing = asyncio.create_task(self._place_all())
        try:
            while not await self._look(staff) and not self._has_stopped():
                if placing.done():
                    placing.result()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            placing.cancel()
            await asyncio.gather(placing, return_exceptions=True)
            await staff.stop()
        in_time = len(self._ended) == len(self._plays)
        seconds = asyncio.get_running_loop().time() - began
        return Played(in_time, seconds, tuple(staff.troubles))

    async def _place_all(self) -> None:
        for play in self._plays:
            await self._room.acquire()
            await self._entrance.acquire()
            await self._place(play.order, play.speed(self._speed))

    async def _look(self, staff: Staff) -> bool:
        """Whether all have ended."""
        try:
            await self._look_at_all(staff)
        except Unavailable:
            return False
        return len(self._ended) == len(self._plays)

    def _is_over(self, row: OrderRow) -> bool:
        """With what its scenario says comes back of it."""
        return has_ended(row) and (row.number not in self._come_back or bool(row.returns))

    async def _look_at_all(self, staff: Staff) -> None:
        query = OrderQuery(limit=len(self._plays))
        rows = await asyncio.to_thread(self._desk.list, query, self._doors.clock())
        self._show(rows)
        for row in rows:
            if stage(row) != BEGINS and row.number not in self._arrived:
                self._come_along(row.number, self._arrived, self._entrance)
            if self._is_over(row) and row.number not in self._ended:
                self._come_along(row.number, self._ended, self._room)
        await staff.look(rows)

    def _come_along(self, number: str, there: set[str], left: asyncio.Semaphore) -> None:
        there.add(number)
        left.release()
        self._moved = asyncio.get_running_loop().time()

    def _has_stopped(self) -> bool:
        return asyncio.get_running_loop().time() - self._moved > patience(self._speed)
