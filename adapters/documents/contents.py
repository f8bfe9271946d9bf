"""What a document may say: plain words and figures, in the language of whoever reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from adapters.mail import words
from adapters.mail.letter import Shop, one_line
from domain.bill import BillLine, Issued, TaxLine
from domain.fulfilment import Fulfilment
from domain.money import Money
from domain.order import Address, Order
from domain.payment import way_of
from domain.returns import Return

Contents = dict[str, Any]
STAFF_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Pick:
    """A parcel to be picked, and the order it is of."""

    order: Order
    part: Fulfilment


def common(shop: Shop, at: datetime, language: str) -> Contents:
    """What every document can say: the shop, and `printed`, when this one was made."""
    return {
        "shop": {"name": shop.name, "url": shop.url, "reply_to": shop.reply_to},
        "printed": words.date(at, language),
        "printed_at": f"{at:%H:%M}",
        "language": words.spoken(language),
    }


def of_order(order: Order, language: str, zone: tzinfo | None) -> Contents:
    """Dates are those of `zone`."""
    return {
        "number": order.number,
        "channel": order.channel,
        "name": one_line(order.customer.name),
        "placed_at": words.date(order.placed_at.astimezone(zone), language),
        "express": order.delivery.express,
        "delivery": order.delivery.method.value,
        "pickup_location": one_line(order.delivery.pickup_location),
        "note": lines_of(order.note),
        "address": address(order.shipping_address),
        "phone": one_line(order.shipping_address.phone or order.customer.phone),
    }


def of_part(part: Fulfilment, order: Order, language: str, zone: tzinfo | None) -> Contents:
    """A parcel and its goods; no prices."""
    ordered = {place: line.quantity for place, line in enumerate(order.lines)}
    return {
        "id": part.id,
        "location": one_line(part.location),
        "method": part.method.value,
        "supplier": one_line(part.supplier),
        "carrier": part.carrier,
        "tracking": part.tracking,
        "ship_by": _leaves_by(part, language, zone),
        "whole_order": ordered == {line.line: line.quantity for line in part.lines},
        "lines": [_goods(order, line.line, line.quantity, language) for line in part.lines],
    }


def of_return(back: Return, order: Order, within: str, language: str) -> Contents:
    return {
        "id": back.id,
        "claim": back.claim.value,
        "exchange": back.exchange,
        "within": words.length(within, language) if within else "",
        "free": back.terms.free,
        "lines": [_goods(order, line.line, line.quantity, language) for line in back.lines],
    }


def of_picks(
    location: str, picks: Sequence[Pick], bins: Mapping[str, str], zone: tzinfo | None
) -> Contents:
    """One round through a location: each SKU once, by bin, with the parcels that it is for."""
    rows: dict[str, Contents] = {}
    for pick in picks:
        for piece in pick.part.lines:
            line = pick.order.lines[piece.line]
            row = rows.setdefault(piece.sku, _row(piece.sku, one_line(line.title), bins.get(piece.sku, "")))
            row["sum"] += piece.quantity
            told = {"id": pick.part.id, "quantity": words.quantity(piece.quantity, STAFF_LANGUAGE)}
            row["for"].append({**told, "personalisation": lines_of(line.personalisation)})
    ordered = sorted(rows.values(), key=lambda row: (row["bin"] == "", row["bin"], row["sku"]))
    for row in ordered:
        row["quantity"] = words.quantity(row.pop("sum"), STAFF_LANGUAGE)
    return {
        "location": location,
        "rows": ordered,
        "bins": any(row["bin"] for row in ordered),
        "parcels": [_parcel(pick, zone) for pick in picks],
    }


def _parcel(pick: Pick, zone: tzinfo | None) -> Contents:
    leaves_by = _leaves_by(pick.part, STAFF_LANGUAGE, zone)
    return {"id": pick.part.id, "express": pick.order.delivery.express, "ship_by": leaves_by}


def _leaves_by(part: Fulfilment, language: str, zone: tzinfo | None) -> str:
    """The day; empty while nobody can say."""
    return words.date(part.ship_by.astimezone(zone), language) if part.ship_by else ""


def of_bill(issued: Issued, language: str, zone: tzinfo | None) -> Contents:
    """An invoice or credit note as it was issued."""
    bill = issued.bill
    return {
        "number": issued.number,
        "date": words.date(issued.at.astimezone(zone), language),
        "order": bill.order,
        "fulfilment": bill.fulfilment,
        "placed_at": words.date(bill.placed_at.astimezone(zone), language),
        "recipient": list(issued.recipient),
        "lines": [_bill_line(line, language) for line in bill.lines],
        "shipping": _unless_nought(bill.shipping, language),
        "discount": _unless_nought(bill.discount, language),
        "total": words.money(bill.total, language),
        "taxes": [_tax(line, language) for line in bill.taxes if line.rate],
        "untaxed": any(not line.rate for line in bill.taxes),
        "later": bill.later,
        "payment_way": way_of(bill.payment).value,
        "payment_words": words.payment(bill.payment, language),
        "invoice": bill.invoice,
        "return": bill.return_id,
    }


def _goods(order: Order, place: int, quantity: Decimal, language: str) -> Contents:
    line = order.lines[place]
    return {
        "sku": line.sku,
        "title": one_line(line.title),
        "quantity": words.quantity(quantity, language),
        "personalisation": lines_of(line.personalisation),
    }


def _row(sku: str, title: str, bin_: str) -> Contents:
    return {"sku": sku, "title": title, "bin": bin_, "sum": Decimal(0), "for": []}


def _bill_line(line: BillLine, language: str) -> Contents:
    return {
        "sku": line.sku,
        "title": one_line(line.title),
        "quantity": words.quantity(line.quantity, language),
        "unit_price": words.money(line.unit_price, language),
        "rate": _rate(line.rate, language),
        "discount": _unless_nought(line.discount, language),
        "total": words.money(line.total, language),
    }


def _tax(line: TaxLine, language: str) -> Contents:
    return {
        "rate": _rate(line.rate, language),
        "net": words.money(line.net, language),
        "tax": words.money(line.tax, language),
        "gross": words.money(line.gross, language),
    }


def _rate(rate: str, language: str) -> str:
    return f"{words.quantity(Decimal(rate), language)} %" if rate else ""


def _unless_nought(amount: Money, language: str) -> str:
    return words.money(amount, language) if amount.minor else ""


def address(place: Address) -> list[str]:
    town = f"{place.postcode} {place.city}"
    parts = (place.name, place.company, place.line1, place.line2, town, place.region, place.country)
    return [line for line in map(one_line, parts) if line]


def lines_of(text: str) -> list[str]:
    return [line for line in map(one_line, text.splitlines()) if line]
