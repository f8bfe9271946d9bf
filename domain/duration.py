"""Lengths of time as a shop says them: 30s, 14 days, 6 working hours, 1 working day."""

import re
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import BadInput

UNITS = {
    "s": timedelta(seconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
SPOKEN = re.compile(r"(\d{1,5})\s*(working\s+)?(s|second|minute|hour|day|week)s?\Z")


@dataclass(frozen=True, slots=True)
class Duration:
    """`working` ones are counted in a calendar: a working day is a day on which the shop works."""

    count: int
    unit: str
    working: bool = False

    @classmethod
    def parse(cls, text: str, *, field: str = "") -> "Duration":
        """:raises BadInput: not a duration, or nought."""
        match = SPOKEN.match(text.strip())
        if match is None:
            message = f"{text!r} is not a length of time such as 30s, 14 days or 6 working hours"
            raise BadInput(message, field)
        count, working, unit = int(match[1]), bool(match[2]), match[3]
        if count == 0:
            raise BadInput(f"{text!r} is no time at all", field)
        if working and unit not in ("hour", "day"):
            raise BadInput(f"{text!r}: only hours and days can be working ones", field)
        return cls(count, unit, working)

    @property
    def plain(self) -> timedelta:
        """The length by the clock on the wall, whatever the calendar says."""
        return self.count * UNITS[self.unit]

    def __str__(self) -> str:
        if self.unit == "s":
            return f"{self.count}s"
        plural = "" if self.count == 1 else "s"
        return f"{self.count} {'working ' if self.working else ''}{self.unit}{plural}"
