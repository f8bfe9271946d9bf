"""What a workflow writes down before it waits: timeline, states, open tasks, incidents, acts done."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.act import ActResult
from domain.facts import Facts


class EntryKind(StrEnum):
    STEP = "step"
    DECISION = "decision"
    WAIT = "wait"
    ANSWER = "answer"
    EVENT = "event"
    LATE = "late"
    REMINDER = "reminder"
    NOTICE = "notice"
    HOLD = "hold"
    CANCEL = "cancel"
    UNDO = "undo"
    INCIDENT = "incident"
    MOVE = "move"
    EDIT = "edit"
    END = "end"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `act` names the act whose row knows who and why."""

    seq: int  # per subject, from 1, without gaps
    at: datetime
    kind: EntryKind
    lane: str
    step: str
    text: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One labelled answer of a task; `needs` maps a field to its kind (text, lines, grams, ...)."""

    name: str
    label: str
    needs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitOpened:
    """
    A lane begins to wait. Durations are as the flow says them; the writer turns them into instants
    with the calendar of the day and stores the first answer.
    """

    lane: str
    step: str
    visit: int
    kind: str  # ask | event | pause | each
    title: str
    since: datetime
    role: str = ""
    event: str = ""
    priority: int = 5
    show: dict[str, Any] = field(default_factory=dict)  # fact -> its value now
    scan: str = ""
    answers: tuple[AnswerOption, ...] = ()
    not_same_person_as: str = ""
    calendar: str = ""
    due: str = ""
    remind: str = ""
    late: str = ""
    late_then: str = ""  # title of the step that lateness leads to

    @property
    def id(self) -> str:
        return f"{self.lane}.{self.step}.{self.visit}"


@dataclass(frozen=True, slots=True)
class WaitClosed:
    id: str
    at: datetime
    act: str = ""  # the answer that closed it; empty when it ran late or was called off


@dataclass(frozen=True, slots=True)
class WaitMoved:
    """A release from hold moves open deadlines on."""

    id: str
    due: datetime | None
    remind: datetime | None
    late: datetime | None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When an open wait is due, reminds and turns late; None where the flow says nothing."""

    id: str
    due: datetime | None = None
    remind: datetime | None = None
    late: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    id: str
    lane: str
    step: str
    title: str
    what: str  # what went wrong, in words, without personal data
    role: str  # who can fix it
    may_skip: tuple[str, ...]
    at: datetime
    due: str = "4 hours"


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    id: str
    at: datetime
    how: str  # retried | skipped | cancelled
    act: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """What a lane has behind it: steps in their order, its undos as (step, action), names of results."""

    passed: tuple[str, ...] = ()
    undo: tuple[tuple[str, str], ...] = ()
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)  # step -> what it answered


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """Where a lane stands now; `state` is empty while it is open, else its flow's end state."""

    id: str
    flow: str
    flow_hash: str
    step: str
    title: str
    then: str  # title of what comes next on the happy path
    phase: str  # running | waiting | incident | undoing | ended
    since: datetime
    state: str = ""
    facts: Facts = field(default_factory=dict)
    walk: Walk = field(default_factory=Walk)
    leaving: bool = False  # called off, or asked to be: on its way out


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Everything that happened since the last one. Writing a batch twice changes nothing.

    `subject` is the order's number, or the id of the return of it whose workflow writes.
    """

    order: str
    subject: str
    n: int  # per subject, from 1
    now: datetime
    speed: float
    entries: tuple[Entry, ...] = ()
    opened: tuple[WaitOpened, ...] = ()
    closed: tuple[WaitClosed, ...] = ()
    moved: tuple[WaitMoved, ...] = ()
    rewritten: tuple[WaitOpened, ...] = ()  # open waits as another version says them; deadlines stay
    incidents_opened: tuple[IncidentOpened, ...] = ()
    incidents_closed: tuple[IncidentClosed, ...] = ()
    acts: dict[str, ActResult] = field(default_factory=dict)
    kept_events: tuple[str, ...] = ()  # acts kept for a later wait, or fitting nowhere
    lanes: tuple[LaneStatus, ...] = ()  # those that changed
    holds: tuple[str, ...] = ()
    flows: dict[str, str] = field(default_factory=dict)  # the versions it moved to; empty unless it did
    readdressed: tuple[str, ...] = ()  # acts whose texts are the address it goes to from now on
    ended: str = ""  # the end state, once it has ended
