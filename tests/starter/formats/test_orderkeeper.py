"""Our own format: what is taken, and each thing that is refused, by its field."""

import json
from decimal import Decimal

import pytest

from domain.order import DeliveryMethod, PaymentState
from tests.starter.formats.samples import OWN, adds_up, changed, refusal, taken


def test_an_order_is_read_whole():
    order = taken(OWN, "orderkeeper")
    assert order.number == "A-1001"
    assert order.placed_at.isoformat() == "2026-11-20T08:14:00+00:00"
    assert order.delivery.method is DeliveryMethod.SHIP
    assert order.payment.state is PaymentState.DUE
    assert order.total.minor == 7134
    assert order.source == ""
    assert adds_up(order)


def test_cloth_is_sold_by_the_metre_and_a_half():
    felt = taken(OWN, "orderkeeper").lines[1]
    assert felt.quantity == Decimal("1.5")
    assert felt.total.minor == 1499  # 14.985, rounded half up


def test_what_customers_of_zero_and_three_decimal_currencies_pay_is_exact():
    yen = {"sku": "CUP", "title": "Cup", "quantity": 3, "unit_price": "1200"}
    order = changed(OWN, "lines", [yen]) | {
        "currency": "JPY",
        "shipping": {"amount": "0"},
        "discounts": "0",
        "total": "3600",
    }
    assert taken(order, "orderkeeper").total.minor == 3600
    dinar = order | {"currency": "KWD", "lines": [yen | {"unit_price": "1.205"}], "total": "3.615"}
    assert taken(dinar, "orderkeeper").total.minor == 3615


def test_the_same_article_may_stand_on_two_lines():
    twice = [OWN["lines"][0], OWN["lines"][0]]
    order = changed(OWN, "lines", twice) | {"total": "112.75"}
    assert len(taken(order, "orderkeeper").lines) == 2


def test_a_country_without_postcodes_leaves_it_empty():
    order = changed(changed(OWN, "shipping_address.postcode", ""), "shipping_address.country", "AE")
    assert taken(order, "orderkeeper").shipping_address.postcode == ""


BAD = [
    # what, where it is changed, to what, the field that is named
    ("no number", "number", ..., "number"),
    ("a number with a slash", "number", "A/1", "number"),
    ("a number of 65 letters", "number", "A" * 65, "number"),
    ("a number that is a number", "number", 1001, "number"),
    ("the number of a parcel", "number", "1001-F1", "number"),
    ("the number of a return", "number", "1001-R12", "number"),
    ("the number of an exchange", "number", "1001-X1", "number"),
    ("an unknown field", "colour", "red", "colour"),
    ("an unknown field of a line", "lines.0.colour", "red", "lines[0].colour"),
    ("a required field that is null", "channel", None, "channel"),
    ("a time without a zone", "placed_at", "2026-11-20T09:14:00", "placed_at"),
    ("a time of nowhere", "placed_at", "yesterday", "placed_at"),
    ("the year 9999", "placed_at", "9999-12-31T23:59:59-12:00", "placed_at"),
    ("a small currency", "currency", "eur", "currency"),
    ("no currency at all", "currency", "XXX", "currency"),
    ("a currency that is gold", "currency", "XAU", "currency"),
    ("no mailbox", "customer.email", "iris", "customer.email"),
    ("two mailboxes", "customer.email", "a@b.nl,c@d.nl", "customer.email"),
    ("a mailbox with a name", "customer.email", "Iris <a@b.nl>", "customer.email"),
    ("a mailbox that adds a header", "customer.email", "a@b.nl\nBcc: x@y.nl", "customer.email"),
    ("a mailbox with two at signs", "customer.email", "a@b@c.nl", "customer.email"),
    ("a name over two lines", "customer.name", "Iris\nVos", "customer.name"),
    ("a name of blanks", "customer.name", "  ", "customer.name"),
    ("a name without end", "customer.name", "I" * 201, "customer.name"),
    ("consent that is text", "customer.marketing_consent", "yes", "customer.marketing_consent"),
    ("a country by name", "shipping_address.country", "Netherlands", "shipping_address.country"),
    ("a small country", "shipping_address.country", "nl", "shipping_address.country"),
    ("no city", "shipping_address.city", ..., "shipping_address.city"),
    ("an address that is text", "shipping_address", "Kade 4", "shipping_address"),
    (
        "a bad billing country",
        "billing_address",
        OWN["shipping_address"] | {"country": "N"},
        "billing_address.country",
    ),
    ("delivery by drone", "delivery.method", "drone", "delivery.method"),
    ("no lines", "lines", [], "lines"),
    ("lines that are an object", "lines", {}, "lines"),
    ("too many lines", "lines", [OWN["lines"][0]] * 1001, "lines"),
    ("a quantity of nought", "lines.0.quantity", 0, "lines[0].quantity"),
    ("a quantity below nought", "lines.0.quantity", -1, "lines[0].quantity"),
    ("a quantity that is true", "lines.0.quantity", True, "lines[0].quantity"),
    ("a quantity that is text", "lines.0.quantity", "2", "lines[0].quantity"),
    ("a quantity beyond reason", "lines.0.quantity", 2**63, "lines[0].quantity"),
    ("a quantity too fine", "lines.0.quantity", 0.0001, "lines[0].quantity"),
    ("a price that is a number", "lines.0.unit_price", 24, "lines[0].unit_price"),
    ("a price in words", "lines.0.unit_price", "free", "lines[0].unit_price"),
    ("a price with a comma", "lines.0.unit_price", "24,00", "lines[0].unit_price"),
    ("a price below nought", "lines.0.unit_price", "-1.00", "lines[0].unit_price"),
    ("a price too fine", "lines.0.unit_price", "24.001", "lines[0].unit_price"),
    ("a price in other digits", "lines.0.unit_price", "\u0662\u0664", "lines[0].unit_price"),
    ("a discount above the price", "lines.1.discount", "99.00", "lines[1].discount"),
    ("an article with a blank in front", "lines.0.sku", " TEAPOT", "lines[0].sku"),
    ("an article without a name", "lines.0.sku", "", "lines[0].sku"),
    ("a total that does not add up", "total", "71.35", "total"),
    ("a payment that is maybe", "payment.state", "maybe", "payment.state"),
    ("no payment", "payment", ..., "payment"),
    ("a NUL in a note", "note", "a\x00b", "note"),
    ("half a character in a name", "customer.name", "\ud83d", "customer.name"),
    ("a note without end", "note", "x" * 10_001, "note"),
]


@pytest.mark.parametrize(("path", "value", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_order_is_refused_by_its_field(path, value, field):
    assert refusal(changed(OWN, path, value), "orderkeeper").startswith(f"{field}: ")


RAW = [
    ("not JSON", b"{", "is not JSON"),
    ("a list of numbers", b"[1]", "order: has to be an object"),
    ("a key twice", b'{"number": "A", "number": "B"}', "number: stands there twice"),
    ("not a number", b'{"total": NaN}', "NaN is not a number"),
    ("endless", b'{"total": -Infinity}', "-Infinity is not a number"),
    ("deep", b"[" * 100_000 + b"]" * 100_000, "nested more than"),
    ("just too deep", b'{"a":' * 60 + b"1" + b"}" * 60, "nested more than"),
    ("a number of 5000 digits", b'{"total": ' + b"9" * 5000 + b"}", "far too long"),
    ("larger than an order", json.dumps({"note": "x" * 2_000_000}).encode(), "larger than"),
]


@pytest.mark.parametrize(("raw", "said"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_json_that_could_be_read_two_ways_is_refused(raw, said):
    assert said in refusal(raw, "orderkeeper")


def test_a_price_of_1e400_is_refused_and_not_infinite():
    raw = json.dumps(OWN).replace('"quantity": 1.5', '"quantity": 1e400').encode()
    assert refusal(raw, "orderkeeper").startswith("lines[1].quantity: ")


def test_two_mistakes_are_both_counted():
    order = changed(changed(OWN, "colour", "red"), "size", "L")
    assert refusal(order, "orderkeeper") == "colour: is not a field of an order (and 1 more)"
