"""What was paid for goods that come back: shares that never add up to more than was paid."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from domain.money import Money, apportion
from domain.order import Order
from domain.returns import NONE, ReturnLine, Terms


def paid_per_line(order: Order) -> list[int]:
    """
    What was paid for each line, in minor units: its own total, less its share of the order's discount.

    Shipping is apart, and bears of the discount only what the goods cannot.
    """
    totals = [line.total.minor for line in order.lines]
    return [
        total - less for total, less in zip(totals, apportion(_off(order), _weights(totals)), strict=True)
    ]


def paid_for_shipping(order: Order) -> int:
    """Everything of the order's total that was not paid for its goods."""
    return max(order.total.minor - sum(paid_per_line(order)), 0)


def value_of(
    order: Order, quantities: Mapping[int, Decimal], before: Mapping[int, Decimal] | None = None
) -> Money:
    """
    What was paid for so much of each line, after `before` of it was paid back already.

    However a line is split over returns, all of it together is worth exactly what was paid for it.
    """
    minor = 0
    for index, paid in enumerate(paid_per_line(order)):
        whole = order.lines[index].quantity
        earlier = (before or {}).get(index, NONE)
        later = min(earlier + quantities.get(index, NONE), whole)
        minor += _share(paid, later, whole) - _share(paid, min(earlier, whole), whole)
    return Money(minor, order.currency)


def refund_of(
    order: Order, quantities: Mapping[int, Decimal], before: Mapping[int, Decimal], terms: Terms
) -> Money:
    """What goes back for what was accepted: its value, shipping where the terms say so, less the fee."""
    value = value_of(order, quantities, before)
    if not value.minor:
        return value
    shipping = _shipping_share(order, value.minor) if terms.shipping else 0
    return Money(max(value.minor + shipping - terms.fee.minor, 0), order.currency)


def by_line(lines: Iterable[ReturnLine]) -> dict[int, Decimal]:
    """Order line -> how much comes back."""
    return _summed((line.line, line.quantity) for line in lines)


def accepted_by_line(lines: Iterable[ReturnLine]) -> dict[int, Decimal]:
    return _summed((line.line, line.accepted) for line in lines)


def _summed(pairs: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line, quantity in pairs:
        sums[line] = sums.get(line, NONE) + quantity
    return sums


def _off(order: Order) -> int:
    """The order's discount as far as its goods bear it."""
    return min(order.discount.minor, max(sum(line.total.minor for line in order.lines), 0))


def _weights(totals: list[int]) -> list[int]:
    return [max(total, 0) for total in totals]


def _shipping_share(order: Order, value: int) -> int:
    # Rounded down, so that several claims never give back more shipping than was paid.
    goods = sum(paid_per_line(order))
    return paid_for_shipping(order) * value // goods if goods > 0 else 0


def _share(paid: int, quantity: Decimal, whole: Decimal) -> int:
    if whole <= 0:
        return 0
    return int((paid * quantity / whole).to_integral_value(rounding=ROUND_HALF_UP))
