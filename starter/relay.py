"""What was kept is carried to its workflow, however long that takes: one loop in the worker."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.act import ActRecord, ActResult, Outcome
from starter.rests import Rests

IDLE_SECONDS = 0.5
# Between two looks at a Temporal that does not answer.
LONGEST_WAIT_SECONDS = 5.0
# Rows of one round, beside those left lying in the last.
PAGE = 200
AT_ONCE = 20
# The door that wrote an act carries it itself for about this long.
DOORS_TIME = timedelta(seconds=4)

log = logging.getLogger(__name__)

Errand = Callable[[], Awaitable[ActResult]]
Begin = Callable[[str], Awaitable[ActResult]]
Reporter = Callable[[datetime], object]


class Doors(Protocol):
    """The ways from a row to its workflow; either may be gone any number of times."""

    async def begin(self, number: str) -> ActResult: ...

    async def begin_return(self, id: str) -> ActResult: ...

    async def carry(self, record: ActRecord) -> ActResult: ...


class Kept(Protocol):
    """What has not arrived yet; the order book."""

    def unstarted(self, limit: int) -> Sequence[str]: ...

    def unstarted_returns(self, limit: int) -> Sequence[str]: ...

    def pending(self, limit: int) -> Sequence[ActRecord]: ...


class Relay:
    """
    Starts the orders kept, oldest first, and carries the acts kept, each order's in their order.

    `serving` says whether Temporal answers. `reporters` are told the time each round: partners with
    news of their own, such as a simulated carrier.
    """

    def __init__(
        self,
        orders: Doors,
        book: Kept,
        clock: Callable[[], datetime],
        serving: Callable[[], Awaitable[bool]],
        reporters: Sequence[Reporter] = (),
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._orders = orders
        self._book = book
        self._clock = clock
        self._serving = serving
        self._reporters = reporters
        self._pause = pause
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._rests = Rests()
        self._seen: dict[str, datetime] = {}  # row -> when this relay first saw it
        self._left = {"starts": 0, "acts": 0}
        self._wait = IDLE_SECONDS

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            try:
                wait = await self.round()
            except Exception:
                log.exception("The relay could not look; it will look again")
                wait = self._longer()
            await self._pause(wait)

    async def round(self) -> float:
        """Carry what is due. Answers with the seconds to wait before the next round."""
        await self._hear()
        errands = await self._due()
        if errands and not await self._serving():
            log.warning("Temporal does not answer; %d orders wait for it", len(errands))
            return self._longer()
        self._wait = IDLE_SECONDS
        runs = [self._run(order, order_errands) for order, order_errands in errands.items()]
        return 0.0 if any(await asyncio.gather(*runs)) else IDLE_SECONDS

    def _longer(self) -> float:
        self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
        return self._wait

    async def _hear(self) -> None:
        for reporter in self._reporters:
            try:
                await asyncio.to_thread(reporter, self._clock())
            except Exception:
                log.exception("%s could not report", reporter)

    async def _due(self) -> dict[str, list[Errand]]:
        """Order or return -> what to bring it."""
        # Rows left lying last time must not crowd out the others.
        numbers = await asyncio.to_thread(self._book.unstarted, PAGE + self._left["starts"])
        returns = await asyncio.to_thread(self._book.unstarted_returns, PAGE + self._left["starts"])
        records = await asyncio.to_thread(self._book.pending, PAGE + self._left["acts"])
        now = self._clock()
        starts: list[tuple[str, Begin]] = [(number, self._orders.begin) for number in numbers]
        starts += [(id, self._orders.begin_return) for id in returns]
        errands: dict[str, list[Errand]] = {
            subject: [partial(begin, subject)]
            for subject, begin in starts
            # Seen a round ago: whoever placed it has had time to start it.
            if subject in self._seen and self._rests.over(subject, now)
        }
        self._left["starts"] = len(starts) - len(errands)
        self._remember([*numbers, *returns, *(record.act.id for record in records)], now)
        acts = self._acts_due(records, now)
        self._left["acts"] = len(records) - len(acts)
        for record in acts:
            errands.setdefault(record.subject, []).append(partial(self._orders.carry, record))
        self._rests.forget_all_but({*numbers, *returns, *(record.subject for record in records)})
        return errands

    def _acts_due(self, records: Sequence[ActRecord], now: datetime) -> list[ActRecord]:
        due = []
        waiting: set[str] = set()  # whose earlier act is not due: no overtaking
        for record in records:
            old = now - min(record.at, self._seen[record.act.id]) >= DOORS_TIME
            if old and record.subject not in waiting and self._rests.over(record.subject, now):
                due.append(record)
            else:
                waiting.add(record.subject)
        return due

    def _remember(self, rows: Iterable[str], now: datetime) -> None:
        self._seen = {row: self._seen.get(row, now) for row in rows}

    async def _run(self, order: str, errands: Sequence[Errand]) -> bool:
        """Whether anything arrived. The first that does not keeps the order's others back."""
        arrived = False
        async with self._gate:
            for errand in errands:
                if not await self._bring(order, errand):
                    self._rests.longer(order, self._clock())
                    return arrived
                self._rests.end(order)
                arrived = True
        return arrived

    async def _bring(self, order: str, errand: Errand) -> bool:
        try:
            result = await errand()
        except Exception:
            log.exception("What was kept for order %s cannot be carried; it rests", order)
            return False
        return result.outcome != Outcome.KEPT


async def temporal_answers(client: Client) -> bool:
    """Within two seconds."""
    asked = GetSystemInfoRequest()
    try:
        await client.workflow_service.get_system_info(asked, timeout=timedelta(seconds=2))
    except (RPCError, RuntimeError):
        return False
    return True
