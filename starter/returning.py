"""What is decided once, when goods are to come back: which of them, under which terms, by which flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from domain.errors import BadInput, FlowRefused
from domain.facts import Facts, order_facts, return_facts
from domain.money import Money
from domain.order import Buyer
from domain.return_book import Asked, Sold
from domain.return_shares import by_line, value_of
from domain.returns import CLAIMS, Claim, Return, ReturnLine, Shipped, Terms, choose

NOT_AT_ALL = timedelta(0)


class Policy(Protocol):
    """The shop's rules of what may come back."""

    def terms(self, scope: Facts, value: Money, since_delivery: timedelta) -> Terms: ...


class Shelf(Protocol):
    def current(self) -> dict[str, str]: ...


class Books(Protocol):
    def sold(self, number: str) -> Sold: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for; `form` is the id of the form, and the same one twice is one return."""

    order: str
    goods: Mapping[str, Decimal]
    claim: Claim
    reason: str
    by: str
    role: str
    form: str


def prepare_return(wish: Wish, books: Books, shelf: Shelf, policy: Policy, now: datetime) -> Asked:
    """
    What is to be kept of a return.

    :raises NotFound: no such order.
    :raises ActRefused: these goods have not been delivered, or do not come back by the shop's rules.
    :raises BadInput: it does not say why.
    :raises FlowRefused: the flow it should take is not published.
    """
    if not wish.reason.strip():
        raise BadInput("say why", "reason")
    if wish.claim not in CLAIMS:
        raise BadInput(f"{wish.claim.value} is nothing that a customer claims", "claim")
    sold = books.sold(wish.order)
    order = sold.order
    lines = choose(order.number, wish.goods, sold.goods, wish.claim)
    asked = weighed(sold, lines, wish.claim, now)
    terms = policy.terms(asked.scope, asked.value, asked.since)
    flows = shelf.current()
    if terms.flow not in flows:
        raise FlowRefused(f"The flow {terms.flow} is not published here; `orders flow publish` does it.")
    return Asked(
        order=order.number,
        form=wish.form,
        claim=wish.claim,
        lines=lines,
        value=asked.value,
        days=asked.since.days,
        terms=terms,
        flow_hash=flows[terms.flow],
        speed=sold.speed,
        reason=wish.reason.strip(),
        by=wish.by,
        role=wish.role,
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the rows of config/returns.yaml are asked of goods that are to come back."""

    scope: Facts
    value: Money
    since: timedelta  # since they were delivered, by the order's own clock


def weighed(sold: Sold, lines: tuple[ReturnLine, ...], claim: Claim, now: datetime) -> Weighed:
    value = value_of(sold.order, by_line(lines))
    since = _since_delivery(lines, sold.goods, now) * sold.speed
    return Weighed(_scope(sold, claim, lines, value, since), value, since)


def goods_of(typed: Sequence[str]) -> dict[str, Decimal]:
    """
    `SKU=2` each; a SKU named twice is summed.

    :raises BadInput: not a SKU and a quantity.
    """
    goods: dict[str, Decimal] = {}
    for text in typed:
        sku, equals, quantity = text.strip().rpartition("=")
        if not equals or not sku:
            raise BadInput(f"{text!r} is not SKU=quantity", "line")
        goods[sku] = goods.get(sku, Decimal(0)) + _quantity(quantity)
    return goods


def _quantity(text: str) -> Decimal:
    plain = text.strip()
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
        raise BadInput(f"{text!r} is not a quantity such as 2 or 1.5", "line")
    return Decimal(plain)


def _since_delivery(lines: Sequence[ReturnLine], shipped: Sequence[Shipped], now: datetime) -> timedelta:
    """Of the goods that arrived first; no time at all for what never did."""
    taken = {(line.line, line.fulfilment) for line in lines}
    arrived = [s.delivered for s in shipped if s.delivered and (s.line, s.fulfilment) in taken]
    if not arrived:
        return NOT_AT_ALL
    return max(now - min(arrived), NOT_AT_ALL)


def _scope(
    sold: Sold, claim: Claim, lines: tuple[ReturnLine, ...], value: Money, since: timedelta
) -> Facts:
    """What the rows of config/returns.yaml may ask."""
    order = sold.order
    undecided = Terms("", Money(0, order.currency))
    returned = Return("", order.number, claim, lines, value, since.days, undecided)
    return {"order": order_facts(order, Buyer(sold.orders_before)), "return": return_facts(returned, order)}
