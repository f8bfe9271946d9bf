"""What a picture of a flow can show on top of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

Where = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """
    `position`: step -> the lanes that stand there. `path`: the steps one lane has passed, in order, with
    the one it stands at; the rest is dimmed unless it is empty. `counts` and `late`: step -> how many open
    orders stand there, and how many of these are late; `oldest` says for how long the first of them has.
    `coverage`: how often a way was taken by the
    scenarios, by its place in the file (as `Edge.where` has it); those of 0 show as never taken.
    """

    position: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    oldest: Mapping[str, str] = field(default_factory=dict)
    coverage: Mapping[Where, int] = field(default_factory=dict)

    def is_dim(self, step: str) -> bool:
        return bool(self.path) and step not in self.path and step not in self.position

    def was_taken(self, start: str, to: str) -> bool:
        return (start, to) in set(pairwise(self.path))

    def never_taken(self, where: Where) -> bool:
        return self.coverage.get(where) == 0


NOTHING = Overlay()
