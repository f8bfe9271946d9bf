"""What lists show of an order, and find it by, as far as it follows from the order as it stands."""

from typing import Any

from adapters.database.order.document import order_from_json
from domain.customer import forgotten
from domain.order import Order, fold


def shown_of(order: Order) -> dict[str, Any]:
    """The columns of its row; of a forgotten customer's order those of nobody."""
    customer = order.customer
    return {
        "channel": order.channel,
        "email": fold(customer.email),
        "name": customer.name,
        "find": fold(f"{order.number} {customer.email} {customer.name}"),
        "currency": order.currency,
        "total_minor": order.total.minor,
        "payment_method": order.payment.method,
        "payment_state": order.payment.state.value,
        "placed_at": order.placed_at,
    }


def should_show(whole: str, *, erased: bool) -> dict[str, Any]:
    """
    The same of a document. Who was `erased` never comes back, whatever the document says.

    :raises ValueError: it cannot be read.
    """
    order = order_from_json(whole)
    return shown_of(forgotten(order) if erased else order)
