"""
What Stripe keeps for itself is read from the movements of the shop's money with it.

Stripe counts its fee after it has answered, refunds and disputes have fees of their own, and a key may not
be allowed to read them: no payment ever waits for its fee.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from adapters.payment.gateway import Fee
from adapters.payment.stripe.reading import Reader

# Read again each time: a fee may stand in the list before our own books know what it is of.
OVERLAP = timedelta(days=2)
# An order may wait for its review before its payment is taken over: once a day all of this is read again.
LONGEST = timedelta(days=30)
WHOLE_EVERY = timedelta(days=1)


class Kept(Protocol):
    def keep(self, fees: Sequence[Fee], now: datetime) -> int:
        """Book those that are of our own payments, each once; says how many were new."""
        ...

    def latest(self) -> datetime | None:
        """When the newest that we know was booked."""
        ...


class Fees:
    """`clock` is the doors' clock."""

    def __init__(self, reader: Reader, book: Kept, clock: Callable[[], datetime]) -> None:
        self._reader = reader
        self._book = book
        self._clock = clock
        self._whole: datetime | None = None

    async def look(self) -> int:
        """
        Book what is not booked yet; says how many fees those were.

        :raises GatewayError: no answer.
        """
        now = self._clock()
        latest = await asyncio.to_thread(self._book.latest)
        whole = self._whole is None or now - self._whole >= WHOLE_EVERY
        since = now - LONGEST if whole else max((latest or now) - OVERLAP, now - LONGEST)
        kept = await asyncio.to_thread(self._book.keep, await self._reader.fees_since(since), now)
        self._whole = now if whole else self._whole
        return kept
