"""Where an order stands: plain data, serialisable whenever the engine rests."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.act import Act, ActResult
from domain.facts import Facts
from domain.notice import Notice
from flow.model import Level


class Phase(StrEnum):
    LOADING = "loading"  # its flow's definition is being fetched
    RUNNING = "running"  # an action is under way
    WAITING = "waiting"  # for a person, an event, a pause or its lanes
    PARKED = "parked"  # the order is on hold; `step` comes next
    INCIDENT = "incident"  # stopped, a person has to decide
    UNDOING = "undoing"  # taking back what it did, on its way to `end`
    ENDED = "ended"


@dataclass
class Work:
    """An action under way, or one that failed and may be tried again under the same key."""

    key: str
    action: str
    step: str
    visit: int
    args: dict[str, Any]
    undo: bool = False


@dataclass
class Wait:
    """`late` is also the end of a pause. Deadlines are unknown until the journal has answered."""

    id: str
    step: str
    visit: int
    kind: str  # ask | event | pause | each
    since: datetime
    due: datetime | None = None
    remind: datetime | None = None
    late: datetime | None = None


@dataclass
class Incident:
    """`cause` says what a retry does: the work again, or the step once more."""

    id: str
    what: str
    cause: str  # work | step | load | notice
    may_skip: tuple[str, ...]


@dataclass
class Lane:
    """One walk through one flow: the order's own, or a fulfilment's."""

    id: str
    level: Level
    flow: str
    sha256: str
    since: datetime
    step: str = ""
    visit: int = 0
    phase: Phase = Phase.LOADING
    visits: dict[str, int] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)  # visits a person allowed beyond the bound
    runs: dict[str, int] = field(default_factory=dict)  # action -> times asked for
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # of those passed, the ones that only ran late
    undo: list[Work] = field(default_factory=list)
    work: Work | None = None
    wait: Wait | None = None
    incident: Incident | None = None
    incidents: int = 0
    cancel: bool = False  # asked for; acts at the next boundary
    stopping: bool = False  # cancelled: on its way out
    gives: dict[str, Decimal] = field(default_factory=dict)  # SKU -> taken out before its first step
    end: str = ""
    state: str = ""


@dataclass
class Telling:
    """A notice that is not sent yet; with an incident, it waits for a person."""

    notice: Notice
    incident: Incident | None = None


@dataclass
class KeptEvent:
    """An event that came before anybody waited for it; with no lane and no tracking, it is any lane's."""

    act: str
    name: str
    lane: str
    values: dict[str, Any]
    tracking: str = ""


@dataclass
class Cancelling:
    """A cancellation that some lanes can only answer at their next boundary."""

    act: str
    waiting: list[str]
    stopped: int = 0


@dataclass
class Editing:
    """Goods being taken out of parcels; `done` counts those that gave them."""

    act: str
    waiting: list[str]
    done: int = 0


@dataclass
class Moving:
    """A move to other versions whose definitions are being fetched."""

    act: str
    flows: dict[str, str]


@dataclass
class Clock:
    """
    The authorisation clock. It counts to `until`, as the gateway said at `since`, and lets be what it has
    `settled`. `work` is a renewal under way, or one that an incident is about; `unpaid` is when a person
    is asked, as the bank refused and the customer has not paid anew.
    """

    until: str = ""
    since: datetime | None = None
    settled: str = ""
    work: Work | None = None
    unpaid: datetime | None = None
    refusals: int = 0
    incident: Incident | None = None


@dataclass
class State:
    """`subject` is the order's number, or the id of one of its returns. `speed` divides every duration."""

    order: str
    flows: dict[str, str]
    subject: str
    speed: float = 1.0
    clock: Clock = field(default_factory=Clock)
    facts: Facts = field(default_factory=dict)
    returned: Facts = field(default_factory=dict)  # a return's own
    fulfilments: dict[str, Facts] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    holds: list[str] = field(default_factory=list)
    held_since: datetime | None = None
    acts: dict[str, ActResult] = field(default_factory=dict)
    early: dict[str, list[Act]] = field(default_factory=dict)  # task -> its answers, first come first
    kept: list[KeptEvent] = field(default_factory=list)
    cancelling: list[Cancelling] = field(default_factory=list)
    editing: list[Editing] = field(default_factory=list)
    unwanted: dict[str, Decimal] = field(default_factory=dict)  # SKU -> taken out once there are parcels
    moving: Moving | None = None
    notices: dict[str, Telling] = field(default_factory=dict)
    told: int = 0
    entries: int = 0
    batches: int = 0

    @property
    def root(self) -> Lane:
        return self.lanes[self.subject]

    @property
    def what(self) -> str:
        """What this is about, as a sentence begins."""
        return f"Order {self.order}" if self.subject == self.order else f"Return {self.subject}"
