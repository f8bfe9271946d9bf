"""What people see of orders, tasks and incidents. All of it comes from our own books."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.journal import AnswerOption
from domain.money import Money
from domain.order import exchanged_from
from domain.returns import ReturnLine


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
    since: datetime | None = None  # when the oldest of its open waits began


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Every part narrows; empty ones do not."""

    state: str = ""
    payment: str = ""
    fulfilment: str = ""
    waiting_for: str = ""
    flow: str = ""  # with something open in it
    step: str = ""  # and there at this step
    placed_since: datetime | None = None
    placed_before: datetime | None = None
    search: str = ""  # number, e-mail or tracking number exactly, else text
    limit: int = 200
    # The page after, or before, the order placed then under this number.
    older_than: tuple[datetime, str] | None = None
    newer_than: tuple[datetime, str] | None = None


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
    news: str = ""  # what its carrier last told
    news_at: datetime | None = None


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
