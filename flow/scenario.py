"""A scenario: an order, what happens to it, and how that should go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.facts import Facts
from flow.model import Level

FOR_GOOD = "for good"


class Does(StrEnum):
    """What may happen in a story, by the word it is written with."""

    ANSWER = "answer"
    EVENT = "event"
    LATE = "late"
    AFTER = "after"
    HOLD = "hold"
    RELEASE = "release"
    CANCEL = "cancel"
    RETRY = "retry"
    SKIP = "skip"
    GIVEN = "given"


class Aspect(StrEnum):
    """What may be expected, by the word it is written with."""

    END = "end"
    STATE = "state"
    WAITS = "waits"
    PASSED = "passed"
    INCLUDES = "includes"
    NOTICES = "notices"
    REMINDERS = "reminders"
    UNDONE = "undone"
    TASKS = "tasks"
    DEADLINES = "deadlines"
    INCIDENTS = "incidents"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Counted from 1; line 0 is nowhere in a file."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Spot:
    """
    A step. `part` is `F1` and so on, `order` or `return`, or empty for whichever has that step. With
    `undo`, what takes it back.
    """

    step: str
    part: str = ""
    undo: bool = False

    def __str__(self) -> str:
        part = f"{self.part}." if self.part else ""
        return f"{'undo ' if self.undo else ''}{part}{self.step}"


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a step is answered when it is asked for once: it works, with `values` among its results; it is
    refused by name; or nobody answers, for a length of time or `FOR_GOOD`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    silent: str = ""

    def __str__(self) -> str:
        if self.silent:
            return "no answer" if self.silent == FOR_GOOD else f"no answer for {self.silent}"
        return self.refusal or "works"


@dataclass(frozen=True, slots=True)
class Given:
    """`replies` are for the next times the step is asked for; the last one for `always`, if so said."""

    replies: tuple[Reply, ...]
    always: bool = False


Givens = Mapping[Spot, Given]


@dataclass(frozen=True, slots=True)
class Happening:
    """
    One thing of a story. `word` is the answer, event, length of time or kind of hold. With `refused`, it
    is turned down, and the reason has these words in it.
    """

    does: Does
    word: str = ""
    spot: Spot | None = None
    part: str = ""
    tracking: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    givens: Givens = field(default_factory=dict)
    refused: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One expectation: of one `part`, one `step`, or the whole."""

    aspect: Aspect
    value: Any
    part: str = ""
    step: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True)
class Scenario:
    """
    `order` and `returned` are whole facts; `parcels` what reserving makes of the order, by `F1` and so
    on, as far as the file says. `flow` is the flow it is about.
    """

    title: str
    flow: str
    level: Level
    order: Facts
    starts: datetime
    returned: Facts | None = None
    parcels: Mapping[str, Facts] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    givens: Givens = field(default_factory=dict)
    story: tuple[Happening, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    place: Place = field(default_factory=Place)

    @property
    def number(self) -> str:
        return str(self.order["number"])

    def lane(self, part: str) -> str:
        """The lane's id of `F1`, `order` or `return`."""
        if part == Level.ORDER:
            return self.number
        if part == Level.RETURN:
            return str((self.returned or {})["id"])
        return f"{self.number}-{part}"

    def part(self, lane: str) -> str:
        """`F1`, `order` or `return` of a lane's id."""
        if lane == self.number:
            return Level.ORDER.value
        if self.returned and lane == self.returned["id"]:
            return Level.RETURN.value
        return lane.removeprefix(f"{self.number}-")

    @property
    def main_part(self) -> str:
        """The part the scenario is about, where it does not say."""
        return "F1" if self.level == Level.FULFILMENT else self.level.value
