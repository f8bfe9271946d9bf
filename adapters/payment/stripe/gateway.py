"""
Stripe, asked for one thing at a time: each POST under our own key, each call bounded in time.

An order's token is `pm_...`, or `cus_.../pm_...` for a card that may be charged again. One that came
authorised or paid names its `pi_...` (or, paid, its `ch_...`) as the authorisation.
"""

import re
from dataclasses import replace
from datetime import datetime

from stripe import Charge, PaymentIntent, RequestOptions
from stripe.params import PaymentIntentCreateParams

from adapters.payment.gateway import (
    Authorization,
    Capture,
    Declined,
    Elsewhere,
    Failed,
    Made,
    Misused,
    Refund,
)
from adapters.payment.stripe import objects
from adapters.payment.stripe.amounts import theirs
from adapters.payment.stripe.reading import CALL_SECONDS, WHOLE, Reader
from domain.money import Money
from domain.step import Call

TOKEN = re.compile(r"(?:(cus_\w+)/)?(pm_\w+|card_\w+|src_\w+)")
# A charge, or a payment by another means than a card.
CHARGES = ("ch_", "py_")


class StripeGateway:
    """
    Implements `adapters.payment.gateway.Gateway`. `url` is another place than Stripe's own, for tests.

    A PaymentIntent is captured once, which lets go the rest: Stripe offers more to some accounts and
    cards only.
    """

    multi_capture = False

    def __init__(self, key: str, *, url: str = "", call_seconds: float = CALL_SECONDS) -> None:
        self._reader = Reader(key, url, call_seconds)
        self._stripe = self._reader.stripe

    async def close(self) -> None:
        """Let go the connections to Stripe."""
        await self._reader.close()

    async def authorize(self, call: Call, key: str, amount: Money, token: str) -> Authorization:
        found = TOKEN.fullmatch(token)
        if found is None:
            raise Declined("no payment method of Stripe's came with the order")
        customer, method = found.groups()
        params: PaymentIntentCreateParams = {
            "amount": theirs(amount),
            "currency": amount.currency.lower(),
            "payment_method": method,
            "allowed_payment_method_types": ["card"],
            "capture_method": "manual",
            "confirm": True,
            # Nobody is there to pass a bank's further check: it counts as a no.
            "off_session": True,
            "metadata": {"order": call.order, "key": key},
            "expand": WHOLE,
        }
        if customer:
            params["customer"] = customer
        async with self._reader.asking():
            made = await self._stripe.payment_intents.create_async(params, {"idempotency_key": key})
            if made.status == objects.UNDECIDED:
                raise Failed("the customer's bank has not decided")
            if not objects.was_held(made):
                raise Declined(f"Stripe holds nothing: {made.status}")
            return objects.authorization(made)

    async def capture(self, call: Call, key: str, authorization: str, amount: Money) -> Capture:
        intent = await self._own(call, authorization, amount)
        async with self._reader.asking():
            done = await self._stripe.payment_intents.capture_async(
                intent.id, {"amount_to_capture": theirs(amount), "expand": WHOLE}, {"idempotency_key": key}
            )
            taken = objects.capture(done, key)
            if taken is None:
                raise Failed(f"Stripe has not taken it yet: {done.status}")
            return taken

    async def void(self, call: Call, key: str, authorization: str) -> Authorization:
        intent = await self._own(call, authorization)
        async with self._reader.asking():
            done = await self._stripe.payment_intents.cancel_async(
                intent.id, {"expand": WHOLE}, {"idempotency_key": key}
            )
            return objects.authorization(done)

    async def refund(self, call: Call, key: str, capture: str, amount: Money) -> Refund:
        charge = await self._reader.charge(capture)
        if charge is None or _owner(charge) != call.order or charge.currency != amount.currency.lower():
            raise Misused("no such payment of this order")
        async with self._reader.asking():
            made = await self._stripe.refunds.create_async(
                {
                    "charge": capture,
                    "amount": theirs(amount),
                    "metadata": {"order": call.order, "key": key},
                },
                {"idempotency_key": key},
            )
            return objects.refund(made, call.order, key, capture)

    async def adopt(self, call: Call, authorization: str, amount: Money, token: str) -> Authorization:
        intent = await self._reader.intent(authorization)
        if intent is None or not objects.was_held(intent):
            raise Misused("no such authorisation at Stripe")
        await self._take_over(call, intent)
        return replace(objects.authorization(intent), order=call.order)

    async def adopt_payment(self, call: Call, payment: str, amount: Money, token: str) -> Capture:
        if payment.startswith("pi_"):
            intent = await self._reader.intent(payment)
            taken = objects.capture(intent, "") if intent is not None else None
            if intent is None or taken is None:
                raise Misused("no such payment at Stripe")
            await self._take_over(call, intent)
            return Capture(taken.id, call.order, "", taken.amount, "")
        if not payment.startswith(CHARGES):
            raise Elsewhere("no name of a payment at Stripe")
        charge = await self._reader.charge(payment)
        if charge is None or not charge.captured:
            raise Misused("no such payment at Stripe")
        behind = charge.payment_intent
        await self._take_over(call, behind if isinstance(behind, PaymentIntent) else charge)
        return objects.payment(call.order, charge)

    async def find(self, call: Call, key: str, about: str, since: datetime) -> Made | None:
        if about.startswith("pi_"):
            intent = await self._reader.intent(about)
            return objects.capture(intent, key) if intent is not None else None
        if about.startswith(CHARGES):
            return await self._reader.refund_under(call.order, key, about)
        return await self._reader.hold_under(call.order, key, since)

    async def held(self, call: Call, authorization: str) -> Authorization | None:
        intent = await self._reader.intent(authorization)
        if intent is None or not objects.was_held(intent):
            return None
        return objects.authorization(intent)

    async def _own(self, call: Call, authorization: str, amount: Money | None = None) -> PaymentIntent:
        """:raises Misused: it is not this order's, or in another currency."""
        intent = await self._reader.intent(authorization)
        if intent is None or objects.order_of(intent) != call.order:
            raise Misused("no such authorisation of this order")
        if amount is not None and intent.currency != amount.currency.lower():
            raise Misused("another currency than is held")
        return intent

    async def _take_over(self, call: Call, thing: PaymentIntent | Charge) -> None:
        """
        Write our number on what the shop made, once.

        :raises Misused: it is another order's.
        """
        owner = objects.order_of(thing) if objects.is_ours(thing) else ""
        if owner not in ("", call.order):
            raise Misused("it is another order's")
        if owner:
            return
        marks = {"order": call.order, "taken_over": "yes"}
        key: RequestOptions = {"idempotency_key": f"{call.order}:adopt:{thing.id}:v1"}
        async with self._reader.asking():
            if isinstance(thing, PaymentIntent):
                await self._stripe.payment_intents.update_async(thing.id, {"metadata": marks}, key)
            else:
                await self._stripe.charges.update_async(thing.id, {"metadata": marks}, key)


def _owner(charge: Charge) -> str:
    behind = charge.payment_intent
    return objects.order_of(behind if isinstance(behind, PaymentIntent) else charge)
