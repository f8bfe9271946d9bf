"""Invoices and credit notes: what a parcel came to, by line and by rate of tax, written down once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from domain.document import DocumentKind
from domain.fulfilment import Fulfilment
from domain.money import Money
from domain.order import Order
from domain.tax import Mix, SalesTax, mix_of_part, stated_rate

DIGITS = 6


@dataclass(frozen=True, slots=True)
class BillLine:
    """`rate` is that of its tax, in per cent; empty where nobody stated one."""

    sku: str
    title: str
    quantity: Decimal
    unit_price: Money
    rate: str
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
            total=_worth(order, piece.line, piece.quantity),
        )
        for piece in part.lines
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
        taxes=taxes_in(mix_of_part(order, part), part.total),
        later=later,
    )


def credit_for(invoice: Issued, movement: str, amount: Money, return_id: str) -> Bill:
    """A part of an invoice given back: of each rate its share of the tax."""
    bill = invoice.bill
    share = Fraction(amount.minor, bill.total.minor) if bill.total.minor else Fraction(0)
    nought = Money(0, amount.currency)
    return Bill(
        kind=DocumentKind.CREDIT_NOTE,
        order=bill.order,
        fulfilment=bill.fulfilment,
        subject=movement,
        placed_at=bill.placed_at,
        payment=bill.payment,
        language=bill.language,
        lines=(),
        shipping=nought,
        discount=nought,
        total=amount,
        taxes=tuple(
            TaxLine(line.rate, _share(line.gross, share), _share(line.tax, share)) for line in bill.taxes
        ),
        invoice=invoice.number,
        return_id=return_id,
    )


def taxes_in(mix: Mix, total: Money) -> tuple[TaxLine, ...]:
    """By rate; what has no rate stands under none."""
    found: list[TaxLine] = []
    for rate, moved in SalesTax(mix).move(total.minor).items():
        gross, tax = Money(moved.gross, total.currency), Money(moved.tax, total.currency)
        found.append(TaxLine(rate, gross, tax))
    return tuple(found)


def _worth(order: Order, line: int, quantity: Decimal) -> Money:
    whole = order.lines[line]
    minor = (whole.total.minor * quantity / whole.quantity) if whole.quantity else Decimal(0)
    return Money(int(minor.to_integral_value(rounding="ROUND_HALF_UP")), order.currency)


def _discount(order: Order, goods: int, beyond: int) -> int:
    """A parcel's share of the order's discount; what shipping there is stays at nought or above."""
    if not order.discount.minor:
        return 0
    if not order.shipping.minor:
        return -beyond
    all_goods = sum(line.total.minor for line in order.lines)
    share = Fraction(goods, all_goods) if all_goods > 0 else Fraction(1)
    return max(round(order.discount.minor * share), -beyond)


def _share(amount: Money, share: Fraction) -> Money:
    return Money(round(amount.minor * share), amount.currency)
