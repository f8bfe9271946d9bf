"""Incidents that say the same of the same step, as one thing to look at."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from domain.view import IncidentView


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    `many` open incidents since `since`, a few of them in `some`, the most urgent first. `what` has … for
    the order's number where it names one. A `bug` of the program goes on by itself once it is mended.
    """

    title: str
    what: str
    role: str
    bug: bool
    many: int
    since: datetime
    some: tuple[IncidentView, ...] = ()

    @property
    def key(self) -> str:
        """The same for as long as it says the same."""
        same = "\0".join((self.title, self.what, self.role, str(self.bug)))
        return hashlib.sha256(same.encode()).hexdigest()[:16]
