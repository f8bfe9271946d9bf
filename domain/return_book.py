"""Returns as they are asked for and kept."""

from dataclasses import dataclass

from domain.money import Money
from domain.order import Order
from domain.placement import Placement
from domain.returns import Claim, ReturnLine, Shipped, Terms


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
