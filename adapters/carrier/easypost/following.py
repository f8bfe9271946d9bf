"""Every parcel that has left is followed: given to EasyPost once, and asked about if no message comes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from adapters.carrier.easypost.news import NAME, read_tracker
from adapters.database.shipping.carrier_news import CarrierNewsBook, FollowedParcel
from domain.errors import ActRefused, BadInput, SettingsRefused, Unavailable

LOOK_SECONDS = 30.0
# Parcels of one look, so that a morning's hand-over is spread over a few of them.
AT_ONCE = 20
# Messages come by themselves where there is a secret for them; asking only finds what was lost.
EVERY, WITH_MESSAGES = timedelta(hours=4), timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
AFTER_TROUBLE_SECONDS = 600.0

log = logging.getLogger(__name__)


class Trackers(Protocol):
    async def make(self, tracking: str, carrier: str) -> Any: ...

    async def read(self, tracker: str) -> Any: ...


class Following:
    """`clock` is the doors' clock; `messages` that EasyPost tells by itself, too."""

    def __init__(
        self,
        trackers: Trackers,
        book: CarrierNewsBook,
        clock: Callable[[], datetime],
        *,
        messages: bool,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._trackers = trackers
        self._book = book
        self._clock = clock
        self._every = WITH_MESSAGES if messages else EVERY
        self._pause = pause

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            wait = LOOK_SECONDS
            try:
                await self.look()
            except SettingsRefused as error:
                log.error("%s No parcel is followed until it does.", error)  # noqa: TRY400 - no stack
                wait = AFTER_TROUBLE_SECONDS
            except Exception:
                log.exception("Parcels cannot be followed; will try again")
            await self._pause(wait)

    async def look(self) -> int:
        """
        Ask about the parcels that are due; says how many there were.

        :raises SettingsRefused: EasyPost does not take our key.
        """
        now = self._clock()
        await asyncio.to_thread(self._book.follow, NAME, now)
        parcels = await asyncio.to_thread(self._book.due, NAME, now, AT_ONCE)
        for parcel in parcels:
            await self._ask(parcel, now)
        return len(parcels)

    async def _ask(self, parcel: FollowedParcel, now: datetime) -> None:
        try:
            told = await self._tracker(parcel)
            news = read_tracker(told)
        except ActRefused as error:
            log.warning("Parcel %s of %s: %s", parcel.tracking, parcel.fulfilment, error)
            await asyncio.to_thread(self._book.give_up, parcel, str(error))
        except (BadInput, Unavailable) as error:
            log.warning("Parcel %s of %s waits: %s", parcel.tracking, parcel.fulfilment, error)
            wait = min(FIRST_WAIT * 2 ** min(parcel.tries, 20), LONGEST_WAIT)
            await asyncio.to_thread(self._book.later, parcel, now + wait)
        else:
            await asyncio.to_thread(self._book.keep, news, now)
            await asyncio.to_thread(self._book.asked, parcel, news.tracker, now + self._every, now)

    async def _tracker(self, parcel: FollowedParcel) -> Any:
        if parcel.tracker:
            return await self._trackers.read(parcel.tracker)
        return await self._trackers.make(parcel.tracking, parcel.carrier)
