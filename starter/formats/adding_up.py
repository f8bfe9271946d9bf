"""
Making a shop's order add up to the smallest coin. The shop's total is the authority.

1. What the shop says of each line (price, tax, discount) stays with the line.
2. Tax or discount that the shop states for the whole order only is shared over the lines (tax) or
   stands on the order (discount).
3. Where the shop's total is still lower, the rest is a discount on the order: gift cards, store credit
   and removed items are such; the customer never pays more than the shop said.
4. Where it is higher, a discount the shop named for the order may be in its prices already, and goes
   first. What is left, at most a coin per line and one for the charges, is the shop's rounding, and is
   added to the tax of the dearest line.
5. Where it is higher by more, nobody can say what for: the order is refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.errors import BadInput
from domain.money import Money, apportion
from domain.order import Line


def share_tax(lines: Sequence[Line], tax: Money) -> tuple[Line, ...]:
    """`tax` on top of the lines, in proportion to what each costs."""
    shares = apportion(tax.minor, [line.total.minor for line in lines])
    return tuple(
        _with_tax(line, Money(share, tax.currency)) for line, share in zip(lines, shares, strict=True)
    )


def settle(
    lines: Sequence[Line], charges: Money, discount: Money, total: Money, path: str
) -> tuple[tuple[Line, ...], Money]:
    """
    The lines and the order's discount, such that lines + charges - discount = total.

    :raises BadInput: the total is higher than anything in the order explains.
    """
    goods = sum((line.total for line in lines), Money(0, total.currency))
    rest = total - (goods + charges - discount)
    if rest.minor <= 0:
        return tuple(lines), discount - rest
    from_discount = Money(min(rest.minor, discount.minor), total.currency)
    discount, rest = discount - from_discount, rest - from_discount
    if rest.minor > len(lines) + 1:
        made = (goods + charges - discount).major
        raise BadInput(f"is {total.major}, but the order's parts make {made}", path)
    return _rounded_up(lines, rest), discount


def _rounded_up(lines: Sequence[Line], rest: Money) -> tuple[Line, ...]:
    dearest = max(range(len(lines)), key=lambda n: lines[n].total.minor)
    return tuple(_with_tax(line, rest) if n == dearest else line for n, line in enumerate(lines))


def _with_tax(line: Line, tax: Money) -> Line:
    return replace(line, tax=line.tax + tax, total=line.total + tax)
