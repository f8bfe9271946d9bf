"""Telling people what happens to an order."""

from datetime import datetime
from typing import Protocol

from temporalio import activity

from domain.notice import Notice, Posted, Posting


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
        return await self._post.send(posting.notices, posting.now)
