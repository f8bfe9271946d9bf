"""Where orders stand, in the few words that fit a progress display."""

from collections import Counter
from collections.abc import Iterable

from domain.returns import is_over
from domain.view import OrderRow

# What an order waits for -> where it stands, in the order in which orders come along.
STAGES = {
    "fraud": "in fraud review",
    "payment.received": "waiting for money",
    "finance": "waiting for money",
    "stock.arrived": "waiting for goods",
    "buyer": "waiting for goods",
    "warehouse": "being packed",
    "warehouse-lead": "late at packing",
    "production": "being made",
    "partner.answered": "with a partner",
    "partner.picked": "with a partner",
    "partner.shipped": "with a partner",
    "partner.cancel_answered": "with a partner",
    "counter": "to be picked up",
    "courier": "on its round",
    "carrier.delivered": "on its way",
    "support": "being traced",
}
RETURNING = "coming back"
TO_COME, BEGINS, HELD, STOPPED, OTHER = "to come", "under way", "on hold", "stopped", "waiting"
COMPLETED, CANCELLED = "completed", "cancelled"
ALL = (
    *(TO_COME, BEGINS),
    *dict.fromkeys(STAGES.values()),
    *(OTHER, HELD, STOPPED, RETURNING, COMPLETED, CANCELLED),
)


def stage(row: OrderRow) -> str:
    """Of several parcels, the one that is least far speaks for the order."""
    if row.state in (COMPLETED, CANCELLED):
        return row.state if has_ended(row) else STOPPED if row.incidents else RETURNING
    if row.incidents:
        return STOPPED
    if row.state == "on_hold":
        return HELD
    for waited_for, name in STAGES.items():
        if waited_for in row.waiting_for:
            return name
    return OTHER if row.waiting_for else BEGINS


def has_ended(row: OrderRow) -> bool:
    """The order, and whatever came back of it."""
    return row.state in (COMPLETED, CANCELLED) and all(map(is_over, row.returns))


def count(rows: Iterable[OrderRow], whole: int) -> dict[str, int]:
    """Stage -> how many of `whole` orders stand there; those that are not among `rows` are to come."""
    found = Counter(stage(row) for row in rows)
    found[TO_COME] = whole - sum(found.values())
    return {name: found[name] for name in ALL if found[name]}
