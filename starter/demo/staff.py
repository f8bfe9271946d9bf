"""Simulated staff: they look at what waits, and see to it, each scenario in its own way."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.act import Outcome
from domain.errors import OrderError, Unavailable
from domain.view import OrderRow, OrderView, TaskView
from starter.demo.doings import Doing, Doors, Moment
from starter.demo.samples import Play
from starter.demo.stages import COMPLETED

# Between two tries of one doing while the books or Temporal do not answer.
AGAIN_SECONDS = 0.5


class Inbox(Protocol):
    """What staff read."""

    def tasks(self, role: str, now: datetime) -> Sequence[TaskView]: ...

    def show(self, number: str) -> OrderView: ...


class Staff:
    """
    Everybody who works at the shop, for the orders of `plays`, by number.

    `speed` is the shop's; `troubles` are what was refused to them.
    """

    def __init__(
        self,
        doors: Doors,
        desk: Inbox,
        plays: Mapping[str, Play],
        speed: float,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._doors = doors
        self._desk = desk
        self._plays = plays
        self._speed = speed
        self._pause = pause
        self._seen: set[str] = set()
        self._visits: Counter[tuple[str, str]] = Counter()
        self._errands: set[asyncio.Task[None]] = set()
        self.troubles: list[str] = []

    async def look(self, rows: Iterable[OrderRow]) -> None:
        """See what is new among all tasks, and events that the orders of `rows` wait for; begin with it."""
        for task in await asyncio.to_thread(self._desk.tasks, "", self._doors.clock()):
            if task.order in self._plays:
                play = self._plays[task.order]
                moment = Moment(task.id, play.order, play.suffix, task.lane, task.role, task.since)
                self._meet(moment, task.step)
        for row in rows:
            if row.number in self._plays:
                self._open_return(self._plays[row.number], row)
                if self._expects(row):
                    await self._look_for_events(self._plays[row.number])

    async def stop(self) -> None:
        """Everybody goes home; what is under way is left."""
        errands = tuple(self._errands)
        for errand in errands:
            errand.cancel()
        await asyncio.gather(*errands, return_exceptions=True)

    def _open_return(self, play: Play, row: OrderRow) -> None:
        """The customer has it, and does not want all of it."""
        doing, id = play.scenario.comes_back, f"{play.order.number} has arrived"
        if doing is not None and row.state == COMPLETED and id not in self._seen:
            self._seen.add(id)
            number, since = play.order.number, self._doors.clock()
            moment = Moment(id, play.order, play.suffix, number, "support", since)
            self._begin(self._see_to(moment, (doing,), play.speed(self._speed)))

    def _expects(self, row: OrderRow) -> bool:
        script = self._plays[row.number].scenario.script
        return any(place in script for place in row.waiting_for)

    async def _look_for_events(self, play: Play) -> None:
        view = await asyncio.to_thread(self._desk.show, play.order.number)
        for wait in view.waiting_for:
            if wait.event in play.scenario.script:
                id = f"{wait.lane}.{wait.step} since {wait.since}"
                moment = Moment(id, play.order, play.suffix, wait.lane, wait.role, wait.since)
                self._meet(moment, wait.event)

    def _meet(self, moment: Moment, place: str) -> None:
        if moment.id in self._seen:
            return
        self._seen.add(moment.id)
        play = self._plays[moment.order.number]
        visit = self._visits[moment.lane, place]
        self._visits[moment.lane, place] += 1
        part = moment.lane.removeprefix(f"{moment.order.number}-")
        doings = play.scenario.doings(part, place, visit)
        if doings:
            self._begin(self._see_to(moment, doings, play.speed(self._speed)))

    def _begin(self, doing: Coroutine[None, None, None]) -> None:
        errand = asyncio.create_task(doing)
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _see_to(self, moment: Moment, doings: Sequence[Doing], speed: float) -> None:
        since = moment.since
        for doing in doings:
            at = since + doing.after / speed
            await self._pause(max(at - self._doors.clock(), timedelta(0)).total_seconds())
            await self._do(moment, doing)
            since = max(at, self._doors.clock())

    async def _do(self, moment: Moment, doing: Doing) -> None:
        while True:
            try:
                result = await doing.do(self._doors, moment)
            except Unavailable:
                await self._pause(AGAIN_SECONDS)
                continue
            except OrderError as error:
                self.troubles.append(f"{moment.id}: {error}")
                return
            if result.outcome == Outcome.REFUSED:
                self.troubles.append(f"{moment.id}: {result.why}")
            return
