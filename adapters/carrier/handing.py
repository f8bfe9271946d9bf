"""Handing a parcel to a carrier: under the number that somebody has typed, else to the simulated one."""

import asyncio

from sqlmodel import Session

from adapters.carrier.simulated import SimulatedCarrier
from adapters.database.engine import Database
from adapters.database.journal.typed import typed_parcel
from adapters.database.partner.orders import take_down
from adapters.database.results import store_result, stored_result
from domain.fulfilment import FulfilmentState
from domain.step import Call, StepResult
from domain.tracking import recognise, tidy


class Handing:
    """
    A flow whose packers type a `tracking` number, and perhaps a `carrier`, has it on the parcel. Without
    `simulated`, a parcel of which none was typed leaves without.
    """

    def __init__(self, database: Database, simulated: SimulatedCarrier | None) -> None:
        self._database = database
        self._simulated = simulated

    async def hand_over(self, call: Call) -> StepResult:
        """
        Take down the fulfilment's parcel, once per key. `carrier` and `tracking`, also as facts.

        :raises CarrierUnavailable: no answer; safe to ask again.
        """
        stands = await asyncio.to_thread(self._take_down, call)
        if stands is not None:
            return stands
        assert self._simulated is not None, "without it, everything is taken down as it was typed"
        return await self._simulated.hand_over(call)

    def _take_down(self, call: Call) -> StepResult | None:
        with self._database.write() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands
            number, carrier = typed_parcel(session, call.order, call.lane)
            if not number and self._simulated is not None:
                return None
            return store_result(session, call.key, _left(session, call, tidy(number), carrier))


def _left(session: Session, call: Call, tracking: str, typed: str) -> StepResult:
    carrier = typed or (next(iter(recognise(tracking)), "") if tracking else "")
    take_down(session, call.lane, carrier, tracking)
    parcel = {"carrier": carrier, "tracking": tracking}
    with_ = f"with {carrier}" if carrier else "with a carrier"
    said = f"Handed over {with_}, tracking {tracking or 'not typed'}."
    shipped = FulfilmentState.SHIPPED.value
    return StepResult(values=parcel, fulfilment={**parcel, "state": shipped}, said=said)
