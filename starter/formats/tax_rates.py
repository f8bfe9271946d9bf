"""The tax rates that shops state, in per cent."""

from decimal import Decimal
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.tax import UNKNOWN, rate_of
from starter.formats import fields
from starter.formats.node import Node

HIGHEST = Decimal(100)


def own(text: str, path: str) -> Decimal | None:
    """`19` or `7.5`; None for nothing. :raises BadInput: no rate from nought to a hundred."""
    if not text:
        return None
    if not fields.AMOUNT.match(text) or not 0 <= Decimal(text) <= HIGHEST:
        raise BadInput(f"{text[:40]!r} is not a rate in per cent, such as 19 or 7.5", path)
    return Decimal(text).normalize() + 0


def of_tax_lines(part: Node) -> Decimal | None:
    """
    Of a Shopify line or shipping: what its states and towns ask for together. None where it does not say.
    """
    taxed = [each for each in part.nodes("tax_lines") if _is_above_nought(each.raw("price"))]
    if not taxed:
        return Decimal(0) if part.raw("taxable") is False or part.raw("tax_lines") else None
    rates = [_figure(each.raw("rate")) for each in taxed]
    known = [rate for rate in rates if rate is not None]
    rate = sum(known, Decimal(0)) * 100
    return rate.normalize() + 0 if len(known) == len(rates) and rate <= HIGHEST else None


def of_shipping_lines(order: Node) -> Decimal | None:
    """Of a Shopify order that has one way of shipping, and no charges beside it."""
    parts = order.nodes("shipping_lines")
    duties = order.raw("current_total_duties_set"), order.raw("current_total_additional_fees_set")
    beside = any(duties) or _is_above_nought(order.raw("total_tip_received"))
    return of_tax_lines(parts[0]) if len(parts) == 1 and not beside else None


def of_charges(order: Node, currency: str, charges: Money) -> Decimal | None:
    """Of all that a WooCommerce order charges beyond its lines, where it says how much of it is tax."""
    if not order.has("shipping_tax"):
        return None
    fees = [fee.money("total_tax", currency) for fee in order.nodes("fee_lines")]
    tax = order.money("shipping_tax", currency).minor + sum(fee.minor for fee in fees if fee.minor > 0)
    rate = rate_of(charges.minor - tax, tax)
    return None if rate == UNKNOWN else Decimal(rate)


def _is_above_nought(value: Any) -> bool:
    figure = _figure(value)
    return figure is not None and figure > 0


def _figure(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value).strip()
    return Decimal(text) if fields.AMOUNT.match(text) else None
