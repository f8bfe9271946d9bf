"""The states that people read of an order, each derived from what stands in our books."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Figures, state_of

LEFT = frozenset([FulfilmentState.SHIPPED, FulfilmentState.FULFILLED])
# What a carrier's event says of the parcel.
DELIVERY_EVENTS = {
    "carrier.pre_transit": "pre_transit",
    "carrier.in_transit": "in_transit",
    "carrier.ready_for_pickup": "ready_for_pickup",
    "carrier.out_for_delivery": "out_for_delivery",
    "carrier.delivered": "delivered",
    "carrier.failed": "failed",
    "carrier.returning": "returning",
}
# What an order that came authorised or paid is, before we have taken that over.
BROUGHT = {PaymentState.AUTHORIZED: "authorized", PaymentState.PAID: "captured"}
# Of several parcels the one that needs looking at speaks for the order, else the slowest.
SPEAKS_FIRST = (
    "failed",
    "returning",
    "pre_transit",
    "in_transit",
    "ready_for_pickup",
    "out_for_delivery",
    "delivered",
)


def order_state(ended: str, holds: Collection[str]) -> str:
    """`ended` is the end state, empty while the order runs."""
    if ended:
        return ended
    return "on_hold" if holds else "open"


def payment_state(
    figures: Figures,
    total: Money,
    now: datetime,
    *,
    ended: bool,
    declined: bool = False,
    came: PaymentState = PaymentState.DUE,
) -> str:
    """
    Where the money of an order of `total` stands at `now`.

    `declined` that the bank has said no to it. `came` is what the order brought along, which counts until
    our own ledger knows better.
    """
    word = state_of(figures, total, now)
    if word == "pending" and declined:
        return "failed"
    if word == "pending" and ended:
        return "none"
    if word == "pending" and came != PaymentState.DUE:
        return BROUGHT[came]
    if word == "partially_captured" and ended and not figures.held.minor:
        # It has let go what it did not need: what was taken is all there was to take.
        return "captured"
    return word


def fulfilment_state(parts: Sequence[str], *, held: bool, cancelled: bool) -> str:
    """
    How far an order's goods are, from the states of its fulfilments.

    `held` that the order is on hold, `cancelled` that it ended so.
    """
    kept = [part for part in parts if part != FulfilmentState.CANCELLED]
    if cancelled or (parts and not kept):
        return "cancelled"
    left = sum(part in LEFT for part in kept)
    if kept and left == len(kept):
        return "fulfilled"
    if left:
        return "partially_fulfilled"
    if held:
        return "on_hold"
    if not kept:
        return "unfulfilled"
    waits = all(part == FulfilmentState.BACKORDERED for part in kept)
    return "scheduled" if waits else "in_progress"


def delivery_state(part: str, tracking: str, events: Sequence[str]) -> str:
    """Where one parcel is, from its carrier's events in the order they came; empty before it has one."""
    if not tracking:
        return ""
    said = [DELIVERY_EVENTS[event] for event in events if event in DELIVERY_EVENTS]
    # Scans arrive out of order: a parcel once delivered is delivered, unless it comes back.
    if "delivered" in said or part == FulfilmentState.FULFILLED:
        return "returning" if said and said[-1] == "returning" else "delivered"
    return said[-1] if said else "pre_transit"


def order_delivery_state(parcels: Sequence[str]) -> str:
    """The delivery state of an order, from those of its parcels."""
    return min((parcel for parcel in parcels if parcel), key=SPEAKS_FIRST.index, default="")
