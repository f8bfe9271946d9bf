"""Whether anything is new: one look for everybody who watches the same thing."""

import asyncio
import hashlib
import time
from collections.abc import Callable

from starter.book import Screens

LOOK_SECONDS = 1.0
COUNT_SECONDS = 5.0


class Pulse:
    """A word for how the inbox, or an order, stands; another one whenever it has changed."""

    def __init__(self, desk: Screens) -> None:
        self._desk = desk
        self._known: dict[str, tuple[float, str]] = {}
        self._counted: tuple[float, dict[str, int]] = (-COUNT_SECONDS, {})

    async def inbox(self) -> str:
        return await self._beat("", self._desk.inbox_beat)

    async def order(self, number: str) -> str:
        return await self._beat(number, lambda: self._desk.order_beat(number))

    def states(self, most: int) -> dict[str, int]:
        """How many orders are in each state, counted every few seconds."""
        now = time.monotonic()
        if now - self._counted[0] >= COUNT_SECONDS:
            self._counted = now, self._desk.state_counts(most)
        return self._counted[1]

    async def _beat(self, key: str, look: Callable[[], str]) -> str:
        now = asyncio.get_running_loop().time()
        at, beat = self._known.get(key, (0.0, ""))
        if not beat or now - at >= LOOK_SECONDS:
            beat = word(await asyncio.to_thread(look))
            self._known = {k: known for k, known in self._known.items() if now - known[0] < LOOK_SECONDS}
            self._known[key] = (now, beat)
        return beat


def word(beat: str) -> str:
    return hashlib.sha256(beat.encode()).hexdigest()[:16]
