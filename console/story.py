"""An order's story as a page tells it: by day, newest first, the tries of a step folded under its line."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from domain.attempt import Attempt, AttemptState, op_of, seq_of
from domain.view import TimelineView

SAID = {
    AttemptState.ASKED: "asked, and not answered yet",
    AttemptState.UNKNOWN: "no clear answer: it is read before anybody asks again",
    AttemptState.REFUSED: "refused",
    AttemptState.NOT_DONE: "read: nothing had been done",
    AttemptState.DONE: "done",
}
# Whose call it was: the order's own are under this.
OWN = "O"


@dataclass(frozen=True, slots=True)
class Try:
    """One question to the gateway; `key` is what it went out under."""

    at: datetime
    what: str
    amount: str
    said: str
    key: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story, at `time` of its day, and the tries that led to it."""

    time: str
    entry: TimelineView
    tries: tuple[Try, ...] = ()


Day = tuple[str, list[Line]]


def days_of(
    timeline: Sequence[TimelineView], attempts: Sequence[Attempt], number: str, zone: tzinfo | None
) -> list[Day]:
    """The newest first."""
    tries = _folded(timeline, attempts, number)
    days: dict[str, list[Line]] = {}
    for n, entry in reversed(list(enumerate(timeline))):
        there = entry.at.astimezone(zone)
        line = Line(f"{there:%H:%M}", entry, tuple(tries[n]))
        days.setdefault(f"{there:%A} {there.day} {there:%B %Y}", []).append(line)
    return list(days.items())


def _folded(
    timeline: Sequence[TimelineView], attempts: Sequence[Attempt], number: str
) -> dict[int, list[Try]]:
    """By place in the timeline: under the first line of that part written since, else under its last."""
    tries: dict[int, list[Try]] = defaultdict(list)
    for attempt in attempts:
        lane = _lane(attempt, number)
        own = [n for n, entry in enumerate(timeline) if entry.step and entry.lane == lane]
        since = [n for n in own if timeline[n].at >= attempt.at]
        if own:
            tries[(since or own[-1:])[0]].append(_try(attempt))
    return tries


def _lane(attempt: Attempt, number: str) -> str:
    seq = seq_of(attempt.base)
    return number if seq in ("", OWN) else f"{number}-{seq}"


def _try(attempt: Attempt) -> Try:
    what = op_of(attempt.base).replace(".", " ").replace("_", " ")
    amount = str(attempt.amount) if attempt.amount.minor else ""
    return Try(attempt.at, what, amount, SAID[attempt.state], attempt.key)
