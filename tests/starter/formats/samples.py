"""Orders of our own making, in each format, and small changes to them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from domain.order import Order
from starter.formats import FORMATS, read

SHARED = Path(__file__).parents[3].parent / "shared" / "data"

OWN: dict[str, Any] = {
    "number": "A-1001",
    "channel": "web",
    "placed_at": "2026-11-20T09:14:00+01:00",
    "currency": "EUR",
    "customer": {"email": "iris@teapot.example", "name": "Iris Vos"},
    "shipping_address": {
        "name": "Iris Vos",
        "line1": "Kade 4",
        "postcode": "3011 AB",
        "city": "Rotterdam",
        "country": "NL",
    },
    "delivery": {"method": "ship", "express": False},
    "lines": [
        {"sku": "TEAPOT-RED", "title": "Red teapot", "quantity": 2, "unit_price": "24.00", "tax": "8.40"},
        {"sku": "FELT", "title": "Felt by the metre", "quantity": 1.5, "unit_price": "9.99"},
    ],
    "shipping": {"amount": "4.95"},
    "discounts": "5.00",
    "total": "71.34",
    "payment": {"method": "card", "state": "due", "token": "tok_ok"},
}

SHOPIFY: dict[str, Any] = {
    "id": 5001,
    "name": "#2001",
    "order_number": 2001,
    "email": "sam@kettle.example",
    "created_at": "2026-11-20T10:00:00-05:00",
    "cancelled_at": None,
    "closed_at": None,
    "currency": "USD",
    "financial_status": "paid",
    "fulfillment_status": None,
    "customer_locale": "en-US",
    "buyer_accepts_marketing": True,
    "taxes_included": False,
    "total_tax": "2.40",
    "total_discounts": "4.00",
    "total_price": "46.40",
    "tax_lines": [{"price": "2.40", "rate": 0.06, "title": "State tax"}],
    "line_items": [
        {
            "id": 1,
            "product_id": 77,
            "sku": "KETTLE",
            "title": "Kettle",
            "quantity": 1,
            "price": "40.00",
            "tax_lines": [{"price": "2.16"}],
            "discount_allocations": [{"amount": "4.00"}],
            "properties": [{"name": "Engraving", "value": "For Sam"}, {"name": "_theme", "value": "x"}],
        },
        {
            "id": 2,
            "product_id": 78,
            "sku": "",
            "title": "Lid",
            "quantity": 1,
            "price": "4.00",
            "tax_lines": [{"price": "0.24"}],
        },
    ],
    "shipping_lines": [{"code": "Express", "title": "Express", "price": "4.00"}],
    "shipping_address": {
        "first_name": "Sam",
        "last_name": "Oak",
        "address1": "1 Mill Rd",
        "city": "Dover",
        "zip": "19901",
        "province_code": "DE",
        "country_code": "US",
    },
    "a_field_of_tomorrow": {"kept": [1.50, True]},
}

WOO: dict[str, Any] = {
    "id": 900,
    "number": "900",
    "status": "processing",
    "currency": "EUR",
    "date_created": "2026-11-20T11:00:00",
    "date_created_gmt": "2026-11-20T10:00:00",
    "date_paid": None,
    "discount_total": "1.00",
    "shipping_total": "5.00",
    "shipping_tax": "1.05",
    "total": "25.41",
    "billing": {
        "first_name": "Noor",
        "last_name": "Bakker",
        "address_1": "Dam 1",
        "city": "Amsterdam",
        "postcode": "1012 JS",
        "country": "NL",
        "email": "noor@felt.example",
        "phone": "+31 20 000 0000",
    },
    "shipping": {"first_name": "", "last_name": "", "address_1": "", "city": "", "country": ""},
    "payment_method": "stripe",
    "transaction_id": "ch_9",
    "customer_note": "Ring twice",
    "line_items": [
        {
            "id": 1,
            "name": "Felt &amp; wool",
            "product_id": 12,
            "variation_id": 0,
            "quantity": 1.5,
            "subtotal": "17.00",
            "total": "16.00",
            "total_tax": "3.36",
            "sku": "",
            "meta_data": [{"key": "pa_colour", "value": "red"}, {"key": "Gift text", "value": "Hi"}],
        }
    ],
    "shipping_lines": [{"method_id": "flat_rate", "method_title": "Post", "total": "5.00"}],
    "fee_lines": [],
    "refunds": [],
}


def changed(order: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one value changed, as in `lines.0.quantity`; `...` removes it."""
    copied = copy.deepcopy(order)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = copied
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copied


def taken(content: Any, format: str, shop: str = "") -> Order:
    """The one order in a document, which has to be taken."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    (record,) = read(raw, FORMATS[format], shop or format)
    assert record.error is None, str(record.error)
    assert record.order is not None
    return record.order


def refusal(content: Any, format: str) -> str:
    """What is said of the one order in a document, which must not be taken."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    (record,) = read(raw, FORMATS[format], format)
    assert record.error is not None
    return str(record.error)


def shared(path: str) -> bytes:
    """A real payload; the test is skipped where there are none."""
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"the shared payload {path} is not on this machine")
    return file.read_bytes()


def adds_up(order: Order) -> bool:
    """Whether lines, shipping and discount make the total, and each line its own."""
    goods = sum(line.total.minor for line in order.lines)
    return goods + order.shipping.minor - order.discount.minor == order.total.minor
