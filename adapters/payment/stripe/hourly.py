"""What is read from Stripe's own lists each hour, whatever goes wrong meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from stripe import StripeError

from adapters.payment.gateway import GatewayError
from domain.errors import Unavailable

EVERY = timedelta(hours=1)
AFTER_TROUBLE = timedelta(minutes=10)

log = logging.getLogger(__name__)
Pause = Callable[[float], Awaitable[None]]


class Hourly:
    """`look` reads one list, `of` says in the log what that is of."""

    def __init__(self, look: Callable[[], Awaitable[int]], of: str, pause: Pause = asyncio.sleep) -> None:
        self._look = look
        self._of = of
        self._pause = pause

    async def run(self) -> None:
        """Until cancelled: nothing that goes wrong ends it."""
        while True:
            wait = EVERY
            try:
                await self._look()
            except (GatewayError, StripeError, Unavailable) as error:
                log.warning(
                    "Stripe's list of %s cannot be read (%s): again later", self._of, type(error).__name__
                )
                wait = AFTER_TROUBLE
            except Exception:
                log.exception("Stripe's list of %s cannot be read: again later", self._of)
                wait = AFTER_TROUBLE
            await self._pause(wait.total_seconds())
