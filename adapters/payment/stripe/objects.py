"""Stripe's objects as the till knows them: a PaymentIntent is a hold, its charge what was taken."""

from datetime import UTC, datetime
from typing import Literal

from stripe import BalanceTransaction, Charge, PaymentIntent
from stripe import Refund as StripeRefund

from adapters.payment.gateway import Authorization, Capture, Fee, NotYet, Refund
from adapters.payment.stripe.amounts import ours
from domain.money import Money

# The customer's bank is still thinking.
UNDECIDED = "processing"
HELD = ("requires_capture", "succeeded", "canceled")


def order_of(intent: PaymentIntent | Charge) -> str:
    return _marks(intent).get("order", "")


def key_of(thing: PaymentIntent | StripeRefund) -> str:
    return _marks(thing).get("key", "")


def is_ours(thing: PaymentIntent | Charge) -> bool:
    """Whether we made it, or took it over; the shop's own may carry an `order` of another meaning."""
    marks = _marks(thing)
    return "key" in marks or "taken_over" in marks


def was_held(intent: PaymentIntent) -> bool:
    """
    Whether money was ever held by it: a declined one stays with Stripe, and holds none.

    :raises NotYet: that is not decided.
    """
    if intent.status == UNDECIDED:
        raise NotYet("the customer's bank has not decided")
    return intent.status in HELD and _charge(intent) is not None


def authorization(intent: PaymentIntent) -> Authorization:
    """What is neither capturable nor taken is let go: Stripe takes once, and releases the rest."""
    amount = ours(intent.amount, intent.currency)
    capturable = intent.status == "requires_capture"
    taken = Money(0, amount.currency) if capturable else ours(intent.amount_received, intent.currency)
    nothing = Money(0, amount.currency)
    return Authorization(
        id=intent.id,
        order=order_of(intent),
        key=key_of(intent),
        amount=amount,
        captured=taken,
        released=nothing if capturable else amount - taken,
        expires_at=_ends(intent),
    )


def capture(intent: PaymentIntent, key: str) -> Capture | None:
    """What was taken of a hold; None while nothing was."""
    charge = _charge(intent)
    if intent.status != "succeeded" or charge is None:
        return None
    taken = ours(intent.amount_received, intent.currency)
    return Capture(charge.id, order_of(intent), key, taken, intent.id)


def payment(order: str, charge: Charge) -> Capture:
    """What the shop has charged itself."""
    return Capture(charge.id, order, "", ours(charge.amount_captured, charge.currency), "")


def fee(movement: BalanceTransaction) -> Fee | None:
    """What Stripe kept of a movement of the shop's money with it; None where that was nothing."""
    about = movement.source
    if not movement.fee or not isinstance(about, str):
        return None
    at = datetime.fromtimestamp(movement.created, UTC)
    return Fee(movement.id, about, ours(movement.fee, movement.currency), at)


def refund(made: StripeRefund, order: str, key: str, charge: str) -> Refund:
    amount = ours(made.amount, made.currency)
    return Refund(made.id, order, key, amount, charge, state=refund_state(made.status))


def refund_state(status: str | None) -> Literal["pending", "confirmed", "failed"]:
    if status == "succeeded":
        return "confirmed"
    return "failed" if status in ("failed", "canceled") else "pending"


def _marks(thing: PaymentIntent | Charge | StripeRefund) -> dict[str, str]:
    return {} if thing.metadata is None else thing.metadata.to_dict()


def _charge(intent: PaymentIntent) -> Charge | None:
    charge = intent.latest_charge
    if charge is not None and not isinstance(charge, Charge):
        raise TypeError("the charge was asked for whole")
    return charge


def _ends(intent: PaymentIntent) -> datetime | None:
    """When the bank lets the money go by itself; None where it does not say."""
    charge = _charge(intent)
    card = charge.payment_method_details.card if charge and charge.payment_method_details else None
    ends = card.capture_before if card else None
    return datetime.fromtimestamp(ends, UTC) if ends else None
