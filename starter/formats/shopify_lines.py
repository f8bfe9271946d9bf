"""The lines of a Shopify order: what was bought, its tax and its discounts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.order import Line, line_total
from starter.formats import fields
from starter.formats.node import Node
from starter.formats.tax_rates import of_tax_lines

# A line of an edited order keeps its place with nothing of it left.
GONE = Decimal(0)


def summed(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))


def lines(order: Node, currency: str) -> tuple[Line, ...]:
    """:raises BadInput: naming the line."""
    items = order.nodes("line_items")
    if len(items) > fields.MAX_LINES:
        raise BadInput(f"has more than {fields.MAX_LINES} lines", "line_items")
    left = (item for item in items if item.raw("current_quantity") != GONE)
    return tuple(_line(item, order, currency) for item in left)


def _line(item: Node, order: Node, currency: str) -> Line:
    quantity = item.quantity("current_quantity" if item.has("current_quantity") else "quantity")
    price = item.money("price", currency)
    tax, discount = added_tax(item, order, currency), discounts(item, currency)
    total = line_total(quantity, price, tax, discount)
    if price.minor < 0 or total.minor < 0:
        raise BadInput("costs less than nothing", item.at("price"))
    return Line(
        sku=_sku(item),
        title=item.line("name") or item.line("title") or "-",
        quantity=quantity,
        unit_price=price,
        total=total,
        tax=tax,
        discount=discount,
        personalisation=personalisation(item.raw("properties")),
        tax_rate=of_tax_lines(item),
    )


def _sku(item: Node) -> str:
    for key in ("sku", "product_id"):
        if item.line(key):
            return item.line(key)
    return f"item-{item.needed('id')}"


def added_tax(part: Node, order: Node, currency: str) -> Money:
    """Tax on top of the price; nothing where prices include it."""
    if order.flag("taxes_included"):
        return Money(0, currency)
    return summed((tax.money("price", currency) for tax in part.nodes("tax_lines")), currency)


def discounts(part: Node, currency: str) -> Money:
    """What was taken off a line or the shipping, the order's own discounts included."""
    if part.raw("discount_allocations"):
        allocated = part.nodes("discount_allocations")
        return summed((each.money("amount", currency) for each in allocated), currency)
    if part.has("discounted_price") and part.has("price"):
        return part.money("price", currency) - part.money("discounted_price", currency)
    return part.money("total_discount", currency)


def personalisation(properties: Any) -> str:
    """`Engraving: Happy Birthday`, a line each. Shapes nobody foresaw stay in the order as it came."""
    if isinstance(properties, dict):
        named = "name" in properties and "value" in properties
        pairs = [(properties["name"], properties["value"])] if named else list(properties.items())
    elif isinstance(properties, list):
        found = [each for each in properties if isinstance(each, dict)]
        pairs = [(each["name"], each["value"]) for each in found if {"name", "value"} <= each.keys()]
    else:
        return ""
    said = [f"{name}: {value}" for name, value in pairs if _shown(name, value)]
    return "\n".join(said)[: fields.MAX_TEXT]


def _shown(name: Any, value: Any) -> bool:
    """Names with an underscore are the theme's own; Shopify hides them from people too."""
    spoken = isinstance(value, str | int | Decimal) and not isinstance(value, bool) and value != ""
    return spoken and isinstance(name, str) and not name.startswith("_")
