"""What each parcel of an order costs: shares whose sum is the order's total, to the smallest coin."""

from collections.abc import Sequence
from decimal import Decimal

from domain.fulfilment import FulfilmentLine
from domain.money import Money, apportion
from domain.order import Order

NONE = Decimal(0)


def share_total(order: Order, parts: Sequence[Sequence[FulfilmentLine]]) -> list[Money]:
    """
    What each of the parts, which are the whole order together, costs: exactly the order's total.

    A line's own total follows its quantities; shipping and the order's discount follow the goods' value.
    """
    goods = [0] * len(parts)
    for index, line in enumerate(order.lines):
        amounts = [sum((p.quantity for p in part if p.line == index), NONE) for part in parts]
        for i, minor in enumerate(apportion(line.total.minor, amounts)):
            goods[i] += minor
    extra = apportion(order.total.minor - sum(goods), goods)
    return [Money(a + b, order.currency) for a, b in zip(goods, extra, strict=True)]


def split_total(order: Order, total: Money, parts: Sequence[Sequence[FulfilmentLine]]) -> list[Money]:
    """A fulfilment's `total` over the parts it becomes, by the goods' value; an empty part gets nothing."""
    filled = [i for i, part in enumerate(parts) if part]
    shares = apportion(total.minor, [_value(order, parts[i]) for i in filled])
    minors = dict(zip(filled, shares, strict=True))
    return [Money(minors.get(i, 0), total.currency) for i in range(len(parts))]


def _value(order: Order, part: Sequence[FulfilmentLine]) -> Decimal:
    lines = ((order.lines[piece.line], piece.quantity) for piece in part)
    return sum((line.total.minor * quantity / line.quantity for line, quantity in lines), NONE)
