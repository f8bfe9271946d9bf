"""Whatever stands in a field, an order is taken and adds up, or is refused; nothing else happens."""

import json
from typing import Any

import pytest

from domain.errors import BadInput
from starter.formats import FORMATS, read
from starter.placing import canonical
from tests.starter.formats.samples import OWN, SHOPIFY, WOO, adds_up, changed

ODD: list[Any] = [
    *(..., None, True, 0, -1, 1.5, 1e300, 10**30, [], {}, [[]], [{}], [None], {"a": 1}, [1, "x"]),
    *("", "x", "0", "-1", "1e9", "NaN", "\x00", "\ud800", "9" * 50, "\n", "a@b.example"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
]
MORE_SHOPIFY = {
    "billing_address": SHOPIFY["shipping_address"],
    "current_total_price": "46.40",
    "transactions": [{"kind": "authorization", "status": "success", "authorization": "auth_1"}],
    "customer": {"first_name": "Sam", "default_address": {}, "email_marketing_consent": {"state": "x"}},
    "payment_gateway_names": ["bogus"],
    "payment_details": {"credit_card_company": "Visa"},
}
MORE_WOO = {"fee_lines": [{"total": "1.00", "total_tax": "0"}], "total": "26.41"}
SAMPLES = {
    "orderkeeper": OWN | {"billing_address": OWN["shipping_address"]},
    "shopify": SHOPIFY | MORE_SHOPIFY,
    "woocommerce": WOO | MORE_WOO,
}


def places(tree, path=""):
    """Every place in a document, as in `lines.0.quantity`."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        here = f"{path}.{key}".removeprefix(".")
        yield here
        yield from places(value, here)


@pytest.mark.parametrize("format", SAMPLES)
def test_an_odd_value_anywhere_is_taken_or_refused(format):
    outcomes = set()
    for n, place in enumerate(places(SAMPLES[format])):
        for odd in ODD[n % 3 :: 3]:  # neighbours are alike: a third of the values each keeps it quick
            order = one(changed(SAMPLES[format], place, odd), format)
            outcomes.add(order is not None)
            if order is not None:
                assert adds_up(order), (place, odd)
                assert all(line.quantity > 0 and line.total.minor >= 0 for line in order.lines)
                assert min(order.shipping.minor, order.discount.minor, order.total.minor) >= 0
                assert canonical(order).encode()
    assert outcomes == {True, False}


def one(content, format):
    try:
        (record,) = read(json.dumps(content).encode(), FORMATS[format], "shop")
    except BadInput:
        return None
    return record.order
