"""Part of an order that leaves together: lines x location x method."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.money import Money
from domain.order import DeliveryMethod


class FulfilmentState(StrEnum):
    """How far a fulfilment has come; `BACKORDERED` waits for stock."""

    OPEN = "open"
    BACKORDERED = "backordered"
    SHIPPED = "shipped"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class FulfilmentLine:
    """`line` is the order line's place, counted from 0."""

    line: int
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """`total` is its exact share of the order's total: lines, shipping, tax and discount."""

    id: str
    order: str
    method: DeliveryMethod
    location: str
    flow: str
    lines: tuple[FulfilmentLine, ...]
    total: Money
    state: FulfilmentState = FulfilmentState.OPEN
    supplier: str = ""
    made_to_order: bool = False
    tracking: str = ""
    carrier: str = ""
    ship_by: datetime | None = None


def fulfilment_id(order: str, n: int) -> str:
    return f"{order}-F{n}"


def order_of(fulfilment: str) -> str:
    """The order's number in a fulfilment's id."""
    return fulfilment.rpartition("-F")[0]
