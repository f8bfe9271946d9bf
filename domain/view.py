"""What people see of orders, tasks and incidents. All of it comes from our own books."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.act import ActRecord
from domain.journal import AnswerOption, Walk
from domain.money import Money
from domain.order import Order, exchanged_from
from domain.returns import Claim, ReturnLine, Shipped, Terms


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of a list of orders. States are derived; see domain/state.py."""

    number: str
    channel: str
    state: str  # open | on_hold | completed | cancelled
    payment: str
    fulfilment: str
    delivery: str
    total: Money
    placed_at: datetime
    waiting_for: tuple[str, ...]  # roles, or event names, of the open waits
    due: datetime | None  # the nearest
    incidents: int
    customer: str  # name, as support searches it
    returns: tuple[str, ...] = ()  # the state of each of its returns


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Every part narrows; empty ones do not."""

    state: str = ""
    payment: str = ""
    fulfilment: str = ""
    waiting_for: str = ""
    placed_since: datetime | None = None
    placed_before: datetime | None = None
    search: str = ""  # number, e-mail or tracking number exactly, else text
    limit: int = 200


@dataclass(frozen=True, slots=True)
class TaskView:
    id: str
    order: str
    lane: str
    step: str
    role: str
    title: str
    since: datetime
    due: datetime | None
    late: datetime | None  # when it turns late
    priority: int
    answers: tuple[AnswerOption, ...]
    show: dict[str, Any]  # fact -> value, as the step's `show` names them
    scan: str
    not_same_person_as: str
    claimed_by: str = ""
    claimed_until: datetime | None = None
    answered_by: str = ""  # set once closed by an answer
    answer: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitView:
    """One thing an order waits for; `then` says what lateness leads to."""

    step: str
    title: str
    lane: str
    kind: str  # ask | event | pause
    role: str
    event: str
    since: datetime
    due: datetime | None
    late: datetime | None
    then: str


@dataclass(frozen=True, slots=True)
class FulfilmentView:
    id: str
    method: str
    location: str
    flow: str
    flow_version: str  # the first 12 of its sha256
    state: str
    step: str  # title of the step it stands at
    lines: tuple[tuple[str, Decimal], ...]  # sku, quantity
    total: Money
    tracking: str
    carrier: str
    link: str


@dataclass(frozen=True, slots=True)
class PaymentView:
    """`kind`: authorized | captured | refunded | voided | received."""

    kind: str
    amount: Money
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TimelineView:
    at: datetime
    text: str
    by: str
    role: str
    step: str
    lane: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    id: str
    order: str
    lane: str
    step: str
    title: str
    what: str
    role: str
    since: datetime
    due: datetime | None
    may_skip: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldView:
    kind: str
    by: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class NoticeView:
    id: str
    template: str
    state: str  # pending | sent | refused
    subject: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RunningView:
    """A step the machine is at, perhaps not for the first time: nobody has to do anything."""

    lane: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class LineView:
    sku: str
    title: str
    quantity: Decimal
    total: Money


@dataclass(frozen=True, slots=True)
class ReturnView:
    """
    `id` is its RMA number. `refunded` is what has been confirmed, `refund` the state of what was asked for:
    empty, requested, confirmed or failed.
    """

    id: str
    state: str
    claim: str
    reason: str
    by: str
    opened_at: datetime
    flow: str
    flow_version: str
    step: str  # title of the step it stands at, or of its end
    lines: tuple[ReturnLine, ...]
    value: Money
    fee: Money
    refunded: Money
    refund: str
    exchange: str = ""  # the order that replaces its goods


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything support sees of one order."""

    row: OrderRow
    customer_email: str
    address: tuple[str, ...]
    lines: tuple[LineView, ...]
    flow: str
    flow_version: str
    end: str  # title of the end it came to; empty while open
    waiting_for: tuple[WaitView, ...]
    fulfilments: tuple[FulfilmentView, ...]
    payments: tuple[PaymentView, ...]
    holds: tuple[HoldView, ...]
    timeline: tuple[TimelineView, ...]
    incidents: tuple[IncidentView, ...]
    notices: tuple[NoticeView, ...]
    returns: tuple[ReturnView, ...]
    pending_acts: int  # acts kept, not yet carried
    authorized: Money
    captured: Money
    refunded: Money
    expires_at: datetime | None = None
    running: tuple[RunningView, ...] = ()

    @property
    def replaces(self) -> str:
        """The order of which goods come back in exchange for this one; empty for none."""
        return exchanged_from(self.row.number)


@dataclass(frozen=True, slots=True)
class StockRow:
    sku: str
    title: str
    location: str
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    available: Decimal
    backordered: Decimal
    discontinued: bool
    incoming: Decimal = Decimal(0)
    incoming_on: date | None = None
    low_at: Decimal | None = None
    backorderable: bool = True
    scarce: str = ""  # low | out, over all locations


@dataclass(frozen=True, slots=True)
class MovementRow:
    """`quantity` is the change of what is on hand, `promised` of what is promised."""

    at: datetime
    sku: str
    location: str
    quantity: Decimal
    kind: str  # receive | adjust | count | scrap | reserve | release | ship | short | return
    why: str
    order: str = ""
    promised: Decimal = Decimal(0)
    fulfilment: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ScarceRow:
    """An item became scarce (`kind`: low | out): what there was then, and how much was waited for."""

    at: datetime
    sku: str
    title: str
    kind: str
    available: Decimal
    waiting: Decimal
    told_at: datetime | None  # None while no mail has gone out


@dataclass(frozen=True, slots=True)
class ItemChange:
    """
    What of an item is to be set; None leaves it as it is. `never_low` forgets `low_at`; `safety` is that
    at `location`.
    """

    title: str | None = None
    low_at: str | None = None
    never_low: bool = False
    backorderable: bool | None = None
    discontinued: bool | None = None
    safety: str | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of a count of the shelves; None leaves what is not in the file as it is."""

    sku: str
    location: str
    on_hand: Decimal
    title: str | None = None
    safety: Decimal | None = None
    low_at: Decimal | None = None
    incoming: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What a count makes of one item at one place."""

    sku: str
    location: str
    before: Decimal
    after: Decimal
    new: bool  # an item not heard of before


@dataclass(frozen=True, slots=True)
class CountProblem:
    """Why row `row` of a count, from nought, cannot be; `column` is the field that is wrong."""

    row: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Count:
    """
    A count of the shelves: nothing of it is written where there are problems. `filled` are the fulfilments
    that now have all they waited for.
    """

    rows: tuple[CountedRow, ...]
    problems: tuple[CountProblem, ...] = ()
    filled: tuple[str, ...] = ()


class RepairKind(StrEnum):
    """What `reconcile --repair` does by itself: nothing that moves money or goods anew."""

    START = "start"  # an order's workflow that never began
    START_RETURN = "start_return"
    CARRY = "carry"  # an act to its workflow
    CLOSE = "close"  # a task or an incident of an order that has ended
    RELEASE = "release"  # goods promised to an order that has ended
    SEND = "send"  # a notice that was written and never went out
    GUARD = "guard"  # the database's own guards of what is only added to


@dataclass(frozen=True, slots=True)
class Repair:
    """`target` is the id of the row, or the order, it is done to."""

    kind: RepairKind
    target: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing `reconcile` found: which rule, where, what and what to do; `repair` when it is safe."""

    rule: str
    subject: str  # order number, SKU or gateway object
    what: str
    advice: str
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class FlowVersion:
    name: str
    sha256: str
    title: str
    level: str
    published_at: datetime
    by: str
    why: str
    open_orders: int = 0


@dataclass(frozen=True, slots=True)
class LaneAt:
    """Where an open lane stands; `phase` is one of the engine's."""

    id: str
    flow: str
    flow_hash: str
    step: str
    title: str
    phase: str
    since: datetime
    walk: Walk
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class SubjectAt:
    """An open order, or return of it (`subject`), and where its lanes stand: its own first."""

    order: str
    subject: str
    lanes: tuple[LaneAt, ...]
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """An order that has ended, and the acts that were done, by a clock that ran `speed` times too fast."""

    order: Order
    orders_before: int
    kept_at: datetime
    speed: float
    acts: tuple[ActRecord, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """What is stored beside an order when it is placed."""

    flow: str  # the order's own flow
    flows: dict[str, str]  # every flow it may use -> sha256
    holds: dict[str, str] = field(default_factory=dict)  # kind -> why, from the start
    body: str = ""  # canonical JSON of what was placed: same number, same body, same order
    speed: float = 1.0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Sold:
    """An order, and what of it has left and may still come back; `speed` is that of its clocks."""

    order: Order
    goods: tuple[Shipped, ...]
    orders_before: int
    speed: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """The order that replaces what comes back; `credit` of what was paid for that pays for it."""

    order: Order
    placement: Placement
    credit: Money


@dataclass(frozen=True, slots=True)
class Asked:
    """A return as it is kept: `form` is the id under which it was asked for."""

    order: str
    form: str
    claim: Claim
    lines: tuple[ReturnLine, ...]
    value: Money
    days: int
    terms: Terms
    flow_hash: str
    speed: float
    reason: str
    by: str
    role: str
    second_person: bool = False
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a return's workflow starts with."""

    order: str
    id: str
    flow: str
    flow_hash: str
    speed: float
    started: bool
