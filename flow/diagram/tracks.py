"""Lines of one channel side by side, in the order that crosses least."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
APART = 8.0  # lines nearer than this, end to end, take tracks of their own
NEAR, MERGED = 6.0, 4


@dataclass
class Run(Generic[Key]):
    """What one line takes of a channel; `before` and `after` are where it leaves it, to either side."""

    key: Key
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)

    @property
    def start(self) -> float:
        return min(self.before + self.after)

    @property
    def end(self) -> float:
        return max(self.before + self.after)

    def meets(self, other: "Run[Key]") -> bool:
        return self.start < other.end + APART and other.start < self.end + APART

    def holds(self, at: float) -> bool:
        return self.start < at < self.end


def tracks(runs: Sequence[Run[Key]]) -> Mapping[Key, int]:
    """A track for each, from 0; runs that meet never share one."""
    order = _untangled(sorted(runs, key=lambda run: (run.end - run.start, run.start)))
    track: dict[Key, int] = {}
    for n, run in enumerate(order):
        beside = [track[other.key] for other in order[:n] if run.meets(other)]
        track[run.key] = max(beside, default=-1) + 1
    return track


def _untangled(order: list[Run[Key]]) -> list[Run[Key]]:
    """Each moves to the place where it crosses least, as long as that helps."""
    costs = {(one.key, other.key): _crossings(one, other) for one in order for other in order}
    for _ in order:
        before = list(order)
        for run in before:
            order.remove(run)
            order.insert(_best(order, run, costs), run)
        if order == before:
            break
    return order


def _best(order: list[Run[Key]], run: Run[Key], costs: Mapping[tuple[Key, Key], int]) -> int:
    cost = sum(costs[run.key, other.key] for other in order)
    best, least = 0, cost
    for n, other in enumerate(order, 1):
        cost += costs[other.key, run.key] - costs[run.key, other.key]
        if cost < least:
            best, least = n, cost
    return best


def _crossings(first: Run[Key], second: Run[Key]) -> int:
    """With `first` on the lower track; lines that would lie on one another count as worse."""
    crossed = sum(first.holds(at) for at in second.before) + sum(second.holds(at) for at in first.after)
    merged = sum(abs(at - other) < NEAR for at in first.after for other in second.before)
    return crossed + MERGED * merged
