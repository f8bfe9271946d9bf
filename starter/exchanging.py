"""What is decided once, when goods come back for others: the order that replaces them, and who pays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from domain.act import HoldKind
from domain.errors import BadInput, FlowRefused
from domain.money import Money
from domain.order import Line, Order, PaymentState, PaymentTerms, exchange_number, line_total
from domain.payment import Way, way_of
from domain.return_book import Asked, Exchange
from domain.tax import stated_rate
from starter.answers import FIGURE
from starter.placing import Ledgers, Routes, Shelf, prepare
from starter.returning import Books

FLOW = "exchange"


class Numbers(Ledgers, Books, Protocol):
    def exchanges(self, order: str) -> int:
        """How many orders replace a part of this one."""
        ...


@dataclass(frozen=True, slots=True)
class Instead:
    """Goods that are wanted in place of others; without a `price`, what the same goods cost before."""

    sku: str
    quantity: Decimal
    price: str = ""


def instead_of(typed: Sequence[str]) -> tuple[Instead, ...]:
    """
    `SKU=1`, or `SKU=1@19.90` of what was not in the order.

    :raises BadInput: neither.
    """
    wanted = []
    for text in typed:
        sku, equals, rest = text.strip().rpartition("=")
        quantity, _, price = rest.partition("@")
        plain = quantity.strip()
        if not equals or not sku or not FIGURE.fullmatch(plain) or not Decimal(plain):
            raise BadInput(f"{text!r} is not SKU=quantity, or SKU=quantity@price", "exchange")
        wanted.append(Instead(sku, Decimal(plain), price.strip()))
    return tuple(wanted)


def with_exchange(
    asked: Asked,
    wanted: Sequence[Instead],
    books: Numbers,
    shelf: Shelf,
    routes: Routes,
    titles: Mapping[str, str],
) -> Asked:
    """
    The same return, with the order that replaces its goods: held until they are here and accepted.

    What was paid for them, less the fee, pays for the new ones; what these cost beyond it is due anew.

    :raises BadInput: an article is unknown, no longer sold, or has no price.
    :raises FlowRefused: the flow of exchanges is not published.
    """
    flows = shelf.current()
    if FLOW not in flows:
        raise FlowRefused(f"The flow {FLOW} is not published here; `orders flow publish` does it.")
    order = books.sold(asked.order).order
    lines = tuple(_line(order, each, titles) for each in wanted)
    price = sum((line.total for line in lines), Money(0, order.currency))
    credit = min(price, asked.value - asked.terms.fee)
    new = replace(
        order,
        number=exchange_number(order.number, books.exchanges(order.number) + 1),
        lines=lines,
        shipping=Money(0, order.currency),
        discount=credit,
        total=price - credit,
        payment=_payment(order),
        note=f"In exchange for goods of order {order.number}",
        source="",
    )
    placement = prepare(new, books, shelf, routes, imported=False, by=asked.by, speed=asked.speed)
    held = {HoldKind.AWAITING_RETURN.value: f"Goods of order {order.number} come back for it"}
    exchange = Exchange(new, replace(placement, holds=held), credit)
    terms = replace(asked.terms, flow=FLOW)
    return replace(asked, terms=terms, flow_hash=flows[FLOW], exchange=exchange)


def _line(order: Order, wanted: Instead, titles: Mapping[str, str]) -> Line:
    before = next((line for line in order.lines if line.sku == wanted.sku), None)
    nought = Money(0, order.currency)
    if wanted.price:
        price = Money.parse(wanted.price, order.currency, field="exchange")
    elif before is not None:
        price = _price_of_one(before)
    else:
        raise BadInput(f"say what one {wanted.sku} costs, as in {wanted.sku}=1@19.90", "exchange")
    if price.minor < 0:
        raise BadInput(f"{price} is less than nothing", "exchange")
    title = before.title if before else titles.get(wanted.sku, wanted.sku)
    total = line_total(wanted.quantity, price, nought, nought)
    made = replace(before, personalisation="") if before else None
    fresh = Line(wanted.sku, title, wanted.quantity, price, total, nought, nought)
    if made is None:
        return fresh
    return replace(
        fresh,
        supplier=made.supplier,
        category=made.category,
        made_to_order=made.made_to_order,
        tax_rate=_rate(made),
    )


def _rate(line: Line) -> Decimal | None:
    """Its price is told with its tax from now on."""
    known = stated_rate(line)
    return Decimal(known) if known else None


def _price_of_one(line: Line) -> Money:
    """With its tax, and before what was taken off."""
    one = (line.unit_price.minor * line.quantity + line.tax.minor) / line.quantity
    return Money(int(one.to_integral_value(ROUND_HALF_UP)), line.unit_price.currency)


def _payment(order: Order) -> PaymentTerms:
    """As before, with the same card; where a shop kept the card to itself, by bank transfer."""
    before = order.payment
    if way_of(before.method) == Way.GATEWAY and not before.token:
        return PaymentTerms("transfer")
    return PaymentTerms(before.method, PaymentState.DUE, before.token)
