"""A person who buys: what there is of them over all their orders, and an order once they are forgotten."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.money import Money
from domain.order import Address, Customer, Order, PaymentTerms
from domain.view import NoticeView, OrderRow


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of a list of customers; `name` is that of their last order."""

    email: str
    name: str
    last_at: datetime
    orders: int


@dataclass(frozen=True, slots=True)
class BackView:
    """One line of a list of returns."""

    order: str
    id: str
    state: str
    claim: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A yes or no to being written to about more than their orders, and how we know."""

    granted: bool
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerView:
    """`bought` is what their orders came to, without those called off. Newest first, everywhere."""

    email: str
    name: str
    orders: tuple[OrderRow, ...]
    bought: tuple[Money, ...]
    returns: tuple[BackView, ...]
    letters: tuple[tuple[str, NoticeView], ...]  # order, notice
    consent: tuple[ConsentView, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """
    What would be forgotten of a customer, as figures; `why_not` says, a sentence each, what stands in the
    way. Nothing in it is personal.
    """

    orders: tuple[str, ...]
    letters: int = 0
    texts: int = 0  # of acts, notes, returns and surveys
    bills: int = 0
    originals: int = 0  # as shops sent them
    why_not: tuple[str, ...] = ()


def forgotten(order: Order) -> Order:
    """
    What our books need of an order: goods, money, country and dates. No name, place, telephone, free text,
    nor what somebody's card is known by.
    """
    return replace(
        order,
        customer=Customer("", "", language=order.customer.language),
        shipping_address=_country(order.shipping_address),
        billing_address=_country(order.billing_address) if order.billing_address else None,
        lines=tuple(replace(line, personalisation="") for line in order.lines),
        payment=_unnamed(order.payment),
        vouchers=tuple(replace(each, terms=_unnamed(each.terms)) for each in order.vouchers),
        note="",
        source="",
    )


def _country(address: Address) -> Address:
    return Address(name="", line1="", postcode="", city="", country=address.country)


def _unnamed(terms: PaymentTerms) -> PaymentTerms:
    return replace(terms, token="")
