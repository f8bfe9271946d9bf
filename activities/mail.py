"""Telling people what happens to an order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from temporalio import activity

from domain.notice import Notice, Posted, Posting

BEAT_SECONDS = 3.0


class Post(Protocol):
    """Sends each notice once, under one Message-ID, to one recipient."""

    async def send(self, notices: tuple[Notice, ...], now: datetime) -> tuple[Posted, ...]:
        """
        One answer a notice; those sent before are not sent again.

        :raises MailUnavailable: some are not out yet; safe to ask again.
        """
        ...


class MailActivities:
    def __init__(self, post: Post) -> None:
        self._post = post

    @activity.defn(name="mail.send")
    async def send(self, posting: Posting) -> tuple[Posted, ...]:
        async with _beating():
            return await self._post.send(posting.notices, posting.now)


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """A mail server may take a minute; a worker that was killed shall not be waited for that long."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            activity.heartbeat()

    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()
