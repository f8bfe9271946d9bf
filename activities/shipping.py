"""Handing parcels to a carrier."""

from typing import Protocol

from temporalio import activity

from domain.step import Call, StepResult
from flow.catalogue import Action, Changes


class Shipping(Protocol):
    """The carriers this shop ships with."""

    async def hand_over(self, call: Call) -> StepResult:
        """
        Register the fulfilment's parcel, once per key. `carrier` and `tracking`, also as facts.

        :raises CarrierUnavailable: no answer; safe to ask again.
        """
        ...


class ShippingActivities:
    def __init__(self, shipping: Shipping) -> None:
        self._shipping = shipping

    @activity.defn(name="shipping.hand_over")
    async def hand_over(self, call: Call) -> StepResult:
        return await self._shipping.hand_over(call)


ACTIONS = (
    Action(
        "shipping.hand_over",
        "Registers the parcel with the carrier: label, tracking number, on its way.",
        levels=frozenset({"fulfilment"}),
        result={"carrier": "text", "tracking": "text"},
        changes=Changes.SHIPS,
        owner="warehouse-lead",
    ),
)
