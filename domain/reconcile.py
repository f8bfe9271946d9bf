"""What comparing the books finds, and what of it may be repaired without a person."""

from dataclasses import dataclass
from enum import StrEnum


class RepairKind(StrEnum):
    """What `reconcile --repair` does by itself: nothing that moves money or goods anew."""

    START = "start"  # an order's workflow that never began
    START_RETURN = "start_return"
    CARRY = "carry"  # an act to its workflow
    CLOSE = "close"  # a task or an incident of an order that has ended
    RELEASE = "release"  # goods promised to an order that has ended
    SEND = "send"  # a notice that was written and never went out
    GUARD = "guard"  # the database's own guards of what is only added to
    LIST = "list"  # what lists of orders are narrowed, searched and shown by


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
