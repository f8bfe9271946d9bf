"""How the shop does: what its owners want to know of a period."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.period import Period

# Up to so many days, a chart has a bar a day; up to so many weeks, one a week.
MOST_DAYS, MOST_WEEKS = 62, 60
# Nobody reads charts of more.
LONGEST_DAYS = 3_660
WEEK = 7
MEDIAN, MOST = 0.5, 0.9
# How an end of a flow calls itself that turns an order away as fraud.
FRAUD = "fraud"


class Unit(StrEnum):
    """What one bar of a chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Scale:
    """A period cut into bars; `begins` has the first day of each."""

    unit: Unit
    begins: tuple[date, ...]

    def place(self, day: date) -> int:
        """Which bar a day of the period falls into."""
        return max(bisect_right(self.begins, day) - 1, 0)


def scale_of(period: Period) -> Scale:
    if period.days <= MOST_DAYS:
        return Scale(Unit.DAY, tuple(period.each_day()))
    if period.days <= MOST_WEEKS * WEEK:
        monday = period.first + timedelta(days=WEEK - period.first.weekday())
        mondays = (
            monday + timedelta(days=WEEK * n) for n in range((period.last - monday).days // WEEK + 1)
        )
        return Scale(Unit.WEEK, (period.first, *mondays))
    months: list[date] = []
    month = _next_month(period.first)
    while month <= period.last:
        months.append(month)
        month = _next_month(month)
    return Scale(Unit.MONTH, (period.first, *months))


Series = tuple[int, ...]
"""A figure for each bar of the scale."""


@dataclass(frozen=True, slots=True)
class MoneyByDay:
    """
    One currency, in minor units: what was ordered, what left and was sold, what was given back, and what
    gateways kept for themselves.
    """

    currency: str
    ordered: Series
    sold: Series
    refunded: Series
    fees: Series


@dataclass(frozen=True, slots=True)
class Speed:
    """How long it took, in seconds: half of them no longer than `median`, nine of ten than `p90`."""

    count: int = 0
    median: int = 0
    p90: int = 0


@dataclass(frozen=True, slots=True)
class Shipped:
    """Parcels that left in the period; of those `promised` to leave by a day, so many were `on_time`."""

    speed: Speed
    by_bar: tuple[Speed, ...]
    promised: int
    on_time: int


@dataclass(frozen=True, slots=True)
class StepTime:
    """Waits of one step that ended in the period; how late those were that were, in seconds."""

    flow: str
    title: str
    role: str
    done: int
    late: int
    late_on_average: int
    late_at_worst: int


@dataclass(frozen=True, slots=True)
class Ended:
    title: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    `method` is the flow of the parcels that count; empty for all of them. `refunds` is how often money was
    given back, `returns` how many were opened for each reason, `survey` how many gave each mark, 1 to 5.
    """

    period: Period
    method: str
    scale: Scale
    orders: Series
    money: tuple[MoneyByDay, ...]
    ended: tuple[Ended, ...]
    shipped: Shipped
    steps: tuple[StepTime, ...]
    reviewed: int
    refunds: int
    returns: Mapping[str, int]
    survey: tuple[int, int, int, int, int]

    @property
    def placed(self) -> int:
        return sum(self.orders)

    @property
    def refused(self) -> int:
        """Turned away as fraud."""
        return sum(each.count for each in self.ended if FRAUD in each.title.casefold())

    @property
    def answered(self) -> int:
        return sum(self.survey)


def share(part: int, whole: int) -> float | None:
    """Of nothing there is no share."""
    return part / whole if whole else None


def average_mark(survey: Sequence[int]) -> float | None:
    return share(sum(mark * count for mark, count in enumerate(survey, 1)), sum(survey))


def speed_of(seconds: Iterable[int]) -> Speed:
    """By the nearest rank: each figure is one that was really seen."""
    ordered = sorted(seconds)
    if not ordered:
        return Speed()
    return Speed(len(ordered), _ranked(ordered, MEDIAN), _ranked(ordered, MOST))


def _ranked(ordered: Sequence[int], rank: float) -> int:
    return ordered[max(-int(-len(ordered) * rank // 1), 1) - 1]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
