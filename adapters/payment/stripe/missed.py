"""Messages of Stripe's that never arrived are read from its own list of them, and kept as if they had."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from adapters.payment.stripe.news import read_news
from adapters.payment.stripe.reading import PAGE, Reader
from domain.errors import BadInput
from domain.gateway_news import GatewayNews

# What our own calls do not find out by themselves.
TYPES = (
    "payment_intent.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
)
NAME = "stripe"
# Read again each time: messages of one moment may come into the list late.
OVERLAP = timedelta(days=1)
# Where nothing was ever heard; and Stripe keeps its messages for thirty days.
AT_FIRST = timedelta(days=3)
LONGEST = timedelta(days=29)

log = logging.getLogger(__name__)


class Kept(Protocol):
    def keep(self, news: GatewayNews, now: datetime) -> bool: ...

    def latest(self, gateway: str) -> datetime | None:
        """When the newest of the gateway's messages was sent."""
        ...


class Missed:
    """`clock` is the doors' clock, `live` the mode of the key."""

    def __init__(
        self,
        reader: Reader,
        book: Kept,
        clock: Callable[[], datetime],
        *,
        live: bool,
    ) -> None:
        self._reader = reader
        self._book = book
        self._clock = clock
        self._live = live

    async def look(self) -> int:
        """
        Keep what has not arrived; says how many those were.

        :raises GatewayError: no answer.
        """
        now = self._clock()
        latest = await asyncio.to_thread(self._book.latest, NAME)
        since = max((latest or now - AT_FIRST + OVERLAP) - OVERLAP, now - LONGEST)
        found = 0
        async with self._reader.asking():
            page = await self._reader.stripe.events.list_async(
                {"created": {"gte": int(since.timestamp())}, "types": list(TYPES), "limit": PAGE}
            )
        while True:
            for news in self._read([event.to_dict(for_json=True) for event in page.data]):
                found += await asyncio.to_thread(self._book.keep, news, now)
            if not page.has_more:
                break
            async with self._reader.asking():
                page = await page.next_page_async()
        if found:
            log.warning("%d messages of Stripe had not arrived, and were read from its list", found)
        return found

    def _read(self, events: list[dict[str, object]]) -> Iterator[GatewayNews]:
        for event in events:
            try:
                news = read_news(json.dumps(event).encode(), NAME, live=self._live)
            except BadInput:
                log.warning("Message %s of Stripe cannot be read", event.get("id"))
                continue
            if news is not None:
                yield news
