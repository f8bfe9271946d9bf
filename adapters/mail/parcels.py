"""Tells customers how their parcels get on, between leaving and arriving."""

import asyncio
import logging
from datetime import datetime

from adapters.database.shipping.parcel_news import ParcelNews
from adapters.mail.post import Post
from domain.errors import MailUnavailable, NotFound

log = logging.getLogger(__name__)


class ParcelPost:
    """Each piece of news goes out once, however often it is tried."""

    def __init__(self, news: ParcelNews, post: Post) -> None:
        self._news = news
        self._post = post

    async def report(self, now: datetime) -> int:
        """Send what waits. Answers with how many are seen to."""
        seen = 0
        for act, notice in await asyncio.to_thread(self._news.waiting, now):
            try:
                await self._post.send((notice,), now)
            except MailUnavailable as error:
                log.warning("A customer is not told yet how their parcel gets on: %s", error)
                return seen
            except NotFound as error:
                log.warning("There is nobody to be told of a parcel: %s", error)
            await asyncio.to_thread(self._news.told, [act])
            seen += 1
        return seen
