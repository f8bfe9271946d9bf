"""Having partners ship for us: suppliers their own goods, fulfilment services ours."""

from typing import Protocol

from temporalio import activity

from domain.step import Call, StepResult
from flow.catalogue import Action, Changes


class Partners(Protocol):
    """
    Those who ship for this shop. What they say later, such as that they accept, comes as an event.

    The partner of a fulfilment is its supplier; without one, whoever keeps its location.
    """

    async def order(self, call: Call) -> StepResult:
        """
        Ask the partner to ship the fulfilment, once per fulfilment; not one that was withdrawn before.

        :raises PartnerUnavailable: no answer; safe to ask again.
        """
        ...

    async def cancel(self, call: Call) -> StepResult:
        """
        Ask the partner to let the fulfilment go. `withdrawn` when it had not accepted yet, so that
        nothing has to be waited for; else it answers with an event.

        :raises PartnerUnavailable: no answer; safe to ask again.
        """
        ...

    async def hand_over(self, call: Call) -> StepResult:
        """
        The partner has told that it shipped: take down `carrier` and `tracking`, also as facts; both are
        empty where it told none.
        """
        ...


class PartnerActivities:
    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    @activity.defn(name="partner.order")
    async def order(self, call: Call) -> StepResult:
        return await self._partners.order(call)

    @activity.defn(name="partner.cancel")
    async def cancel(self, call: Call) -> StepResult:
        return await self._partners.cancel(call)

    @activity.defn(name="partner.hand_over")
    async def hand_over(self, call: Call) -> StepResult:
        return await self._partners.hand_over(call)


ACTIONS = (
    Action(
        "partner.order",
        "Asks the supplier, or who keeps our goods, to ship this to the customer.",
        levels=frozenset({"fulfilment"}),
        owner="buyer",
    ),
    Action(
        "partner.cancel",
        "Asks the partner to let it go; withdrawn at once if it has not accepted yet.",
        levels=frozenset({"fulfilment"}),
        result={"withdrawn": "yes_no"},
        owner="buyer",
    ),
    Action(
        "partner.hand_over",
        "Takes down the carrier and tracking number of what the partner has shipped.",
        levels=frozenset({"fulfilment"}),
        result={"carrier": "text", "tracking": "text"},
        changes=Changes.SHIPS,
        owner="buyer",
    ),
)
