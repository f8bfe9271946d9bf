"""
The facts of an order that conditions may read: no names, no addresses, no free text.

Facts are plain JSON: amounts and quantities are decimal strings in major units, instants are ISO 8601.
"""

from collections.abc import Sequence
from typing import Any

from domain.fulfilment import Fulfilment
from domain.order import Buyer, Line, Order, same_address
from domain.payment import Figures, way_of
from domain.returns import Return, ReturnLine

Facts = dict[str, Any]


def order_facts(order: Order, buyer: Buyer) -> Facts:
    """Everything a flow may ask about this order when it starts."""
    return {
        "number": order.number,
        "channel": order.channel,
        "currency": order.currency,
        "total": str(order.total.major),
        "item_count": str(sum(line.quantity for line in order.lines)),
        "lines": [_line_facts(line) for line in order.lines],
        "country": order.shipping_address.country,
        "express": order.delivery.express,
        "delivery": order.delivery.method.value,
        "language": order.customer.language,
        "placed_at": order.placed_at.isoformat(),
        "first_order": buyer.orders_before == 0,
        "orders_before": buyer.orders_before,
        "email_domain": order.customer.email.rpartition("@")[2].lower(),
        "same_address": same_address(order),
        "payment": {
            "method": order.payment.method,
            "way": way_of(order.payment.method).value,
            "state": order.payment.state.value,
            "authorized": "0",
            "captured": "0",
            "refunded": "0",
            "expires_at": None,
        },
        "hold": False,
    }


def payment_facts(order: Order, state: str, figures: Figures) -> Facts:
    return {
        "method": order.payment.method,
        "way": way_of(order.payment.method).value,
        "state": state,
        "authorized": str(figures.authorized.major),
        "captured": str(figures.captured.major),
        "refunded": str(figures.refunded.major),
        "expires_at": figures.expires_at.isoformat() if figures.expires_at else None,
    }


def _line_facts(line: Line) -> Facts:
    return {
        "sku": line.sku,
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price.major),
        "total": str(line.total.major),
        "made_to_order": line.made_to_order,
        "supplier": line.supplier,
        "category": line.category,
    }


def fulfilment_facts(fulfilment: Fulfilment) -> Facts:
    return {
        "id": fulfilment.id,
        "method": fulfilment.method.value,
        "location": fulfilment.location,
        "supplier": fulfilment.supplier,
        "made_to_order": fulfilment.made_to_order,
        "lines": [{"sku": line.sku, "quantity": str(line.quantity)} for line in fulfilment.lines],
        "total": str(fulfilment.total.major),
        "state": fulfilment.state.value,
        "tracking": fulfilment.tracking,
        "carrier": fulfilment.carrier,
        "ship_by": fulfilment.ship_by.isoformat() if fulfilment.ship_by else None,
        "flow": fulfilment.flow,
    }


def return_facts(returned: Return, order: Order) -> Facts:
    """The customer's reason is free text, and so none of them; `claim` is what conditions may ask."""
    return {
        "id": returned.id,
        "claim": returned.claim.value,
        "state": returned.state.value,
        "lines": return_lines(returned.lines, order),
        "value": str(returned.value.major),
        "fee": str(returned.terms.fee.major),
        "days_since_delivery": returned.days,
        "second_person": returned.second_person,
        "exchange": returned.exchange,
    }


def return_lines(lines: Sequence[ReturnLine], order: Order) -> list[Facts]:
    return [
        {
            "sku": line.sku,
            "quantity": f"{line.quantity:f}",
            "received": f"{line.received:f}",
            "accepted": f"{line.accepted:f}",
            "resellable": f"{line.resellable:f}",
            "made_to_order": order.lines[line.line].made_to_order,
            "supplier": order.lines[line.line].supplier,
            "category": order.lines[line.line].category,
        }
        for line in lines
    ]
