"""When the shop works: opening hours, days off, and deadlines counted in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.duration import Duration
from domain.errors import BadInput

DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `opens` until `closes`, in minutes since midnight; 1440 is the end of the day."""

    opens: int
    closes: int


@dataclass(frozen=True)
class WorkingCalendar:
    """
    The working time of one place. `hours` maps a weekday (0 is Monday) to its spans.

    :raises BadInput: an unknown zone, spans that are empty or overlap, or no working time at all.
    """

    name: str
    zone: str
    hours: Mapping[int, tuple[Span, ...]]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(f"{self.zone!r} is not a time zone such as Europe/Berlin", "zone") from error
        for weekday, spans in self.hours.items():
            _check(WEEKDAYS[weekday], spans)
        if not any(self.hours.values()):
            raise BadInput(f"{self.name} has no working time at all", "hours")

    def after(self, start: datetime, length: Duration) -> datetime:
        """
        The instant `length` after `start`, which says its offset; in UTC.

        Plain lengths run by the clock. Working hours run while the place is open. A working day leads
        to the same time of the next working day: at closing if that is later, at the next opening if
        nobody is there then. What begins outside opening hours begins when they open.

        :raises BadInput: further away than the calendar of mankind.
        """
        try:
            if not length.working:
                return start.astimezone(UTC) + length.plain
            if length.unit == "hour":
                return self._after_hours(start.astimezone(UTC), length.plain)
            return self._after_days(start.astimezone(UTC), length.count)
        except OverflowError as error:
            raise BadInput(f"{length} is too long for the calendar {self.name}") from error

    def opening(self, at: datetime) -> datetime:
        """`at` itself while the place is open, else the next opening; in UTC."""
        at = at.astimezone(UTC)
        return max(at, next(opens for opens, closes in self._open_from(at) if closes > at))

    def closing(self, start: datetime, days: int, cut_off: int = DAY) -> datetime:
        """
        Closing time, so many working days after the day of `start`; in UTC. What begins on a day off, after
        closing time, or later than `cut_off` (minutes since midnight), begins on the next working day.
        """
        day = self._local(start).date()
        spans = self._spans(day)
        if not spans or spans[-1][1] <= start or self._minutes(start.astimezone(UTC)) > cut_off:
            day = self._next_working_day(day)
        for _ in range(days):
            day = self._next_working_day(day)
        return self._spans(day)[-1][1]

    def _after_hours(self, start: datetime, left: timedelta) -> datetime:
        for opens, closes in self._open_from(start):
            begin = max(opens, start)
            if begin + left <= closes:
                return begin + left
            left -= max(closes - begin, timedelta(0))
        raise OverflowError

    def _after_days(self, start: datetime, count: int) -> datetime:
        begin = self.opening(start)
        local = self._local(begin)
        minutes = self._minutes(begin)
        day = local.date()
        for _ in range(count):
            day = self._next_working_day(day)
        spans = self._spans(day)
        for opens, closes in spans:
            at = _instant(day, minutes, ZoneInfo(self.zone))
            if at <= closes:
                return max(at, opens)
        return spans[-1][1]

    def _minutes(self, at: datetime) -> float:
        """
        Time of day in minutes. Where the clock is put back, the second pass counts as the end of the
        first, so that what begins later is never due earlier.
        """
        local = self._local(at)
        if local.fold:
            turned = _turn(at - timedelta(hours=3), at, ZoneInfo(self.zone))
            before = (turned - timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone))
            local = before + timedelta(microseconds=1)
        passed = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        return (passed + timedelta(microseconds=local.microsecond)) / timedelta(minutes=1)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def _next_working_day(self, day: date) -> date:
        day += timedelta(days=1)
        while not self._spans(day):
            day += timedelta(days=1)
        return day

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening times from the day of `at` on."""
        day = self._local(at).date()
        while True:
            yield from self._spans(day)
            day += timedelta(days=1)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The day's opening times as instants; a span that the clock jumps over is left out."""
        if day in self.holidays:
            return []
        zone = ZoneInfo(self.zone)
        spans = [
            (_instant(day, span.opens, zone, late=True), _instant(day, span.closes, zone))
            for span in self.hours.get(day.weekday(), ())
        ]
        return [(opens, closes) for opens, closes in spans if opens < closes]


def _check(weekday: str, spans: tuple[Span, ...]) -> None:
    end = 0
    for span in spans:
        if not end <= span.opens < span.closes <= DAY:
            raise BadInput("opening hours follow one another within the day", weekday)
        end = span.closes


def _instant(day: date, minutes: float, zone: ZoneInfo, *, late: bool = False) -> datetime:
    """
    A time on the clock as an instant: the moment the clock jumps, for a time that it jumps over. Of a
    time that it shows twice, the first, or with `late` the second.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second < first:
        return _turn(second, first, zone)
    return second if late else first


def _turn(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two from which the zone's offset is that of `after`, to the second."""
    offset = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while low + 1 < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)
