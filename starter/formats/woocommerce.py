"""
Orders as WooCommerce's REST API and webhooks give them.

Fees above nought stand with the shipping price, those below it are a discount; how the rest adds up is
told in starter/formats/adding_up.py.
"""

import html
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.order import (
    Address,
    Customer,
    Delivery,
    DeliveryMethod,
    Order,
    PaymentState,
    PaymentTerms,
)
from starter.formats import fields, shop_words
from starter.formats.adding_up import settle
from starter.formats.json_text import dumps
from starter.formats.node import Node
from starter.formats.tax_rates import of_charges
from starter.formats.woocommerce_lines import lines

CANNOT_BE_KEPT = {
    "completed": "the shop has completed it",
    "cancelled": "the shop has cancelled it",
    "refunded": "its money has been given back",
    "failed": "its payment failed in the shop",
    "trash": "the shop has thrown it away",
    "checkout-draft": "the customer has not finished it",
    "auto-draft": "the customer has not finished it",
}
PICKUP = ("local_pickup", "pickup_location")


def unwrap(document: Any) -> list[Any]:
    """The orders in an array, or an order as it is."""
    return document if isinstance(document, list) else [document]


def parse(tree: Any, shop: str) -> Order:
    """:raises BadInput: naming WooCommerce's own field, or saying why the order is not taken."""
    order = Node(tree)
    _check_open(order)
    currency = fields.currency(order.needed("currency"), "currency")
    fees = [
        fee.money("total", currency) + fee.money("total_tax", currency) for fee in order.nodes("fee_lines")
    ]
    charges = order.money("shipping_total", currency) + order.money("shipping_tax", currency)
    charges = sum((fee for fee in fees if fee.minor > 0), charges)
    discount = sum((Money(-fee.minor, currency) for fee in fees if fee.minor < 0), Money(0, currency))
    if charges.minor < 0:
        raise BadInput("is below nought", "shipping_total")
    total = order.total("total", currency)
    settled, discount = settle(lines(order, currency), charges, discount, total, "total")
    return Order(
        number=shop_words.number(shop, order.line("number") or order.needed("id"), "number"),
        channel=shop,
        placed_at=fields.instant(_zoned(order.needed("date_created_gmt")), "date_created_gmt"),
        currency=currency,
        customer=_customer(order),
        shipping_address=_shipping_address(order),
        billing_address=_address(order.node("billing")) if order.node("billing").has("address_1") else None,
        delivery=_delivery(order),
        lines=settled,
        shipping=charges,
        discount=discount,
        total=total,
        payment=_payment(order),
        note=order.text("customer_note"),
        source=dumps(tree),
        shipping_tax_rate=of_charges(order, currency, charges),
    )


def _check_open(order: Node) -> None:
    status = order.needed("status").removeprefix("wc-")
    if status in CANNOT_BE_KEPT:
        raise shop_words.refused(CANNOT_BE_KEPT[status])
    if not order.raw("line_items"):
        raise shop_words.refused("it has no lines")
    if order.raw("refunds"):
        raise shop_words.refused("a part of its money has been given back already")


def _zoned(text: str) -> str:
    """`date_created_gmt` is in UTC and does not say so."""
    return text if text.endswith("Z") or "+" in text else f"{text}+00:00"


def _payment(order: Node) -> PaymentTerms:
    plugin = order.line("payment_method")
    method = shop_words.method(f"{plugin} {order.line('payment_method_title')}")
    return PaymentTerms(method, _payment_state(order, plugin), authorization=order.line("transaction_id"))


def _payment_state(order: Node, plugin: str) -> PaymentState:
    """
    Cash on delivery is "processing" before anybody has paid. A card that is "on hold" and has a
    transaction is held and not yet taken.
    """
    status = order.text("status").removeprefix("wc-")
    if order.raw("date_paid") or order.raw("date_paid_gmt"):
        return PaymentState.PAID
    if status == "processing" and plugin != "cod":
        return PaymentState.PAID
    if status == "on-hold" and order.text("transaction_id"):
        return PaymentState.AUTHORIZED
    if status in ("pending", "on-hold", "processing"):
        return PaymentState.DUE
    raise BadInput(f"{status[:40]!r} is not an order state we know", "status")


def _customer(order: Node) -> Customer:
    billing = order.node("billing")
    if not billing.text("email"):
        raise BadInput("is missing, and nobody could be told about the order", "billing.email")
    email = fields.mailbox(billing.text("email"), "billing.email")
    return Customer(email=email, name=shop_words.full_name(billing) or email, phone=billing.line("phone"))


def _shipping_address(order: Node) -> Address:
    """Goods that need no shipping, and shops that ship to the billing address, leave it empty."""
    for node in (order.node("shipping"), order.node("billing")):
        if node.line("address_1"):
            return _address(node)
    raise BadInput("is missing, and there is no billing address either", "shipping.address_1")


def _address(node: Node) -> Address:
    return Address(
        name=shop_words.full_name(node) or "-",
        line1=node.needed("address_1"),
        postcode=node.line("postcode"),
        city=node.needed("city"),
        country=fields.country(node.needed("country"), node.at("country")),
        company=node.line("company"),
        line2=node.line("address_2"),
        region=node.line("state"),
        phone=node.line("phone"),
    )


def _delivery(order: Node) -> Delivery:
    for part in order.nodes("shipping_lines"):
        title = html.unescape(part.line("method_title"))
        if part.text("method_id").partition(":")[0] in PICKUP:
            return Delivery(DeliveryMethod.PICKUP, pickup_location=title)
        local = "local" in part.text("method_id")
        return Delivery(DeliveryMethod.LOCAL if local else DeliveryMethod.SHIP, shop_words.express(title))
    return Delivery()
