"""How two values compare and add up."""

import ast
import operator
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flow.values import AS_WRITTEN, EXACT, ConditionFailed, Loose, finite, instant, is_number, show


def _exact(work: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Any]:
    """Decimals in a context of our own, so that nobody else's rounding decides; counts stay whole."""

    def reckoned(a: Any, b: Any) -> Any:
        number = work(Decimal(a), Decimal(b))
        return int(number) if isinstance(a, int) and isinstance(b, int) else number

    return reckoned


def _compare(holds: Callable[[Any, Any], bool], *, ordered: bool) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        a, b = _pair(left, right)
        if not _alike(a, b) or (ordered and not _has_order(a)):
            raise ConditionFailed(f"{show(left)} and {show(right)} cannot be compared")
        return holds(a, b)

    return compared


def _pair(left: Any, right: Any) -> tuple[Any, Any]:
    """Loose texts become what stands beside them."""
    try:
        if isinstance(left, str) and isinstance(right, str):
            return _texts(left, right) if Loose in (type(left), type(right)) else (left, right)
        if isinstance(left, str):
            return _beside(left, right), right
        if isinstance(right, str):
            return left, _beside(right, left)
    except (ValueError, InvalidOperation) as error:
        raise ConditionFailed(f"{show(left)} and {show(right)} cannot be compared") from error
    return left, right


def _texts(left: str, right: str) -> tuple[Any, Any]:
    """
    Two texts, at least one of them out of a result: instants or dates where both are; numbers where
    both are out of results and written as we write numbers.
    """
    loose = isinstance(left, Loose) and isinstance(right, Loose)
    if loose and AS_WRITTEN.match(left) and AS_WRITTEN.match(right):
        return finite(left), finite(right)
    for read in (instant, date.fromisoformat):
        try:
            return read(left), read(right)
        except ValueError:
            continue
    return str(left), str(right)


def _beside(text: str, other: Any) -> Any:
    if isinstance(other, datetime):
        return instant(text)
    return finite(text) if is_number(other) and isinstance(text, Loose) else str(text)


def _alike(a: Any, b: Any) -> bool:
    if is_number(a) and is_number(b):
        return True
    kinds = (bool, str, date)
    return any(isinstance(a, kind) and isinstance(b, kind) for kind in kinds)


def _has_order(value: Any) -> bool:
    return is_number(value) or isinstance(value, date)


RECKONED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _exact(EXACT.add),
    ast.Sub: _exact(EXACT.subtract),
    ast.Mult: _exact(EXACT.multiply),
}
COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: _compare(operator.eq, ordered=False),
    ast.NotEq: _compare(operator.ne, ordered=False),
    ast.Lt: _compare(operator.lt, ordered=True),
    ast.LtE: _compare(operator.le, ordered=True),
    ast.Gt: _compare(operator.gt, ordered=True),
    ast.GtE: _compare(operator.ge, ordered=True),
}
