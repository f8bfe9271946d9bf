"""Which kinds of values go together."""

import ast
from datetime import date
from decimal import Decimal

from flow.kinds import NUMBERS, WHOLE, WORDS, Kind
from flow.values import instant

BARE = frozenset({"number", "count"})  # without a unit of their own


def accepts(wanted: Kind, got: Kind) -> bool:
    """Whether a value of kind `got` may stand where `wanted` is asked for."""
    if "anything" in (wanted.name, got.name):
        return True
    if wanted.name in ("money", "number"):
        return got.name in NUMBERS and (wanted.name == "number" or got.name != "grams")
    if wanted.name == "grams":
        return got.name in WHOLE
    if wanted.name == "text":
        return got.name in WORDS
    if wanted.name == "choice":
        return got.name == "choice" and set(got.options) <= set(wanted.options)
    return wanted.name == got.name


def comparable(a: Kind, b: Kind, left: ast.expr, right: ast.expr) -> bool:
    """Whether two values can be compared or added; a number as it is written takes any unit."""
    if "anything" in (a.name, b.name):
        return True
    if a.name in NUMBERS and b.name in NUMBERS:
        written = isinstance(left, ast.Constant) or isinstance(right, ast.Constant)
        return a.name == b.name or written or {a.name, b.name} <= BARE
    if a.name in WORDS and b.name in WORDS:
        return True
    if {a.name, b.name} in ({"instant", "text"}, {"date", "text"}):
        return isinstance(left, ast.Constant) or isinstance(right, ast.Constant)
    return a.name == b.name and a.name not in ("record", "lines", "private")


def fault_of_literal(kind: Kind, other: ast.expr) -> str:
    """Why a value of this kind never equals the text or number written beside it; else empty."""
    if not isinstance(other, ast.Constant):
        return ""
    value = other.value
    if kind.name == "choice" and isinstance(value, str) and value not in kind.options:
        return f"this is never {value!r}: it is one of {', '.join(kind.options)}"
    if kind.name in WHOLE and isinstance(value, Decimal):
        return f"a count is never {value}"
    if kind.name == "instant" and not _reads(value, instant):
        return f"{value!r} is not an instant such as 2026-12-01T00:00:00+01:00"
    if kind.name == "date" and not _reads(value, date.fromisoformat):
        return f"{value!r} is not a date such as 2026-12-01"
    return ""


def _reads(value: object, read: object) -> bool:
    if not isinstance(value, str) or not callable(read):
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True
