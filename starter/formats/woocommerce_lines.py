"""
The lines of a WooCommerce order.

WooCommerce states a line without tax, after discounts, and sometimes finer than a coin: our unit price
is what one piece cost before discounts, rounded up to the coin, and what that adds is in the discount.
"""

import html
from decimal import Decimal
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.order import Line, line_total
from starter.formats import fields
from starter.formats.node import Node


def lines(order: Node, currency: str) -> tuple[Line, ...]:
    """:raises BadInput: naming the line."""
    items = order.nodes("line_items")
    if len(items) > fields.MAX_LINES:
        raise BadInput(f"has more than {fields.MAX_LINES} lines", "line_items")
    return tuple(_line(item, currency) for item in items)


def _line(item: Node, currency: str) -> Line:
    quantity = item.quantity("quantity")
    net, tax = item.money("total", currency), item.money("total_tax", currency)
    before = item.money("subtotal" if item.has("subtotal") else "total", currency)
    if min(net.minor, tax.minor, before.minor) < 0:
        raise BadInput("costs less than nothing", item.at("total"))
    each = (max(before, net).minor / quantity).to_integral_value(rounding="ROUND_CEILING")
    price = Money(int(each), currency)
    discount = line_total(quantity, price, Money(0, currency), net)
    title = html.unescape(item.line("name")) or "-"
    return Line(
        sku=item.line("sku") or _product(item),
        title=title,
        quantity=quantity,
        unit_price=price,
        total=net + tax,
        tax=tax,
        discount=discount,
        personalisation=_personalisation(item, title),
        # Of a line that is taxed, it follows from the tax.
        tax_rate=Decimal(0) if item.has("total_tax") and not tax.minor else None,
    )


def _product(item: Node) -> str:
    product = item.line("product_id")
    return product if product not in ("", "0") else f"item-{item.needed('id')}"


def _personalisation(item: Node, title: str) -> str:
    """What the customer wrote; the shop's own notes and the variant's attributes are none of it."""
    said = []
    for choice in item.nodes("meta_data"):
        name = choice.raw("display_key") or choice.raw("key")
        value = choice.raw("display_value") or choice.raw("value")
        if isinstance(name, str) and isinstance(value, str) and _written(choice.raw("key"), value, title):
            said.append(f"{html.unescape(name)}: {html.unescape(value)}")
    return "\n".join(said)[: fields.MAX_TEXT]


def _written(key: Any, value: str, title: str) -> bool:
    if isinstance(key, str) and key.startswith(("_", "pa_")):
        return False
    return bool(value) and value.casefold() not in title.casefold()
