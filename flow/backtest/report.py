"""What became of many orders, summed up; and what another version would have made of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from flow.backtest.past import Told, Where

HALF, MOST = 50, 95


@dataclass(frozen=True, slots=True)
class StepReport:
    """How many orders came to a step, and of its waits: how long, how often past a promise or too late."""

    where: Where
    orders: int
    waits: int
    missed: int
    late: int
    p50: timedelta | None
    p95: timedelta | None


@dataclass(frozen=True)
class Report:
    """
    `ends` are titles; `open` orders had not ended after more than a year. `left` says what found nothing
    to act on, and how often.
    """

    orders: int
    open: int
    ends: Mapping[str, int]
    steps: Sequence[StepReport]
    expired: int  # orders
    shipped_late: int
    never_left: int
    left: Mapping[str, int]


def summed_up(told: Sequence[Told]) -> Report:
    places = Counter(where for each in told for where in each.steps)
    return Report(
        orders=len(told),
        open=sum(not each.ended for each in told),
        ends=dict(Counter(each.end for each in told).most_common()),
        steps=[_step(where, orders, told) for where, orders in places.items()],
        expired=sum(each.expired for each in told),
        shipped_late=sum(each.shipped_late for each in told),
        never_left=sum(each.never_left for each in told),
        left=dict(Counter(what for each in told for what in each.left).most_common()),
    )


def _step(where: Where, orders: int, told: Sequence[Told]) -> StepReport:
    waits = [wait for each in told for wait in each.waits if wait.where == where]
    lengths = sorted(wait.length.total_seconds() for wait in waits)
    return StepReport(
        where=where,
        orders=orders,
        waits=len(waits),
        missed=sum(wait.missed for wait in waits),
        late=sum(wait.late for wait in waits),
        p50=_percentile(lengths, HALF),
        p95=_percentile(lengths, MOST),
    )


def _percentile(lengths: Sequence[float], percent: int) -> timedelta | None:
    if not lengths:
        return None
    if len(lengths) == 1:
        return timedelta(seconds=lengths[0])
    return timedelta(seconds=quantiles(lengths, n=100, method="inclusive")[percent - 1])


def changes(before: Sequence[Told], after: Sequence[Told], titles: Mapping[Where, str]) -> list[str]:
    """Such as `41 would now go to “Review for fraud”`; both are of the same cases, in the same order."""
    return [*_other_steps(before, after, titles), *_other_ends(before, after)]


def _other_steps(
    before: Sequence[Told], after: Sequence[Told], titles: Mapping[Where, str]
) -> Iterator[str]:
    pairs = [(set(old.steps), set(new.steps)) for old, new in zip(before, after, strict=True)]
    more = Counter(where for old, new in pairs for where in new - old)
    less = Counter(where for old, new in pairs for where in old - new)
    for where, many in sorted(more.items(), key=lambda item: (-item[1], item[0])):
        yield f"{many} would now go to “{titles[where]}”"
    for where, many in sorted(less.items(), key=lambda item: (-item[1], item[0])):
        yield f"{many} would no longer go to “{titles[where]}”"


def _other_ends(before: Sequence[Told], after: Sequence[Told]) -> Iterator[str]:
    moved = Counter(
        (old.end, new.end) for old, new in zip(before, after, strict=True) if old.end != new.end
    )
    for (was, now), many in moved.most_common():
        yield f"{many} would end “{now}” instead of “{was}”"
