"""Facts as JSON holds them, turned into values that can be compared, and back into words."""

import re
from datetime import datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from flow.kinds import NUMBERS, WHOLE, Kind

EXACT = Context(prec=60)
AS_WRITTEN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?\Z", re.ASCII)
SHOWN = 3


class ConditionFailed(Exception):
    """A condition could not be decided; the message says which fact was missing or strange."""


class Loose(str):
    """
    A text out of a step's result, whose kind is not known here.

    Beside a number it counts as a number, beside an instant as an instant.
    """

    __slots__ = ()


def typed(value: Any, kind: Kind | None, name: str) -> Any:
    """
    The value to reckon with.

    :raises ConditionFailed: it is missing, or not of its kind.
    """
    if value is None:
        raise ConditionFailed(f"{name} is not known")
    try:
        return _loose(value) if kind is None else _strict(value, kind)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise ConditionFailed(f"{name} is {show(value)}, which is no {kind}") from error


def _loose(value: Any) -> Any:
    if isinstance(value, str):
        return Loose(value)
    return Decimal(str(value)) if isinstance(value, float) else value


def _strict(value: Any, kind: Kind) -> Any:
    if kind.name in WHOLE and not isinstance(value, bool):
        return int(value)
    if kind.name in NUMBERS and not isinstance(value, bool):
        return finite(value)
    if kind.name == "instant":
        return instant(value)
    wanted = {"yes_no": bool, "lines": list, "record": dict}.get(kind.name, str)
    if not isinstance(value, wanted):
        raise TypeError
    return value


def finite(value: Any) -> Decimal:
    """:raises ValueError: no number, or none that can be reckoned with."""
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return number


def instant(text: str) -> datetime:
    """:raises ValueError: no instant, or one that does not say its offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def as_json(value: Any) -> Any:
    """Plain JSON again: decimals and instants as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Loose) else value


def show(value: Any) -> str:
    """A value in a sentence."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case list():
            return _show_list(value)
        case dict():
            return "a group of facts"
        case "":
            return "empty"
    return str(as_json(value))


def _show_list(values: list[Any]) -> str:
    if not values:
        return "none"
    shown = ", ".join(_show_item(item) for item in values[:SHOWN])
    more = len(values) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _show_item(item: Any) -> str:
    if isinstance(item, dict) and "sku" in item:
        return f"{item.get('quantity', '?')} x {item['sku']}"
    return show(item)
