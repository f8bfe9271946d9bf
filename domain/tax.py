"""
How much of what was paid is tax, and at which rate.

A line states its tax in money, on top of its price, or the rate that its price includes, or neither. With
no rate of its own, shipping follows goods whose prices include their tax; else its tax is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.fulfilment import Fulfilment
from domain.order import Line, Order
from domain.return_shares import paid_for_shipping, paid_per_line

# Of what nobody stated a rate for.
UNKNOWN = ""
NONE = Fraction(0)
# The plainest rate that gives a tax is the one that was meant.
STEPS = (Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.01"), Decimal("0.001"))


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that was paid for: the tax in `paid` is `tax`, both in minor units, at `rate` per cent."""

    rate: str
    paid: Fraction
    tax: Fraction

    def part(self, share: Fraction) -> "Piece":
        return Piece(self.rate, self.paid * share, self.tax * share)


Mix = Mapping[str, Piece]
"""Rate -> what of something is taxed so."""


def mix_of(order: Order) -> Mix:
    """The whole order, by rate."""
    goods = _goods(order)
    return joined([*goods, *_shipping(order, goods, Fraction(paid_for_shipping(order)))])


def mix_of_part(order: Order, part: Fulfilment) -> Mix:
    """One parcel by rate: its goods, and as shipping what it costs beyond them."""
    mine = _pieces(order, {piece.line: piece.quantity for piece in part.lines})
    beyond = part.total.minor - _worth(mine)
    # Less than a coin is what sharing the order out has rounded.
    return joined([*mine, *_shipping(order, mine, beyond if beyond >= 1 else NONE)])


def mix_of_return(order: Order, quantities: Mapping[int, Decimal], *, shipping: bool) -> Mix:
    """So much of each line as comes back, by rate, with its share of shipping where that goes back too."""
    mine = _pieces(order, quantities)
    goods = sum(paid_per_line(order))
    share = _worth(mine) * paid_for_shipping(order) / goods if shipping and goods > 0 else NONE
    return joined([*mine, *_shipping(order, mine, share)])


def joined(pieces: Iterable[Piece]) -> Mix:
    """One piece a rate."""
    found: dict[str, Piece] = {}
    for piece in pieces:
        known = found.get(piece.rate, Piece(piece.rate, NONE, NONE))
        found[piece.rate] = Piece(piece.rate, known.paid + piece.paid, known.tax + piece.tax)
    return found


def rate_of(net: int, tax: int) -> str:
    """The plainest rate, in per cent, that gives this tax to the smallest coin."""
    if net <= 0 or tax < 0:
        return UNKNOWN
    middle = Decimal(tax) * 100 / net
    reach = Decimal(50) / net
    for step in STEPS:
        near = (middle / step).to_integral_value(rounding="ROUND_HALF_UP") * step
        if abs(near - middle) <= reach:
            return rate_text(near)
    return rate_text(round(middle, 3))


def rate_text(rate: Decimal) -> str:
    """`19`, `7.5`."""
    return f"{rate.normalize() + 0:f}"


def stated_rate(line: Line) -> str:
    """Of one line, in per cent; empty where it cannot be told."""
    if line.tax_rate is not None:
        return rate_text(line.tax_rate)
    return rate_of(line.total.minor - line.tax.minor, line.tax.minor) if line.tax.minor else UNKNOWN


def _pieces(order: Order, quantities: Mapping[int, Decimal]) -> list[Piece]:
    """So much of each line."""
    goods = _goods(order)
    return [
        goods[line].part(Fraction(quantity) / Fraction(order.lines[line].quantity))
        for line, quantity in quantities.items()
        if line < len(goods) and order.lines[line].quantity > 0
    ]


def _worth(pieces: Iterable[Piece]) -> Fraction:
    return sum((piece.paid for piece in pieces), NONE)


def _goods(order: Order) -> list[Piece]:
    paid = paid_per_line(order)
    return [_piece(line, Fraction(minor)) for line, minor in zip(order.lines, paid, strict=True)]


def _piece(line: Line, paid: Fraction) -> Piece:
    if line.tax.minor or line.tax_rate is None:
        return Piece(stated_rate(line), paid, Fraction(line.tax.minor))
    return _including(line.tax_rate, paid)


def _including(rate: Decimal, paid: Fraction) -> Piece:
    return Piece(rate_text(rate), paid, paid * Fraction(rate) / (100 + Fraction(rate)))


def _shipping(order: Order, goods: list[Piece], paid: Fraction) -> list[Piece]:
    if not paid:
        return []
    if order.shipping_tax_rate is not None:
        return [_including(order.shipping_tax_rate, paid)]
    included = all(line.tax_rate is not None and not line.tax.minor for line in order.lines)
    worth, rates = _worth(goods), {piece.rate for piece in goods}
    if included and worth:
        return [piece.part(paid / worth) for piece in goods]
    if included and len(rates) == 1:
        # The goods themselves are free.
        return [_including(Decimal(rates.pop()), paid)]
    return [Piece(UNKNOWN, paid, NONE)]
