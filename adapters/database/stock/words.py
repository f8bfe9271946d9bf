"""What people type about stock: quantities, and names of goods and places."""

import re
from decimal import Decimal

from domain.errors import BadInput
from domain.stock import is_thousandths

MOST = Decimal(10) ** 9
LONGEST = 128
LONGEST_TITLE = 200
LONGEST_WHY = 1_000
# Plain digits: Decimal itself would take 1_000, 1e5 and the digits of every script.
FIGURE = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


def quantity(text: str, field: str = "quantity") -> Decimal:
    """:raises BadInput: not a number, none at all, or finer than a thousandth."""
    figure = number(text, field)
    if figure == 0:
        raise BadInput(f"{text[:40]!r} is not a quantity such as 3 or 1.5", field)
    return figure


def number(text: str, field: str) -> Decimal:
    """As `quantity`, but may be nought."""
    plain = text.strip()
    figure = Decimal(plain) if FIGURE.fullmatch(plain) else None
    if figure is None or abs(figure) > MOST:
        raise BadInput(f"{text[:40]!r} is not a quantity such as 3 or 1.5", field)
    if not is_thousandths(figure):
        raise BadInput(f"{plain[:40]} is finer than a thousandth", field)
    return figure


def amount(text: str, field: str) -> Decimal:
    """:raises BadInput: less than nought, or no number."""
    figure = number(text, field)
    if figure < 0:
        raise BadInput(f"{text.strip()[:40]} is below nought", field)
    return figure


def name(text: str, field: str, longest: int = LONGEST) -> str:
    """:raises BadInput: empty, too long, or with what cannot be printed."""
    plain = text.strip()
    if not plain or len(plain) > longest or not plain.isprintable():
        raise BadInput(f"{text[:40]!r} is not a name of 1 to {longest} characters", field)
    return plain


def reason(text: str) -> str:
    """:raises BadInput: it says nothing, or too much."""
    if not text.strip() or len(text) > LONGEST_WHY:
        raise BadInput(f"say why, in up to {LONGEST_WHY} characters", "reason")
    return text.strip()
