"""What happens to orders, as shops and other programs are told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

EVERY = "all"
PLACED = "order.placed"
ON_HOLD = "order.on_hold"
RELEASED = "order.released"
COMPLETED = "order.completed"
CANCELLED = "order.cancelled"
SHIPPED = "fulfilment.shipped"
FULFILMENT_CANCELLED = "fulfilment.cancelled"
REFUNDED = "payment.refunded"
RETURN_OPENED = "return.opened"
RETURN_CLOSED = "return.closed"
EVENT_KINDS = (
    PLACED,
    ON_HOLD,
    RELEASED,
    COMPLETED,
    CANCELLED,
    SHIPPED,
    FULFILMENT_CANCELLED,
    REFUNDED,
    RETURN_OPENED,
    RETURN_CLOSED,
)


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """
    One thing that happened, by an id that stays the same however often it is told. Nothing personal:
    whoever wants to know more asks for the order. `subject` is the order, a fulfilment, or a return.
    """

    id: str
    order: str
    kind: str
    subject: str
    data: dict[str, Any]
    at: datetime
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """
    Somebody of config/hooks.yaml who is told. `shops` narrows it to the orders of these channels; `inside`
    lets the address be one of this house, and plain http.
    """

    name: str
    url: str
    events: frozenset[str]
    shops: frozenset[str] = frozenset()
    inside: bool = False

    def wants(self, event: OrderEvent) -> bool:
        meant = EVERY in self.events or event.kind in self.events
        return meant and (not self.shops or event.channel in self.shops)


Wanted = Callable[[OrderEvent], bool]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up: a person looks
    LET_GO = "let_go"  # a person has looked, and it is told no more


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one who is told; `status` is the last HTTP answer, nought for none."""

    event: OrderEvent
    target: str
    state: DeliveryState
    tries: int
    status: int
    why: str
    at: datetime
