"""What an order's money comes to, and how much of it may still be held, taken or given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money
from domain.order import Order, PaymentState, Voucher
from domain.posting import Entry

MAIN = "paid"  # the part that is no voucher


class Way(StrEnum):
    """How money of a payment method comes."""

    GATEWAY = "gateway"  # held, then taken by the gateway: cards, wallets, ...
    TRANSFER = "transfer"  # the customer sends it, before anything leaves
    LATER = "later"  # invoice or cash: shipped first, owed by the customer


METHODS = {
    "transfer": Way.TRANSFER,
    "bank_transfer": Way.TRANSFER,
    "bank_slip": Way.TRANSFER,
    "boleto": Way.TRANSFER,
    "invoice": Way.LATER,
    "cash": Way.LATER,
    "cash_on_delivery": Way.LATER,
    "cash_on_pickup": Way.LATER,
}


def way_of(method: str) -> Way:
    """Whatever is not known to come another way goes through the gateway."""
    return METHODS.get(_word(method), Way.GATEWAY)


VOUCHERS = frozenset({"voucher", "gift_card", "giftcard", "store_credit", "coupon"})


def is_voucher(method: str) -> bool:
    """Whether it is money already: taken when the order is accepted, before any other payment."""
    return _word(method) in VOUCHERS


def _word(method: str) -> str:
    return method.casefold().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What the ledger says of one order. `received` came by itself and counts as captured too;
    `captured` also counts parcels shipped on invoice. `expires_at` is the first end of what is held.
    """

    authorized: Money
    captured: Money
    refunded: Money
    voided: Money
    received: Money
    expires_at: datetime | None = None

    @classmethod
    def none(cls, currency: str) -> "Figures":
        nought = Money(0, currency)
        return cls(nought, nought, nought, nought, nought)

    @property
    def held(self) -> Money:
        """Authorised, and neither taken nor let go; expired or not."""
        from_holds = max(self.captured.minor - self.received.minor, 0)
        left = self.authorized.minor - self.voided.minor - from_holds
        return Money(max(left, 0), self.captured.currency)

    @property
    def refundable(self) -> Money:
        return self.captured - self.refunded


def state_of(figures: Figures, total: Money, now: datetime) -> str:
    """The order's payment in one word, as far as the ledger knows it."""
    if figures.refunded.minor:
        return "partially_refunded" if figures.refundable.minor > 0 else "refunded"
    if figures.captured.minor:
        return "captured" if figures.captured >= total else "partially_captured"
    if figures.held.minor:
        expired = figures.expires_at is not None and figures.expires_at <= now
        return "expired" if expired else "authorized"
    if figures.voided.minor:
        return "voided"
    return "pending" if total.minor else "none"


@dataclass(frozen=True, slots=True)
class Hold:
    """
    An authorisation, with what is `left` of it; for one fulfilment, or the order when empty. `key` is the
    one the gateway was asked with.
    """

    id: str
    fulfilment: str
    left: Money
    expires_at: datetime | None
    key: str = ""

    def stands(self, now: datetime) -> bool:
        return self.left.minor > 0 and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    What the till has to know before it acts: for one fulfilment, or for the whole order when
    `fulfilment` is empty. `share` is what that costs, `taken` what was captured for it. `ahead` is
    money paid for no parcel yet, `owed` what left on invoice unpaid, `to_come` what open parcels still
    have to be paid; these are the order's. `offered` is an authorisation that the customer gave since,
    `parts` names what was booked of its vouchers and of what came paid.
    """

    order: Order
    fulfilment: str
    share: Money
    taken: Money
    ahead: Money
    owed: Money
    figures: Figures
    holds: tuple[Hold, ...]
    to_come: Money
    offered: str = ""
    parts: frozenset[str] = frozenset()

    @property
    def way(self) -> Way:
        return way_of(self.order.payment.method)

    @property
    def came_paid(self) -> bool:
        """Money that came by itself pays this order: it is never charged."""
        paid = PaymentState.PAID
        vouchers = sum(each.amount.minor for each in self.order.vouchers if each.terms.state == paid)
        return self.order.payment.state == paid or self.figures.received.minor > vouchers

    @property
    def holds_money(self) -> bool:
        """Whether its money is one that a gateway holds before it is taken."""
        return self.way == Way.GATEWAY and not self.came_paid

    def payments_to_adopt(self) -> list[tuple[str, Voucher]]:
        """What came paid and is not booked yet, each with the part's name."""
        named = [(MAIN, Voucher(self.order.payment, self.order.to_pay))]
        named += [(f"voucher{n}", voucher) for n, voucher in enumerate(self.order.vouchers)]
        return [
            (part, paid)
            for part, paid in named
            if paid.terms.state == PaymentState.PAID and paid.amount.minor and part not in self.parts
        ]

    def vouchers_to_take(self) -> list[tuple[int, Voucher]]:
        """Those nobody has taken yet, each with its place."""
        return [
            (n, voucher)
            for n, voucher in enumerate(self.order.vouchers)
            if voucher.terms.state != PaymentState.PAID and f"voucher{n}/taken" not in self.parts
        ]

    def to_capture(self) -> Money:
        """What is still to be taken; nought after all of it was."""
        return _at_least_nought(self.share - self.taken)

    def to_receive(self) -> Money:
        """What the customer still has to send."""
        return _at_least_nought(self.order.total - self.figures.captured + self.owed)

    def to_authorize(self, now: datetime) -> Money:
        """What has to be held anew: a fulfilment's own share, or all that no standing hold covers."""
        due = self.to_capture()
        if self.fulfilment:
            return Money(0, due.currency) if self.hold_for(due, now) else due
        standing = sum(hold.left.minor for hold in self.holds if hold.stands(now))
        return _at_least_nought(Money(due.minor - standing, due.currency))

    def hold_for(self, amount: Money, now: datetime) -> Hold | None:
        """A standing hold that covers `amount`: the fulfilment's own before the order's."""
        own = [hold for hold in self.holds if hold.fulfilment == self.fulfilment]
        shared = [hold for hold in self.holds if not hold.fulfilment and self.fulfilment]
        fits = (hold for hold in own + shared if hold.left >= amount and hold.stands(now))
        return next(fits, None)

    def to_hold(self, now: datetime) -> Money:
        """What open parcels still need and no standing hold of the order covers."""
        standing = sum(hold.left.minor for hold in self.holds if hold.stands(now))
        return _at_least_nought(Money(self.to_come.minor - standing, self.to_come.currency))

    def to_renew(self, by: datetime, call: str) -> tuple[tuple[Hold, ...], Money]:
        """
        The holds that run out until `by`, but for those that `call` itself made, and what has to be held in
        their place.
        """
        own = (f"{call}:", f"{call}/")
        some = [hold for hold in self.holds if hold.left.minor]
        old = tuple(
            hold
            for hold in some
            if hold.expires_at is not None and hold.expires_at <= by and not hold.key.startswith(own)
        )
        covered = sum(hold.left.minor for hold in some if hold not in old)
        return old, _at_least_nought(Money(self.to_come.minor - covered, self.to_come.currency))

    def left_over(self, taken: Sequence[Entry]) -> tuple[Hold, ...]:
        """Once all is taken: holds that are needed no more, but for the one that it was taken from."""
        used = {entry.hold for entry in taken}
        return tuple(hold for hold in self.holds if used and hold.left.minor and hold.id not in used)

    def expired(self, now: datetime) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds if hold.left.minor and not hold.stands(now))

    def to_void(self) -> tuple[Hold, ...]:
        """All of the order's holds; of a fulfilment its own, as others draw on the order's."""
        mine = (hold for hold in self.holds if self.fulfilment in ("", hold.fulfilment))
        return tuple(hold for hold in mine if hold.left.minor)


def _at_least_nought(amount: Money) -> Money:
    return Money(max(amount.minor, 0), amount.currency)
