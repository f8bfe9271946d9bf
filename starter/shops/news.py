"""What a message of a web shop says, whichever system wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from domain.web_shop import ShopRefund, ShopSystem
from starter.formats import fields
from starter.formats.json_text import loads
from starter.formats.node import Node

SHOPIFY_OVER = {"refunded": "its money has been given back", "voided": "its payment has been voided"}
WOO_OVER = {
    "completed": "the shop has completed it",
    "cancelled": "the shop has cancelled it",
    "refunded": "its money has been given back",
    "failed": "its payment failed in the shop",
    "trash": "the shop has thrown it away",
}
LONGEST_ID = 64
WOO_CALLED_OFF = ("cancelled", "refunded", "failed", "trash")
WOO_NOT_YET = {
    "pending": "it is not paid in the shop yet",
    "checkout-draft": "the customer has not finished it",
    "auto-draft": "the customer has not finished it",
}


@dataclass(frozen=True, slots=True)
class OrderNews:
    """
    An order as the shop has it now. `over` says why it is none to take on, where it is; `called_off` that
    the shop has cancelled it, and why. `whole` is whether `tree` is the order, or only says it is gone.
    """

    theirs: str
    version: datetime | None
    over: str
    called_off: str
    refunds: tuple[ShopRefund, ...]
    tree: Any
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RefundNews:
    """Money that the shop gave back; `refund` is None where none of it has moved."""

    theirs: str
    refund: ShopRefund | None


def read_news(system: ShopSystem, body: str) -> OrderNews | RefundNews:
    """
    By what it holds: the topic beside it is not signed.

    :raises BadInput: it is no order, and no refund of one.
    """
    tree = loads(body)
    if isinstance(tree, dict) and tree.keys() == {"id"}:
        return _deleted(Node(tree), tree)
    if system == ShopSystem.WOOCOMMERCE:
        return _woocommerce(tree)
    if isinstance(tree, dict) and tree.keys() <= {"order", "refund"} and len(tree) == 1:
        (tree,) = tree.values()  # as the shop's own interface wraps it
    node = Node(tree)
    if node.has("order_id") and (node.has("refund_line_items") or node.has("transactions")):
        return RefundNews(_id(node, "order_id"), _shopify_refund(node, ""))
    return _shopify(node, tree)


def _deleted(order: Node, tree: Any) -> OrderNews:
    gone = "the shop has deleted it"
    return OrderNews(_id(order, "id"), None, gone, gone, (), tree, whole=False)


def _shopify(order: Node, tree: Any) -> OrderNews:
    theirs = _id(order, "id")
    if not order.has("line_items") and not order.has("financial_status"):
        raise BadInput("is neither an order nor a refund of one", "body")
    gone = "the shop has cancelled it" if order.has("cancelled_at") else ""
    reason = order.line("cancel_reason")
    over = gone or SHOPIFY_OVER.get(order.text("financial_status"), "")
    over = over or ("the shop has closed it" if order.has("closed_at") else "")
    over = over or ("the shop has shipped it" if order.text("fulfillment_status") == "fulfilled" else "")
    own = order.line("currency")
    refunds = tuple(filter(None, (_shopify_refund(each, own) for each in order.nodes("refunds"))))
    called_off = f"{gone}: {reason}" if gone and reason else gone
    return OrderNews(
        theirs, _instant(order.line("updated_at"), "updated_at"), over, called_off, refunds, tree
    )


def _shopify_refund(refund: Node, otherwise: str) -> ShopRefund | None:
    """What moved of it, in the currency it says or else `otherwise`; goods put back are none of ours."""
    moved = [each for each in refund.nodes("transactions") if _has_moved(each)]
    if not moved:
        return None
    currencies = {each.line("currency") or otherwise for each in moved}
    if len(currencies) > 1:
        raise BadInput("was given back in several currencies", refund.at("transactions"))
    currency = fields.currency(currencies.pop(), moved[0].at("currency"))
    amounts = (each.money("amount", currency) for each in moved)
    return _some(_id(refund, "id"), sum(amounts, Money(0, currency)))


def _has_moved(transaction: Node) -> bool:
    return transaction.text("kind") == "refund" and transaction.text("status") == "success"


def _woocommerce(tree: Any) -> OrderNews:
    order = Node(tree)
    theirs = _id(order, "id")
    if not order.has("line_items") or not order.has("status"):
        raise BadInput("is no order", "body")
    status = order.text("status").removeprefix("wc-")
    over = WOO_OVER.get(status, "") or WOO_NOT_YET.get(status, "")
    called_off = over if status in WOO_CALLED_OFF else ""
    refunds = tuple(_woo_refunds(order))
    version = _instant(_zoned(order.line("date_modified_gmt")), "date_modified_gmt")
    return OrderNews(theirs, version, over, called_off, refunds, tree)


def _woo_refunds(order: Node) -> Iterator[ShopRefund]:
    currency = fields.currency(order.needed("currency"), "currency")
    for refund in order.nodes("refunds"):
        amount = refund.money("total" if refund.has("total") else "amount", currency)
        found = _some(_id(refund, "id"), Money(abs(amount.minor), currency))
        if found is not None:
            yield found


def _id(node: Node, key: str) -> str:
    """The shop's own; longer than any is a mistake."""
    id = node.needed(key)
    if len(id) > LONGEST_ID:
        raise BadInput("is no id of a shop", node.at(key))
    return id


def _some(id: str, amount: Money) -> ShopRefund | None:
    return ShopRefund(id, amount) if amount.minor > 0 else None


def _instant(text: str, key: str) -> datetime | None:
    return fields.instant(text, key) if text else None


def _zoned(text: str) -> str:
    """WooCommerce's times of this name are in UTC, and do not say so."""
    return text if not text or text.endswith("Z") or "+" in text else f"{text}+00:00"
