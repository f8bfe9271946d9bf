"""What the worker looks after by itself, time and again, beside the orders."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

log = logging.getLogger(__name__)


class Rounds:
    """`look` does what is due, and says whether there may be more of it; `what` is that in words."""

    def __init__(
        self,
        look: Callable[[datetime], Awaitable[object]],
        clock: Callable[[], datetime],
        what: str,
        seconds: float,
    ) -> None:
        self._look = look
        self._clock = clock
        self._what = what
        self._seconds = seconds

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            try:
                more = await self._look(self._clock())
            except Exception:
                log.exception("Cannot tell %s; will try again", self._what)
                more = None
            if not more:
                await asyncio.sleep(self._seconds)
