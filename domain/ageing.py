"""Which orders are old, and where they stand: so that none is forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.view import OrderRow

# An order of exactly a day's age is in the second.
BOUNDS = tuple(timedelta(days=days) for days in (1, 2, 4, 7, 14, 30))
TITLES = (
    *("under 1 day", "1 to 2 days", "2 to 4 days", "4 to 7 days", "7 to 14 days", "14 to 30 days"),
    "over 30 days",
)


@dataclass(frozen=True, slots=True)
class StandsAt:
    """
    Where open orders stand: so many wait at this step, the oldest since then, so many past their due.

    `flow` and `role` are empty where there is none; an incident is told by the title of its step.
    """

    flow: str
    title: str
    role: str
    count: int
    since: datetime
    overdue: int
    incident: bool = False


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open orders at `now`: how many of each age (see `TITLES`), by step, and the `oldest` first."""

    now: datetime
    ages: tuple[int, ...]
    steps: tuple[StandsAt, ...]
    oldest: tuple[OrderRow, ...]

    @property
    def open(self) -> int:
        return sum(self.ages)
