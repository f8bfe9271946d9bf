"""What is tax of each movement of a parcel's sales, to the smallest coin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.money import apportion
from domain.tax import NONE, UNKNOWN, Mix, Piece, joined


@dataclass(frozen=True, slots=True)
class Moved:
    """What a movement means at one rate, in minor units: `gross` holds `tax`."""

    gross: int
    tax: int

    @property
    def net(self) -> int:
        return self.gross - self.tax

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.gross + other.gross, self.tax + other.tax)

    def __sub__(self, other: "Moved") -> "Moved":
        return Moved(self.gross - other.gross, self.tax - other.tax)


NOTHING = Moved(0, 0)
Taxed = Mapping[tuple[str, str], Mapping[str, Moved]]
"""Gateway object and kind of an entry -> what it moved of sales, by rate."""


class SalesTax:
    """
    What is tax of each movement of one parcel's sales, told in their order: exact all together, however
    often it is taken in parts and given back.

    What goes back takes the tax of its own goods with it, but never more at a rate than is left there;
    beyond that, and where it is for no goods, it takes its share of all that is left.
    """

    def __init__(self, mix: Mix) -> None:
        self._mix = mix or {UNKNOWN: Piece(UNKNOWN, Fraction(1), NONE)}
        self._total = 0
        self._left: Mix = {}
        self._given: dict[str, Mix] = {}
        self._booked: dict[str, Moved] = {}

    def take(self, minor: int) -> dict[str, Moved]:
        """Sales of `minor` more."""
        return self._move(minor, _scaled(self._mix, minor))

    def give_back(self, minor: int, mix: Mix | None = None, name: str = "") -> dict[str, Moved]:
        """`minor` less, for goods of this `mix`, or for none; `name` is what it is undone by."""
        given = self._part_of_left(Fraction(minor), mix or self._left)
        self._given[name] = given
        return self._move(-minor, _scaled(given, -_paid(given.values())))

    def undo(self, minor: int, name: str) -> dict[str, Moved]:
        """What was given back by this name is here again."""
        return self._move(minor, _scaled(self._given.get(name) or self._mix, minor))

    def _part_of_left(self, due: Fraction, mix: Mix) -> Mix:
        wanted = _scaled(mix, due)
        found = {rate: self._at_most_left(rate, piece) for rate, piece in wanted.items()}
        rest = joined([*self._left.values(), *_scaled(found, -_paid(found.values())).values()])
        missing, there = due - _paid(found.values()), _paid(rest.values())
        if missing <= 0 or there <= 0:
            return found
        return joined([*found.values(), *_scaled(rest, min(missing, there)).values()])

    def _at_most_left(self, rate: str, piece: Piece) -> Piece:
        left = self._left.get(rate, Piece(rate, NONE, NONE))
        return piece if piece.paid <= left.paid else left

    def _move(self, minor: int, parts: Mix) -> dict[str, Moved]:
        self._total += minor
        self._left = joined([*self._left.values(), *parts.values()])
        before, self._booked = self._booked, self._as_booked()
        moved = {
            rate: self._booked.get(rate, NOTHING) - before.get(rate, NOTHING)
            for rate in dict.fromkeys((*before, *self._booked))
        }
        return {rate: each for rate, each in moved.items() if each != NOTHING}

    def _as_booked(self) -> dict[str, Moved]:
        if self._total <= 0 or not any(piece.paid > 0 for piece in self._left.values()):
            # All of it went back: what rounding left over goes, too.
            self._left = {}
            return {UNKNOWN: Moved(self._total, 0)} if self._total else {}
        weights = [_decimal(max(piece.paid, NONE)) for piece in self._left.values()]
        grosses = apportion(self._total, weights)
        return {
            rate: Moved(gross, min(max(_rounded(piece.tax), 0), gross))
            for (rate, piece), gross in zip(self._left.items(), grosses, strict=True)
        }


def negative(move: Mapping[str, Moved]) -> dict[str, Moved]:
    return {rate: NOTHING - moved for rate, moved in move.items()}


def summed(moves: Iterable[Mapping[str, Moved]]) -> dict[str, Moved]:
    """Several movements as one."""
    found: dict[str, Moved] = {}
    for move in moves:
        for rate, moved in move.items():
            found[rate] = found.get(rate, NOTHING) + moved
    return {rate: moved for rate, moved in found.items() if moved != NOTHING}


def _scaled(mix: Mix, paid: Fraction | int) -> Mix:
    """The same mix of another size; of nothing, all of it is of no known rate."""
    whole = _paid(mix.values())
    if not whole:
        return {UNKNOWN: Piece(UNKNOWN, Fraction(paid), NONE)}
    return {rate: piece.part(paid / whole) for rate, piece in mix.items()}


def _paid(pieces: Iterable[Piece]) -> Fraction:
    return sum((piece.paid for piece in pieces), NONE)


def _decimal(figure: Fraction) -> Decimal:
    return Decimal(figure.numerator) / figure.denominator


def _rounded(figure: Fraction) -> int:
    return int(_decimal(figure).to_integral_value(rounding="ROUND_HALF_UP"))
