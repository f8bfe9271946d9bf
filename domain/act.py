"""What people and the outside world do to an order: a row first, then carried to its workflow."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.returns import return_in


class ActKind(StrEnum):
    ANSWER = "answer"
    EVENT = "event"
    CANCEL = "cancel"
    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    SKIP = "skip"
    ADDRESS = "address"  # the new one stands in the act's texts
    EDIT = "edit"  # `values["to"]`: how much of these goods is left in the order
    RESEND = "resend"  # the notice `target`, once more
    MOVE = "move"  # to other versions of its flows: `values["flows"]` maps a flow to its sha256


class HoldKind(StrEnum):
    HIGH_RISK_OF_FRAUD = "HIGH_RISK_OF_FRAUD"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"  # released by payment only
    INCORRECT_ADDRESS = "INCORRECT_ADDRESS"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    AWAITING_RETURN = "AWAITING_RETURN"  # an exchange, whose goods have not come back yet
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Act:
    """
    The message a workflow gets: ids and facts only.

    Who did it, in which role, why, and any free text stay in the act's row, under the same `id`.
    `target` is a task, an incident, an event's name or a kind of hold; `lane` names one fulfilment.
    """

    id: str
    kind: ActKind
    target: str = ""
    answer: str = ""
    lane: str = ""
    tracking: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """How an act ends; `KEPT` will be carried as soon as Temporal and the worker are back."""

    DONE = "done"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ActResult:
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class ActRecord:
    """An act as it stands in our database, with who and why."""

    act: Act
    order: str
    by: str
    role: str
    reason: str
    at: datetime
    texts: dict[str, str] = field(default_factory=dict)  # free-text fields of the answer
    result: ActResult | None = None
    seq: int = 0

    @property
    def subject(self) -> str:
        """Whose workflow it is carried to: the order's number, or the id of a return of it."""
        return return_in(self.order, self.act.lane, self.act.target) or self.order
