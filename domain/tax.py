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
from domain.money import apportion
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


@dataclass(frozen=True, slots=True)
class Moved:
    """What a movement means at one rate, in minor units: `gross` holds `tax`."""

    gross: int
    tax: int

    @property
    def net(self) -> int:
        return self.gross - self.tax


Mix = Mapping[str, Piece]
"""Rate -> what of something is taxed so."""


def mix_of(order: Order) -> Mix:
    """The whole order, by rate."""
    goods = _goods(order)
    return _joined([*goods, *_shipping(order, goods, Fraction(paid_for_shipping(order)))])


def mix_of_part(order: Order, part: Fulfilment) -> Mix:
    """One parcel by rate: its goods, and as shipping what it costs beyond them."""
    quantities = {piece.line: piece.quantity for piece in part.lines}
    return mix_of_goods(order, quantities, Fraction(part.total.minor))


def mix_of_goods(order: Order, quantities: Mapping[int, Decimal], paid: Fraction) -> Mix:
    """So much of each line, by rate; what `paid` is more than they are worth is shipping."""
    goods = _goods(order)
    mine = [
        goods[line].part(Fraction(quantity) / Fraction(order.lines[line].quantity))
        for line, quantity in quantities.items()
        if line < len(goods) and order.lines[line].quantity > 0
    ]
    rest = max(paid - sum((piece.paid for piece in mine), NONE), NONE)
    return _joined([*mine, *_shipping(order, mine, rest)])


class SalesTax:
    """
    What is tax of each movement of a parcel's sales: exact all together, to the smallest coin, however
    often it is taken in parts and given back.
    """

    def __init__(self, mix: Mix) -> None:
        self._mix = mix or {UNKNOWN: Piece(UNKNOWN, Fraction(1), NONE)}
        self._total = 0
        self._exact: dict[str, Piece] = {}
        self._booked: dict[str, Moved] = {}

    def move(self, minor: int, mix: Mix | None = None) -> dict[str, Moved]:
        """Sales of `minor` more, or when negative, less, of goods of this `mix` (else the parcel's own)."""
        self._total += minor
        self._add(minor, mix or self._mix)
        before, self._booked = self._booked, self._as_booked()
        nothing = Moved(0, 0)
        moved = {}
        for rate in dict.fromkeys((*before, *self._booked)):
            was, now = before.get(rate, nothing), self._booked.get(rate, nothing)
            change = Moved(now.gross - was.gross, now.tax - was.tax)
            if change != nothing:
                moved[rate] = change
        return moved

    def _add(self, minor: int, mix: Mix) -> None:
        whole = sum((piece.paid for piece in mix.values()), NONE)
        parts = mix.values() if whole else [Piece(UNKNOWN, Fraction(1), NONE)]
        share = minor / (whole or Fraction(1))
        self._exact = dict(_joined([*self._exact.values(), *(piece.part(share) for piece in parts)]))

    def _as_booked(self) -> dict[str, Moved]:
        if self._total <= 0 or not any(piece.paid > 0 for piece in self._exact.values()):
            # All of it went back: what rounding left over goes, too.
            self._exact = {}
            return {UNKNOWN: Moved(self._total, 0)} if self._total else {}
        weights = [_decimal(max(piece.paid, NONE)) for piece in self._exact.values()]
        grosses = apportion(self._total, weights)
        return {
            rate: Moved(gross, min(max(_rounded(piece.tax), 0), gross))
            for (rate, piece), gross in zip(self._exact.items(), grosses, strict=True)
        }


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
    worth = sum((piece.paid for piece in goods), NONE)
    return (
        [piece.part(paid / worth) for piece in goods]
        if included and worth
        else [Piece(UNKNOWN, paid, NONE)]
    )


def _joined(pieces: Iterable[Piece]) -> Mix:
    found: dict[str, Piece] = {}
    for piece in pieces:
        known = found.get(piece.rate, Piece(piece.rate, NONE, NONE))
        found[piece.rate] = Piece(piece.rate, known.paid + piece.paid, known.tax + piece.tax)
    return found


def _decimal(figure: Fraction) -> Decimal:
    return Decimal(figure.numerator) / figure.denominator


def _rounded(figure: Fraction) -> int:
    return int(_decimal(figure).to_integral_value(rounding="ROUND_HALF_UP"))
