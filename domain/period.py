"""Whole days in the shop's own time zone, as books and reports count them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import BadInput

DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
# Beyond them, the clocks of some zones overflow.
SECOND = timedelta(seconds=1)
EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `first` to the end of `last`, both days included."""

    first: date
    last: date
    zone: str

    @property
    def begins(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The first instant that is no longer in it."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def each_day(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.days))

    def offsets(self) -> list[tuple[datetime, int]]:
        """How many seconds clocks are ahead of UTC, until which instant; the last until it ends."""
        found: list[tuple[datetime, int]] = []
        begins, ahead = self.begins, self._ahead(self.begins)
        for day in self.each_day():
            ends = midnight(day + timedelta(days=1), self.zone)
            # In some zones the clock is changed at midnight itself, in others within a day.
            if self._ahead(begins) != ahead:
                found.append((begins, ahead))
                ahead = self._ahead(begins)
            if self._ahead(ends - SECOND) != ahead:
                found.append((self._turn(begins, ends), ahead))
                ahead = self._ahead(ends - SECOND)
            begins = ends
        return [*found, (self.ends, ahead)]

    def _ahead(self, at: datetime) -> int:
        return int((at.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta()).total_seconds())

    def _turn(self, low: datetime, high: datetime) -> datetime:
        """When between the two clocks are changed, to the second."""
        before = self._ahead(low)
        while high - low > SECOND:
            middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
            low, high = (middle, high) if self._ahead(middle) == before else (low, middle)
        return high

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def midnight(day: date, zone: str) -> datetime:
    """When a day begins, in UTC; where the clock jumps over midnight, when it jumps."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def period_of(since: str, until: str, now: datetime, zone: str, days: int = 0, most: int = 0) -> Period:
    """
    What two dates say, both days included; without `until`, to today. Without `since`, so many `days`, or
    with none, all there is.

    :raises BadInput: not a date, the first after the last, or more than `most` days.
    """
    last = day_in(until, "until") if until else now.astimezone(ZoneInfo(zone)).date()
    earliest = max(last - timedelta(days=days - 1), EARLIEST) if days else EARLIEST
    first = day_in(since, "since") if since else earliest
    if first > last:
        raise BadInput(f"{first} is after {last}", "since")
    period = Period(first, last, zone)
    if most and period.days > most:
        raise BadInput(f"{period} is longer than {most} days", "since")
    return period


def day_in(text: str, field: str) -> date:
    """:raises BadInput: no date such as 2026-11-30."""
    try:
        day = date.fromisoformat(text) if DATE.match(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise BadInput(f"{text[:40]!r} is not a date such as 2026-11-30", field)
    return day
