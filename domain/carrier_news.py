"""What a carrier tells of a parcel by itself, and what of it is new: scans come late, twice, anyhow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scan(StrEnum):
    """What became of a parcel; each is an event that flows can wait for, as `carrier.delayed`."""

    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELAYED = "delayed"
    ATTEMPTED = "attempted"  # nobody was there
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNING = "returning"

    @property
    def event(self) -> str:
        return f"carrier.{self.value}"


# As the timeline of an order says it.
WORDS = {
    Scan.IN_TRANSIT.event: "The parcel is on its way.",
    Scan.OUT_FOR_DELIVERY.event: "The parcel is out for delivery.",
    Scan.READY_FOR_PICKUP.event: "The parcel waits for the customer at a pickup point.",
    Scan.DELAYED.event: "The carrier says that the parcel is delayed.",
    Scan.ATTEMPTED.event: "The carrier came, and could not hand the parcel over.",
    Scan.DELIVERED.event: "The parcel was delivered.",
    Scan.FAILED.event: "The carrier could not deliver the parcel.",
    Scan.RETURNING.event: "The parcel is on its way back to us.",
}


@dataclass(frozen=True, slots=True)
class Scanned:
    scan: Scan
    at: datetime


@dataclass(frozen=True, slots=True)
class CarrierNews:
    """
    One message about one parcel, with all that was ever scanned of it. `source` is who sent it, under its
    own `id`; `tracker` what they call the parcel. Nothing in it is personal.
    """

    id: str
    source: str
    tracker: str
    tracking: str
    at: datetime
    scans: tuple[Scanned, ...]


def new_scans(scans: Sequence[Scanned], last: Scanned | None) -> list[Scanned]:
    """
    What is to be told after `last`, in the order it happened.

    A scan that comes late is not told any more, nor the same thing twice in a row, but for attempts. What
    was delivered can only come back, and what comes back is delivered to us.
    """
    told: list[Scanned] = []
    for each in sorted(scans, key=lambda scanned: scanned.at):
        before = told[-1] if told else last
        if before is None or _is_news(each, before):
            told.append(each)
    return told


def _is_news(each: Scanned, before: Scanned) -> bool:
    if each.at < before.at or each == before:
        return False
    if before.scan == Scan.RETURNING:
        return False
    if before.scan == Scan.DELIVERED:
        return each.scan == Scan.RETURNING
    return each.scan != before.scan or each.scan == Scan.ATTEMPTED
