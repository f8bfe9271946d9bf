"""
Orders as Shopify's REST API and webhooks give them.

Where an order was edited, its current quantities and totals count. Prices that include tax carry it
inside: our line then has no tax of its own. What the order costs beyond its lines (shipping, duties,
tips, fees) is its shipping price; how the rest adds up is told in starter/formats/adding_up.py.
"""

from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.order import (
    Delivery,
    DeliveryMethod,
    Line,
    Order,
    PaymentState,
    PaymentTerms,
    Voucher,
)
from domain.payment import is_voucher
from starter.formats import fields, shop_words
from starter.formats.adding_up import settle, share_tax
from starter.formats.json_text import dumps
from starter.formats.node import Node
from starter.formats.shopify_lines import added_tax, discounts, lines, summed
from starter.formats.shopify_people import address, customer, shipping_address
from starter.formats.tax_rates import of_shipping_lines

STATES = {
    "pending": PaymentState.DUE,
    "authorized": PaymentState.AUTHORIZED,
    "paid": PaymentState.PAID,
}
TAKEN = ("sale", "capture")
CANNOT_BE_KEPT = {
    "partially_paid": "it is paid in part only; take the rest in the shop first",
    "partially_refunded": "a part of its money has been given back already",
    "refunded": "its money has been given back",
    "voided": "its payment has been voided",
    "expired": "its authorisation has expired; take the payment in the shop first",
}


def unwrap(document: Any) -> list[Any]:
    """The orders in `{"order": ...}`, `{"orders": [...]}`, an array, or an order as it is."""
    if isinstance(document, dict) and isinstance(document.get("orders"), list):
        return list(document["orders"])
    return document if isinstance(document, list) else [document]


def parse(tree: Any, shop: str) -> Order:
    """:raises BadInput: naming Shopify's own field, or saying why the order is not taken."""
    if isinstance(tree, dict) and isinstance(tree.get("order"), dict):
        tree = tree["order"]
    order = Node(tree)
    _check_open(order)
    currency = fields.currency(order.needed("currency"), "currency")
    goods = _goods(order, currency)
    charges = _charges(order, currency)
    total_field = "current_total_price" if order.has("current_total_price") else "total_price"
    total = order.total(total_field, currency)
    vouchers = _vouchers(order, currency, total)
    terms = _payment(order, _held_beside(order, vouchers, total))
    settled, discount = settle(goods, charges, _order_discount(order, currency), total, total_field)
    return Order(
        number=_number(order, shop),
        channel=shop,
        placed_at=fields.instant(order.needed("created_at"), "created_at"),
        currency=currency,
        customer=customer(order),
        shipping_address=shipping_address(order),
        billing_address=address(order.node("billing_address")) if order.raw("billing_address") else None,
        delivery=_delivery(order),
        lines=settled,
        shipping=charges,
        discount=discount,
        total=total,
        payment=terms,
        note=order.text("note"),
        source=dumps(tree),
        vouchers=vouchers,
        shipping_tax_rate=of_shipping_lines(order),
    )


def _check_open(order: Node) -> None:
    if order.has("cancelled_at"):
        raise shop_words.refused("the shop has cancelled it")
    if order.has("closed_at"):
        raise shop_words.refused("the shop has closed it")
    if not order.raw("line_items"):
        raise shop_words.refused("it has no lines")
    if order.text("fulfillment_status") in ("fulfilled", "partial"):
        raise shop_words.refused("the shop has shipped it, or a part of it, already")


def _number(order: Node, shop: str) -> str:
    for key in ("name", "order_number", "number", "id"):
        if order.has(key):
            return shop_words.number(shop, order.line(key).lstrip("#"), key)
    raise BadInput("is missing", "name")


def _vouchers(order: Node, currency: str, total: Money) -> tuple[Voucher, ...]:
    """What gift cards and store credit have paid beside another payment, where the payload says so."""
    paid = [
        Voucher(PaymentTerms(gateway, PaymentState.PAID), transaction.money("amount", currency))
        for transaction in order.nodes("transactions")
        if transaction.text("status") == "success" and transaction.text("kind") in TAKEN
        if (gateway := _voucher_gateway(transaction))
    ]
    beside = summed((each.amount for each in paid), currency) < total
    return tuple(each for each in paid if each.amount.minor > 0) if beside else ()


def _voucher_gateway(transaction: Node) -> str:
    gateway = transaction.line("gateway").removeprefix("shopify_")
    return gateway if is_voucher(gateway) else ""


def _held_beside(order: Node, vouchers: tuple[Voucher, ...], total: Money) -> bool:
    """Whether a card holds all that the vouchers do not pay: Shopify calls that paid in part."""
    held = [
        transaction.money("amount", total.currency)
        for transaction in order.nodes("transactions")
        if (transaction.text("kind"), transaction.text("status")) == ("authorization", "success")
    ]
    parts = (*(each.amount for each in vouchers), *held)
    return bool(vouchers) and len(held) == 1 and summed(parts, total.currency) == total


def _payment(order: Node, held_beside: bool) -> PaymentTerms:
    status = order.needed("financial_status")
    if status == "partially_paid" and held_beside:
        status = "authorized"
    if status in CANNOT_BE_KEPT:
        raise shop_words.refused(CANNOT_BE_KEPT[status])
    if status not in STATES:
        raise BadInput(f"{status[:40]!r} is not a payment state we know", "financial_status")
    card = order.node("payment_details").line("credit_card_company")
    gateway = " ".join([order.line("gateway"), *order.texts("payment_gateway_names")])
    method = "card" if card else shop_words.method(gateway)
    return PaymentTerms(method, STATES[status], authorization=_authorization(order))


def _authorization(order: Node) -> str:
    """The gateway's own word for the money it holds, where the payload brings the transactions along."""
    for transaction in order.nodes("transactions"):
        kind, status = transaction.text("kind"), transaction.text("status")
        if kind == "authorization" and status == "success":
            return transaction.line("authorization")
    return ""


def _goods(order: Node, currency: str) -> tuple[Line, ...]:
    goods = lines(order, currency)
    if not goods:
        raise shop_words.refused("it has no lines")
    if order.flag("taxes_included"):
        return goods
    stated = order.money(_current(order, "total_tax"), currency)
    known = summed((line.tax for line in goods), currency) + _shipping_tax(order, currency)
    left = stated - known
    return share_tax(goods, left) if left.minor > 0 else goods


def _current(order: Node, key: str) -> str:
    return f"current_{key}" if order.has(f"current_{key}") else key


def _order_discount(order: Node, currency: str) -> Money:
    """What the shop took off beyond what stands on lines and shipping."""
    stated = order.money(_current(order, "total_discounts"), currency)
    items = [line for line in order.nodes("line_items") if line.raw("current_quantity") != 0]
    on_parts = summed(
        (discounts(part, currency) for part in [*items, *order.nodes("shipping_lines")]), currency
    )
    left = stated - on_parts
    return left if left.minor > 0 else Money(0, currency)


def _charges(order: Node, currency: str) -> Money:
    shipping = summed(
        (
            part.money("price", currency) - discounts(part, currency)
            for part in order.nodes("shipping_lines")
        ),
        currency,
    )
    duties = order.node("current_total_duties_set").node("shop_money").money("amount", currency)
    fees = order.node("current_total_additional_fees_set").node("shop_money").money("amount", currency)
    tip = order.money("total_tip_received", currency)
    charges = shipping + _shipping_tax(order, currency) + duties + fees + tip
    if charges.minor < 0:
        raise BadInput("the discounts are more than the price", "shipping_lines")
    return charges


def _shipping_tax(order: Node, currency: str) -> Money:
    return summed((added_tax(part, order, currency) for part in order.nodes("shipping_lines")), currency)


def _delivery(order: Node) -> Delivery:
    for part in order.nodes("shipping_lines"):
        words = f"{part.line('code')} {part.line('title')}"
        match part.text("delivery_category"):
            case "pickup":
                return Delivery(DeliveryMethod.PICKUP, pickup_location=part.line("title"))
            case "local":
                return Delivery(DeliveryMethod.LOCAL, shop_words.express(words))
        return Delivery(DeliveryMethod.SHIP, shop_words.express(words))
    return Delivery()
