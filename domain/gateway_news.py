"""What a payment gateway tells by itself: a refund's end, a hold let go, a customer's dispute."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money

# The step that incidents of finance stand at: they belong to no step of a flow.
MONEY = "money"
# The event by which a person writes down a dispute of a gateway that does not tell.
DISPUTED = "payment.disputed"


class NewsKind(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    LET_GO = "let_go"
    REFUND = "refund"
    DISPUTE = "dispute"


class RefundEnd(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class DisputeState(StrEnum):
    """A dispute that was won or lost stays so."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class GatewayNews:
    """
    One message, without anything personal. `object` is what it is about (a hold, a refund, a dispute),
    `about` what that is of (the payment), `order` and `key` ours, empty where the object has none.

    `state` is a RefundEnd or DisputeState, `why` the gateway's own word for the reason.
    """

    id: str
    gateway: str
    kind: NewsKind
    object: str
    about: str
    order: str
    key: str
    amount: Money
    state: str
    at: datetime
    why: str = ""
    due: datetime | None = None  # until when the shop may answer a dispute
