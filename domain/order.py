"""What an order is: who bought what, where it goes and how it is paid."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.money import Money

NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
# Fulfilments, returns and exchanges of an order are called so.
PART = re.compile(r"(.+)-([FRX])([1-9]\d*)\Z")


class DeliveryMethod(StrEnum):
    SHIP = "ship"
    PICKUP = "pickup"
    LOCAL = "local"


class PaymentState(StrEnum):
    """What the order comes with."""

    DUE = "due"  # we authorise
    AUTHORIZED = "authorized"  # the shop did; we take over the gateway's object
    PAID = "paid"  # never charged again


@dataclass(frozen=True, slots=True)
class Customer:
    email: str
    name: str
    phone: str = ""
    language: str = "en"
    marketing_consent: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    line1: str
    postcode: str
    city: str
    country: str  # ISO 3166 alpha-2
    company: str = ""
    line2: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    method: DeliveryMethod = DeliveryMethod.SHIP
    express: bool = False
    pickup_location: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line; `total` is what the customer pays for it: price x quantity + tax - discount.

    `tax_rate` is in per cent, where it was stated; with no `tax` on top, the price includes it.
    """

    sku: str
    title: str
    quantity: Decimal
    unit_price: Money
    total: Money
    tax: Money
    discount: Money
    supplier: str = ""
    category: str = ""
    made_to_order: bool = False
    personalisation: str = ""
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How the order is to be paid; `token` and `authorization` are the gateway's own words."""

    method: str  # card, transfer, invoice, ...
    state: PaymentState = PaymentState.DUE
    token: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Voucher:
    """A part of the price that does not wait for parcels: a gift card, store credit, money paid before."""

    terms: PaymentTerms
    amount: Money


@dataclass(frozen=True, slots=True)
class Order:
    """`payment` is how the order is paid, but for what its `vouchers` pay."""

    number: str
    channel: str
    placed_at: datetime
    currency: str
    customer: Customer
    shipping_address: Address
    delivery: Delivery
    lines: tuple[Line, ...]
    shipping: Money  # shipping price, tax included
    discount: Money  # off the whole order, beyond what lines carry
    total: Money
    payment: PaymentTerms
    billing_address: Address | None = None
    note: str = ""
    source: str = ""  # the shop's order as it came, JSON; empty for our own format
    vouchers: tuple[Voucher, ...] = ()
    shipping_tax_rate: Decimal | None = None  # in per cent, included in `shipping`

    @property
    def to_pay(self) -> Money:
        """What its payment comes to, once the vouchers are taken."""
        return self.total - sum((each.amount for each in self.vouchers), Money(0, self.currency))


@dataclass(frozen=True, slots=True)
class Buyer:
    """What the shop's own books know of the person who ordered, at the moment of placing."""

    orders_before: int = 0


def is_part(number: str) -> bool:
    """Whether a number reads as a fulfilment, return or exchange of another order, as `1001-F1` does."""
    return PART.match(number) is not None


def exchange_number(order: str, n: int) -> str:
    """Of the order that replaces what comes back of `order`."""
    return f"{order}-X{n}"


def exchanged_from(number: str) -> str:
    match = PART.match(number)
    return match[1] if match and match[2] == "X" else ""


def line_total(quantity: Decimal, unit_price: Money, tax: Money, discount: Money) -> Money:
    """What a line costs, rounded half up to the smallest coin."""
    goods = (quantity * unit_price.minor).to_integral_value(rounding="ROUND_HALF_UP")
    return Money(int(goods) + tax.minor - discount.minor, unit_price.currency)


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def same_address(order: Order) -> bool:
    """Whether billing and shipping address are one; a missing billing address is the same."""
    billing = order.billing_address
    if billing is None:
        return True
    shipping = order.shipping_address
    pairs = zip(_place(billing), _place(shipping), strict=True)
    return all(fold(a) == fold(b) for a, b in pairs)


def _place(address: Address) -> tuple[str, ...]:
    return address.line1, address.line2, address.postcode, address.city, address.country
