"""What a mail may say: the order as plain words and figures, in the customer's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adapters.mail import words
from domain import tracking
from domain.fulfilment import Fulfilment
from domain.link import Links
from domain.money import Money
from domain.notice import Notice
from domain.order import Address, Line, Order
from domain.partner import PartnerOrderView
from domain.payment import way_of
from domain.return_shares import by_line, refund_of
from domain.returns import Return, ReturnLine


@dataclass(frozen=True, slots=True)
class Shop:
    """
    Who writes to the customer, and how they come back to us; `reply_to` is read by a person. Days are
    those of `zone`.
    """

    name: str
    url: str
    reply_to: str
    links: Links = field(default=Links(), repr=False)
    zone: str = "UTC"

    def day(self, at: datetime, language: str) -> str:
        """The day of an instant, in words."""
        return words.date(at.astimezone(ZoneInfo(self.zone)), language)


@dataclass(frozen=True, slots=True)
class Part:
    """
    What of the order a notice is about: a parcel, with the `code` it is picked up by, a return with what
    was `refunded`, or all of it. `pays_anew` once its customer was asked to pay it anew.
    `within` is for how long the flow of a return waits for its goods, in its own words; empty for no wait.
    """

    fulfilment: Fulfilment | None = None
    code: str = ""
    returned: Return | None = None
    refunded: Money | None = None
    pays_anew: bool = False
    within: str = ""
    partner: PartnerOrderView | None = None  # of a notice to a partner


WHOLE = Part()
CUSTOMER, PARTNER = "customer", "partner"


def contents(shop: Shop, order: Order, part: Part, notice: Notice, language: str) -> dict[str, Any]:
    """
    Everything a template can read: `shop`, `order`, `fulfilment`, `return`, the notice's `values`, and the
    links `order_link` (the customer's page of the order), `pay_link` and, of marketing, `unsubscribe_link`,
    empty where there is none.

    `fulfilment` and `return` are None where the notice is not about one. Plain JSON; nothing in it spans
    lines but the personalisation of a line, so that a name cannot pass for a line of its own.
    """
    return {
        "shop": {"name": shop.name, "url": shop.url, "reply_to": shop.reply_to},
        "order": _order(shop, order, language),
        # It lets whoever holds it act as the customer: it goes to nobody else.
        "order_link": shop.links.order(order.number) if notice.to == CUSTOMER else "",
        "pay_link": shop.links.pay(order.number) if part.pays_anew else "",
        "unsubscribe_link": unsubscribe_link(shop, order.number) if notice.marketing else "",
        "fulfilment": part.fulfilment and _fulfilment(part.fulfilment, part.code, order, language),
        "return": part.returned and _return(part, part.returned, order, language),
        "values": dict(notice.values),
    }


def unsubscribe_link(shop: Shop, order: str) -> str:
    """The page on which marketing is ended; where the shop has none, a mail to a person."""
    return shop.links.unsubscribe(order) or f"mailto:{shop.reply_to}?subject=unsubscribe%20{order}"


def _order(shop: Shop, order: Order, language: str) -> dict[str, Any]:
    return {
        "number": order.number,
        "name": one_line(order.customer.name),
        "placed_at": shop.day(order.placed_at, language),
        "lines": [_line(line, language) for line in order.lines],
        "shipping": words.money(order.shipping, language),
        "discount": _unless_nought(order.discount, language),
        "total": words.money(order.total, language),
        "to_pay": words.money(order.to_pay, language),
        "address": _address(order.shipping_address),
        "delivery": order.delivery.method.value,
        "express": order.delivery.express,
        "pickup_location": one_line(order.delivery.pickup_location),
        "payment_method": order.payment.method,
        "payment_way": way_of(order.payment.method).value,
        "payment_words": words.payment(order.payment.method, language),
        "payment_state": order.payment.state.value,
    }


def _line(line: Line, language: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "title": one_line(line.title),
        "quantity": words.quantity(line.quantity, language),
        "total": words.money(line.total, language),
        "personalisation": "\n".join(map(one_line, line.personalisation.splitlines())),
    }


def _fulfilment(part: Fulfilment, code: str, order: Order, language: str) -> dict[str, Any]:
    return {
        "id": part.id,
        "lines": [
            {
                "sku": line.sku,
                "title": one_line(order.lines[line.line].title),
                "quantity": words.quantity(line.quantity, language),
            }
            for line in part.lines
        ],
        "whole_order": _is_whole(part, order),
        "total": words.money(part.total, language),
        "location": one_line(part.location),
        "code": code,
        "carrier": part.carrier,
        "tracking": part.tracking,
        "link": tracking.link(part.carrier, part.tracking) if part.tracking else "",
    }


def _return(part: Part, back: Return, order: Order, language: str) -> dict[str, Any]:
    nought = Money(0, order.currency)

    def lines(count: Callable[[ReturnLine], Decimal]) -> list[dict[str, Any]]:
        return [
            {
                "sku": line.sku,
                "title": one_line(order.lines[line.line].title),
                "quantity": words.quantity(count(line), language),
            }
            for line in back.lines
            if count(line)
        ]

    return {
        "id": back.id,
        "claim": back.claim.value,
        "lines": lines(lambda line: line.quantity),
        "accepted": lines(lambda line: line.accepted),
        "refused": lines(lambda line: line.received - min(line.received, line.accepted)),
        "keeps": any(line.accepted > line.received for line in back.lines),
        "value": words.money(back.value, language),
        "fee": _unless_nought(back.terms.fee, language),
        "free": back.terms.free,
        "refund": words.money(refund_of(order, by_line(back.lines), {}, back.terms), language),
        "refunded": words.money(part.refunded or nought, language),
        "money_back": bool((part.refunded or nought).minor),
        "exchange": back.exchange,
        "within": words.length(part.within, language) if part.within else "",
    }


def _is_whole(part: Fulfilment, order: Order) -> bool:
    ordered: Mapping[int, Any] = {place: line.quantity for place, line in enumerate(order.lines)}
    return ordered == {line.line: line.quantity for line in part.lines}


def _address(address: Address) -> list[str]:
    town = f"{address.postcode} {address.city}"
    parts = (
        address.name,
        address.company,
        address.line1,
        address.line2,
        town,
        address.region,
        address.country,
    )
    return [line for line in map(one_line, parts) if line]


def _unless_nought(amount: Money, language: str) -> str:
    return words.money(amount, language) if amount.minor else ""


def one_line(text: str) -> str:
    """So that nobody's name can pass for a line of the mail."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
