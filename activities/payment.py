"""Holding, taking and giving back the customer's money."""

from typing import Protocol

from temporalio import activity

from domain.step import Call, StepResult
from flow.catalogue import Action, Changes


class Payments(Protocol):
    """
    The shop's till: the gateway and the ledger as one.

    A call repeated with one key acts once and answers alike, whatever became of the first. All raise
    `GatewayUnavailable` while there is no answer: it is safe to ask again. Results update the facts
    under `order.payment`.
    """

    async def authorize(self, call: Call) -> StepResult:
        """
        Hold what the order, or the fulfilment, still has to pay. `amount` and `expires_at`.

        An order that came authorised is taken over, a paid one is posted to the ledger.

        :raises PaymentDeclined: the bank said no.
        """
        ...

    async def renew(self, call: Call) -> StepResult:
        """
        Hold anew what is held until `args["by"]` or less long and is still needed, then let the old go.
        `amount` and `expires_at`.

        :raises PaymentDeclined: the bank said no; what was held stays so until it runs out.
        """
        ...

    async def capture(self, call: Call) -> StepResult:
        """
        Take the fulfilment's share. `amount` is what was taken now.

        :raises PaymentDeclined: the bank said no.
        :raises AuthorizationExpired: the money is no longer held.
        """
        ...

    async def receive(self, call: Call) -> StepResult:
        """
        Book money that came by itself (a bank transfer), `args["amount"]` in major units.

        :raises AmountDiffers: it is not what the order costs; nothing is booked.
        """
        ...

    async def collect(self, call: Call) -> StepResult:
        """Book that the customer paid the parcel in cash when it was handed over."""
        ...

    async def void(self, call: Call) -> StepResult:
        """Let go whatever is held and not taken when this runs."""
        ...

    async def refund(self, call: Call) -> StepResult:
        """
        Give back what was taken for the fulfilment, or for the whole order, and is not yet refunded; of a
        return what its accepted goods are worth by its terms.

        :raises PaymentDeclined: the bank does not take it back.
        """
        ...

    async def pay_back(self, call: Call) -> StepResult:
        """Book that somebody paid back by hand what the bank did not take of a return's refund."""
        ...


class PaymentActivities:
    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    @activity.defn(name="payment.authorize")
    async def authorize(self, call: Call) -> StepResult:
        return await self._payments.authorize(call)

    @activity.defn(name="payment.renew")
    async def renew(self, call: Call) -> StepResult:
        return await self._payments.renew(call)

    @activity.defn(name="payment.capture")
    async def capture(self, call: Call) -> StepResult:
        return await self._payments.capture(call)

    @activity.defn(name="payment.receive")
    async def receive(self, call: Call) -> StepResult:
        return await self._payments.receive(call)

    @activity.defn(name="payment.collect")
    async def collect(self, call: Call) -> StepResult:
        return await self._payments.collect(call)

    @activity.defn(name="payment.void")
    async def void(self, call: Call) -> StepResult:
        return await self._payments.void(call)

    @activity.defn(name="payment.refund")
    async def refund(self, call: Call) -> StepResult:
        return await self._payments.refund(call)

    @activity.defn(name="payment.pay_back")
    async def pay_back(self, call: Call) -> StepResult:
        return await self._payments.pay_back(call)


ACTIONS = (
    Action(
        "payment.authorize",
        "Holds the money that is still to be paid; takes over what the shop has already authorised.",
        result={"amount": "money", "expires_at": "instant"},
        refusals=("PaymentDeclined",),
        undo="payment.void",
        changes=Changes.AUTHORIZES,
        owner="finance",
    ),
    Action(
        "payment.capture",
        "Takes the fulfilment's share of the money.",
        levels=frozenset({"fulfilment"}),
        result={"amount": "money"},
        refusals=("PaymentDeclined", "AuthorizationExpired"),
        undo="payment.refund",
        changes=Changes.CAPTURES,
        owner="finance",
    ),
    Action(
        "payment.receive",
        "Books money that came by itself, such as a bank transfer.",
        levels=frozenset({"order"}),
        needs={"amount": "money"},
        result={"amount": "money"},
        refusals=("AmountDiffers",),
        undo="payment.refund",
        changes=Changes.AUTHORIZES,
        owner="finance",
    ),
    Action(
        "payment.collect",
        "Books that the customer paid the parcel in cash when it was handed over.",
        levels=frozenset({"fulfilment"}),
        result={"amount": "money"},
        owner="finance",
    ),
    Action(
        "payment.void",
        "Lets go whatever is held and not taken.",
        result={"amount": "money"},
        changes=Changes.VOIDS,
        owner="finance",
    ),
    Action(
        "payment.refund",
        "Gives back what was taken and not yet refunded; of a return, its share.",
        levels=frozenset({"order", "fulfilment", "return"}),
        result={"amount": "money"},
        refusals=("PaymentDeclined",),
        changes=Changes.REFUNDS,
        owner="finance",
    ),
    Action(
        "payment.pay_back",
        "Books what was paid back by hand, as the bank did not take it.",
        levels=frozenset({"return"}),
        result={"amount": "money"},
        changes=Changes.REFUNDS,
        owner="finance",
    ),
)
