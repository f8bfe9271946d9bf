"""Invoices and credit notes: what a parcel came to, by line and by rate of tax, written down once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from domain.document import DocumentKind
from domain.fulfilment import Fulfilment
from domain.money import Money, apportion
from domain.order import Line, Order
from domain.sales_tax import Moved, SalesTax
from domain.tax import mix_of_part, stated_rate

DIGITS = 6


@dataclass(frozen=True, slots=True)
class BillLine:
    """
    `rate` is that of its tax, in per cent; empty where nobody stated one. In `total`, its own `discount` is
    taken off.
    """

    sku: str
    title: str
    quantity: Decimal
    unit_price: Money
    rate: str
    discount: Money
    total: Money


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Of `gross`, so much is `tax`."""

    rate: str
    gross: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Bill:
    """
    An invoice for one parcel, or a credit note on one. Nothing in it is personal.

    `subject` is the fulfilment invoiced, or the movement of money that gave back. `invoice` is what a
    credit note corrects, `return_id` what came back for it; both empty where there is none.
    """

    kind: DocumentKind
    order: str
    fulfilment: str
    subject: str
    placed_at: datetime
    payment: str
    language: str
    lines: tuple[BillLine, ...]
    shipping: Money
    discount: Money
    total: Money
    taxes: tuple[TaxLine, ...]
    later: bool = False  # the customer pays it when they have it
    invoice: str = ""
    return_id: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A bill under its number. `recipient` is personal: the lines of an address, empty once erased."""

    number: str
    bill: Bill
    at: datetime
    recipient: tuple[str, ...]


def series_at(pattern: str, at: datetime) -> str:
    """The series of a moment: `INV-{year}-` begins anew each year."""
    return pattern.replace("{year}", f"{at.year:04d}")


def bill_number(series: str, n: int) -> str:
    return f"{series}{n:0{DIGITS}d}"


def invoice_for(order: Order, part: Fulfilment, *, later: bool) -> Bill:
    """
    What a parcel comes to: its lines, and what it costs beyond them as shipping, less its discount.

    The sum is the parcel's total to the smallest coin.
    """
    lines = tuple(
        BillLine(
            sku=piece.sku,
            title=order.lines[piece.line].title,
            quantity=piece.quantity,
            unit_price=order.lines[piece.line].unit_price,
            rate=stated_rate(order.lines[piece.line]),
            discount=_off(order.lines[piece.line], piece.quantity),
            total=Money(minor, order.currency),
        )
        for piece, minor in zip(part.lines, _worth(order, part), strict=True)
    )
    beyond = part.total.minor - sum(line.total.minor for line in lines)
    off = _discount(order, sum(line.total.minor for line in lines), beyond)
    return Bill(
        kind=DocumentKind.INVOICE,
        order=order.number,
        fulfilment=part.id,
        subject=part.id,
        placed_at=order.placed_at,
        payment=order.payment.method,
        language=order.customer.language,
        lines=lines,
        shipping=Money(beyond + off, order.currency),
        discount=Money(off, order.currency),
        total=part.total,
        taxes=tax_lines(SalesTax(mix_of_part(order, part)).take(part.total.minor), order.currency),
        later=later,
    )


def tax_lines(moves: Mapping[str, Moved], currency: str) -> tuple[TaxLine, ...]:
    """By rate; what has no rate stands under none."""
    return tuple(
        TaxLine(rate, Money(moved.gross, currency), Money(moved.tax, currency))
        for rate, moved in moves.items()
    )


def _worth(order: Order, part: Fulfilment) -> list[int]:
    """What each piece of a parcel costs; where nothing else can, they bear what sharing has rounded."""
    lines = [(order.lines[piece.line], piece.quantity) for piece in part.lines]
    exact = [_share(line.total, line, quantity) for line, quantity in lines]
    rounded = [_rounded(each) for each in exact]
    off = part.total.minor - sum(rounded)
    bears_it = order.shipping.minor or (order.discount.minor and off <= 0)
    return rounded if bears_it or abs(off) > len(exact) else apportion(part.total.minor, exact)


def _off(line: Line, quantity: Decimal) -> Money:
    return Money(_rounded(_share(line.discount, line, quantity)), line.discount.currency)


def _share(amount: Money, line: Line, quantity: Decimal) -> Decimal:
    """Of an amount of the whole line, what so much of it makes."""
    return amount.minor * quantity / line.quantity if line.quantity else Decimal(0)


def _rounded(figure: Decimal) -> int:
    return int(figure.to_integral_value(rounding="ROUND_HALF_UP"))


def _discount(order: Order, goods: int, beyond: int) -> int:
    """A parcel's share of the order's discount; what shipping there is stays at nought or above."""
    if not order.discount.minor:
        return 0
    if not order.shipping.minor:
        return -beyond
    all_goods = sum(line.total.minor for line in order.lines)
    share = Fraction(goods, all_goods) if all_goods > 0 else Fraction(1)
    return max(round(order.discount.minor * share), -beyond)
