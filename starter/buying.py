"""The people who buy are told what runs low: one loop in the worker."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Buying:
    """`report` sends what is to be told at a time, and says whether there may be more."""

    def __init__(
        self,
        report: Callable[[datetime], Awaitable[object]],
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._report = report
        self._clock = clock
        self._pause = pause

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            try:
                more = await self._report(self._clock())
            except Exception:
                log.exception("Cannot tell the buyers what runs low; will try again")
                more = None
            if not more:
                await self._pause(LOOK_SECONDS)
