"""
A carrier that carries nothing: parcels get a number, and are on their way as time passes.

In transit after 4 hours, out for delivery after 44, delivered after 48, by the order's clock. A parcel to
an address whose second line is `LOSE PARCEL` is picked up and never heard of again.
"""

import asyncio
import hashlib
from datetime import datetime, timedelta

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.results import store_result, stored_result
from adapters.database.shipping.shipments import Parcel, has_news, keep_parcel, tell_news
from domain.carrier import SIMULATED
from domain.check_digit import mod10
from domain.errors import CarrierUnavailable
from domain.fulfilment import FulfilmentState
from domain.step import Call, StepResult

TRANSIT = (timedelta(hours=4), timedelta(hours=44), timedelta(hours=48))
LOSE_PARCEL = "LOSE PARCEL"
SERIAL_DIGITS = 14
# Parcels of one report, so that others can write in between.
PAGE = 200


class SimulatedCarrier:
    """While `closed`, it gives no answer: for trying out what happens then."""

    def __init__(self, database: Database, *, closed: bool = False) -> None:
        self._database = database
        self.closed = closed

    async def hand_over(self, call: Call) -> StepResult:
        """
        Register the fulfilment's parcel, once per key. `carrier` and `tracking`, also as facts.

        :raises CarrierUnavailable: it is closed.
        :raises NotFound: there is no such order.
        """
        if self.closed:
            raise CarrierUnavailable("The carrier gives no answer; trying again.")
        return await asyncio.to_thread(self._hand_over, call)

    def report(self, now: datetime) -> int:
        """
        Tell the orders what became of their parcels: an act for each event that is due.

        Says how many; in a second report at the same `now` there are none, unless there were too many.
        """
        with self._database.read() as session:
            if not has_news(session, now):
                return 0
        with self._database.write() as session:
            return tell_news(session, SIMULATED, now, PAGE)

    def _hand_over(self, call: Call) -> StepResult:
        with self._database.write() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands
            tracking = tracking_number(call.key)
            keep_parcel(session, SIMULATED, _parcel(session, call, tracking))
            return store_result(session, call.key, _handed_over(tracking))


def tracking_number(key: str) -> str:
    """The same number for the same key, with a right check digit."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    serial = f"{digest % 10**SERIAL_DIGITS:0{SERIAL_DIGITS}d}"
    return f"{SIMULATED}{serial}{mod10(serial)}"


def _parcel(session: Session, call: Call, tracking: str) -> Parcel:
    assert call.fulfilment is not None, "the catalogue offers this action to fulfilments only"
    address = load_order(session, call.order).shipping_address
    in_transit, out_for_delivery, delivered = (call.after(time) for time in TRANSIT)
    return Parcel(
        tracking=tracking,
        key=call.key,
        order=call.order,
        fulfilment=call.fulfilment,
        handed_at=call.now,
        due=(in_transit, out_for_delivery, delivered),
        lost=address.line2 == LOSE_PARCEL,
    )


def _handed_over(tracking: str) -> StepResult:
    parcel = {"carrier": SIMULATED, "tracking": tracking}
    return StepResult(
        values=parcel,
        fulfilment={**parcel, "state": FulfilmentState.SHIPPED.value},
        said=f"Handed to {SIMULATED}, tracking {tracking}.",
    )
