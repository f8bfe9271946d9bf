"""What web shops told us is settled here: one loop in the worker, our own books alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.errors import FlowRefused, Refused, Unavailable
from domain.web_shop import ShopMessage
from starter.shops.news import OrderNews, read_news
from starter.shops.reception import Later, Reception

IDLE_SECONDS = 0.5
PAGE = 100
FIRST_REST, LONGEST_REST = timedelta(seconds=2), timedelta(minutes=5)
MOST_MISTAKES = 20
# Settled messages are read while something is looked into, and are of no use after.
KEPT_FOR = timedelta(days=30)
SWEEP_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


class Messages(Protocol):
    """Messages as they were kept."""

    def take(self, now: datetime, limit: int) -> Sequence[ShopMessage]:
        """What is due, in the order it came; no other worker gets it meanwhile."""
        ...

    def settle(self, id: str, what: str, theirs: str, version: datetime | None, at: datetime) -> None: ...

    def rest(self, id: str, why: str, theirs: str, until: datetime) -> None: ...

    def put_aside(self, id: str, why: str, theirs: str) -> None:
        """Into quarantine, until a person has seen to it."""
        ...

    def forget(self, before: datetime) -> int:
        """Empty the messages that were over by then: they hold names and addresses. Says how many."""
        ...


class Settling:
    """`clock` is the doors' clock."""

    def __init__(
        self,
        messages: Messages,
        reception: Reception,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._messages = messages
        self._reception = reception
        self._clock = clock
        self._pause = pause
        self._swept: datetime | None = None

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            try:
                found = await self.round()
            except Exception:
                log.exception("Messages of web shops cannot be looked at; they will be again")
                found = 0
            if not found:
                await self._pause(IDLE_SECONDS)

    async def round(self) -> int:
        """Look at what is due, each by itself; says how many there were."""
        await self._sweep(self._clock())
        due = await asyncio.to_thread(self._messages.take, self._clock(), PAGE)
        for message in due:
            await self._look_at(message)
        return len(due)

    async def _sweep(self, now: datetime) -> None:
        if self._swept is None or now - self._swept >= SWEEP_EVERY:
            self._swept = now
            await asyncio.to_thread(self._messages.forget, now - KEPT_FOR)

    async def _look_at(self, message: ShopMessage) -> None:
        theirs = ""
        try:
            news = read_news(message.system, message.body)
            theirs = news.theirs
            what = await self._reception.take(message, news)
        except (Later, Unavailable, FlowRefused) as error:
            await self._rest(message, str(error), theirs)
        except Refused as error:
            log.warning("Message %s of %s cannot be understood: %s", message.id, message.shop, error)
            await asyncio.to_thread(self._messages.put_aside, message.id, str(error), theirs)
        except Exception:
            log.exception("Message %s of %s cannot be settled", message.id, message.shop)
            await self._stumble(message, theirs)
        else:
            version = news.version if isinstance(news, OrderNews) else None
            now = self._clock()
            await asyncio.to_thread(self._messages.settle, message.id, what, theirs, version, now)

    async def _stumble(self, message: ShopMessage, theirs: str) -> None:
        """A mistake of our own: it may be mended by the next version, so nothing is lost by it."""
        why = "This is a mistake of Orderkeeper's own; it has been written down."
        if message.tries >= MOST_MISTAKES:
            await asyncio.to_thread(self._messages.put_aside, message.id, why, theirs)
        else:
            await self._rest(message, why, theirs)

    async def _rest(self, message: ShopMessage, why: str, theirs: str) -> None:
        until = self._clock() + min(FIRST_REST * 2 ** min(message.tries, 10), LONGEST_REST)
        await asyncio.to_thread(self._messages.rest, message.id, why, theirs, until)
