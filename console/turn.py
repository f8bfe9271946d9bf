"""
Whose page is made next: one after another.

Python runs one thread at a time, and hands over at every statement sent to the database. Ten pages made at
once are each as late as the last of them; made in turn, most are there at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

# Nobody waits for longer for a page that takes long, such as a PDF or a report.
PATIENCE_SECONDS = 0.25
Handler = Callable[..., Any]


class Turn:
    """One for an application; `patience` in seconds."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._lock = asyncio.Lock()

    def taking(self, page: Handler) -> Handler:
        """What a thread makes, in its turn; what waits without a thread is as it was."""
        if iscoroutinefunction(page):
            return page

        @wraps(page)
        async def made(*args: object, **named: object) -> Response:
            async with self._mine():
                return await run_in_threadpool(page, *args, **named)

        return made

    @asynccontextmanager
    async def _mine(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await self._lock.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._lock.release()
