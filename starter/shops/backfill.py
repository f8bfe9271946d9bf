"""Orders whose message never came are found in the shop's own list, and kept as if it had."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.errors import BadInput, OrderError
from domain.web_shop import Heard, MessageState, ShopMessage, WebShop
from starter.shops.news import OrderNews, read_news

EVERY = timedelta(minutes=10)
# Read again each time: a shop's clock and its list may be behind.
OVERLAP = timedelta(minutes=15)
AT_FIRST = timedelta(days=1)
TOPIC = "backfill"

log = logging.getLogger(__name__)


class ShopList(Protocol):
    """A shop's own list of orders."""

    def changed_since(self, since: datetime) -> AsyncIterator[Sequence[str]]:
        """
        Pages of orders, each as JSON, that have changed since then, the oldest change first.

        :raises ShopUnavailable: no answer. :raises SettingsRefused: our token is not taken.
        """
        ...


class Kept(Protocol):
    def keep(self, message: ShopMessage) -> bool:
        """Keep a message, to be looked at now; False when it was kept before."""
        ...

    def heard(self, shop: str, theirs: str) -> Heard | None: ...

    def newest(self, shop: str, theirs: str) -> datetime | None:
        """How new the newest is that was settled of an order of theirs."""
        ...

    def read_until(self, shop: str) -> datetime | None:
        """Up to when the shop's list was read."""
        ...

    def has_read(self, shop: str, until: datetime, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a shop's list found: orders that have changed, and those we had not heard of so."""

    seen: int
    missed: int


class Backfill:
    """
    `clock` is the doors' clock; `lists` are those of the shops that are to be asked, which may change.
    """

    def __init__(
        self,
        lists: Callable[[], Mapping[str, tuple[WebShop, ShopList]]],
        kept: Kept,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._lists = lists
        self._kept = kept
        self._clock = clock
        self._pause = pause

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._lists())

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            for name in await asyncio.to_thread(lambda: self.names):
                try:
                    await self.look(name)
                except OrderError as error:
                    log.warning("%s Its list of orders is read again later.", error)
                except Exception:
                    log.exception("The orders of %s cannot be read; they will be again", name)
            await self._pause(EVERY.total_seconds())

    async def look(self, name: str, since: datetime | None = None) -> Looked:
        """
        Keep what has not come of the orders that changed since then, or since the last look.

        :raises ShopUnavailable: no answer; what was read so far is kept.
        :raises SettingsRefused: the shop does not take our token.
        """
        shop, list_ = (await asyncio.to_thread(self._lists))[name]
        now = self._clock()
        until = await asyncio.to_thread(self._kept.read_until, name)
        begin = since or (until - OVERLAP if until else now - AT_FIRST)
        seen = missed = 0
        async for page in list_.changed_since(begin):
            for body in page:
                seen += 1
                missed += await asyncio.to_thread(self._keep, shop, body, now)
        await asyncio.to_thread(self._kept.has_read, name, now, now)
        if missed:
            log.warning("%d messages of %s had not come, and were read from its list", missed, name)
        return Looked(seen, missed)

    def _keep(self, shop: WebShop, body: str, now: datetime) -> bool:
        """What cannot be read is kept, too: a person sees to it."""
        try:
            news = read_news(shop.system, body)
        except BadInput:
            news = None
        if isinstance(news, OrderNews) and self._is_known(shop.name, news):
            return False
        id = f"{shop.name}:{TOPIC}:{hashlib.sha256(body.encode()).hexdigest()[:32]}"
        return self._kept.keep(
            ShopMessage(id, shop.name, shop.system, TOPIC, body, MessageState.WAITING, now)
        )

    def _is_known(self, shop: str, news: OrderNews) -> bool:
        heard = self._kept.heard(shop, news.theirs)
        latest = heard.version if heard else self._kept.newest(shop, news.theirs)
        return bool(latest and news.version and news.version <= latest)
