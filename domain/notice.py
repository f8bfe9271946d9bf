"""Telling people what happens to an order: what is to be sent, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to send: to the customer, or to a role's inbox of reminders."""

    id: str  # {lane}.{step}.{visit}, the same for ever: it makes the Message-ID
    order: str
    lane: str
    template: str
    to: str = "customer"
    marketing: bool = False
    n: int = 0  # its place among the order's notices
    values: dict[str, Any] = field(default_factory=dict)
    again: str = ""  # the notice that it repeats, word for word


@dataclass(frozen=True, slots=True)
class Posting:
    """The notices of one wait, sent together."""

    notices: tuple[Notice, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """
    `why` says, without personal data, what a person has to mend when it was refused.

    An empty `why` of a notice not sent means that it was left out on purpose: marketing without consent.
    """

    id: str
    sent: bool
    why: str = ""


class LetterState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as it was written for one recipient; `at` is when. Personal: never in a history."""

    notice: Notice
    at: datetime
    language: str = ""
    message_id: str = ""
    recipient: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    state: LetterState = LetterState.PENDING
    why: str = ""

    @property
    def posted(self) -> Posted:
        """:raises AssertionError: it is neither sent nor refused."""
        assert self.state != LetterState.PENDING
        return Posted(self.notice.id, self.state == LetterState.SENT, self.why)
