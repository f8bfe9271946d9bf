"""Others are told what became of orders: each event once to each, again until it is taken, or given up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.errors import Refused, SettingsRefused, Unavailable
from domain.order_event import Delivery, DeliveryState, OrderEvent, Wanted

IDLE_SECONDS = 1.0
PAGE, AT_ONCE = 50, 10
# 20 s, doubled each time up to six hours, comes to about four days.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(hours=6)
MOST_TRIES = 25
# What is not begun by then is left for the next round, well before others may take it.
LONGEST_ROUND = timedelta(minutes=5)

log = logging.getLogger(__name__)


class Target(Protocol):
    """Somebody who is told of some events."""

    def wants(self, event: OrderEvent) -> bool: ...

    async def tell(self, event: OrderEvent, at: datetime) -> int:
        """
        The HTTP status that it was taken with, nought where there is none.

        :raises Unavailable: not now. :raises SettingsRefused: not with the token we have.
        :raises Refused: never.
        """
        ...


class Events(Protocol):
    def fan_out(self, targets: Mapping[str, Wanted], now: datetime, limit: int) -> int:
        """Give each target what it wants of the events that nobody was given yet; says how many."""
        ...

    def take(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """What is due, an order's events as they happened; no other worker gets it meanwhile."""
        ...

    def over(self, delivery: Delivery, state: DeliveryState, why: str, status: int, at: datetime) -> None:
        """It was taken, or is given up."""
        ...

    def again(self, delivery: Delivery, why: str, status: int, at: datetime) -> None: ...

    def put_off(self, due: Sequence[Delivery], at: datetime) -> None:
        """They were not tried, and are due then."""
        ...


class Telling:
    """`targets` are asked for in each round: who is told may change. `clock` is the doors' clock."""

    def __init__(
        self,
        events: Events,
        targets: Callable[[], Mapping[str, Target]],
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._events = events
        self._targets = targets
        self._clock = clock
        self._pause = pause
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            try:
                found = await self.round()
            except Exception:
                log.exception("Nobody can be told of orders at the moment; they will be")
                found = 0
            if not found:
                await self._pause(IDLE_SECONDS)

    async def round(self) -> int:
        """Tell what is due; says how much there was to do."""
        targets = await asyncio.to_thread(self._targets)
        wanted = {name: target.wants for name, target in targets.items()}
        new = await asyncio.to_thread(self._events.fan_out, wanted, self._clock(), PAGE)
        due = await asyncio.to_thread(self._events.take, self._clock(), PAGE)
        until = self._clock() + LONGEST_ROUND
        await asyncio.gather(*(self._tell_in_turn(each, targets, until) for each in _by_order(due)))
        return new + len(due)

    async def _tell_in_turn(
        self, due: Sequence[Delivery], targets: Mapping[str, Target], until: datetime
    ) -> None:
        """What comes after one that was not taken waits as long: it is not told before it."""
        for n, delivery in enumerate(due):
            async with self._gate:
                if self._clock() > until:
                    await asyncio.to_thread(self._events.put_off, due[n:], self._clock())
                    return
                at = await self._tell(delivery, targets.get(delivery.target))
            if at is not None:
                await asyncio.to_thread(self._events.put_off, due[n + 1 :], at)
                return

    async def _tell(self, delivery: Delivery, target: Target | None) -> datetime | None:
        """When it is told again; None once it is over."""
        if target is None:
            await self._give_up(delivery, "Nobody of this name is told any more.")
            return None
        try:
            status = await target.tell(delivery.event, self._clock())
        except (Unavailable, SettingsRefused) as error:
            # A token is mended by people, and what happened meanwhile has to be told with the new one.
            return await self._again(delivery, error)
        except Refused as error:
            await self._give_up(delivery, str(error))
        except Exception as error:
            log.exception("%s cannot be told of %s", delivery.target, delivery.event.id)
            return await self._again(delivery, error)
        else:
            await self._over(delivery, DeliveryState.DELIVERED, "", status)
        return None

    async def _again(self, delivery: Delivery, error: Exception) -> datetime | None:
        if delivery.tries + 1 >= MOST_TRIES:
            await self._give_up(delivery, f"{error} ({MOST_TRIES} times)")
            return None
        wait: timedelta = min(FIRST_WAIT * 2 ** min(delivery.tries, 20), LONGEST_WAIT)
        if isinstance(error, Unavailable) and error.again_after is not None:
            wait = max(error.again_after, FIRST_WAIT)
        at = self._clock() + wait
        await asyncio.to_thread(self._events.again, delivery, str(error), 0, at)
        return at

    async def _give_up(self, delivery: Delivery, why: str) -> None:
        log.warning("%s was not told of %s: %s", delivery.target, delivery.event.id, why)
        await self._over(delivery, DeliveryState.DEAD, why, 0)

    async def _over(self, delivery: Delivery, state: DeliveryState, why: str, status: int) -> None:
        await asyncio.to_thread(self._events.over, delivery, state, why, status, self._clock())


def _by_order(due: Sequence[Delivery]) -> Iterable[Sequence[Delivery]]:
    """One after the other what one is told of one order: in its order, and nothing is written over."""
    groups: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in due:
        groups.setdefault((delivery.target, delivery.event.order), []).append(delivery)
    return groups.values()
