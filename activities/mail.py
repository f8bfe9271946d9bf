"""Telling people what happens to an order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from temporalio import activity

from domain.journal import Notice


@dataclass(frozen=True, slots=True)
class Posting:
    """The notices of one wait, sent together."""

    notices: tuple[Notice, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """`why` says, without personal data, what a person has to mend when it was refused."""

    id: str
    sent: bool
    why: str = ""


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
