"""The rates of tax that shops state: kept where they are clear, and never made up."""

from decimal import Decimal

import pytest

from domain.sales_tax import Moved, SalesTax
from domain.tax import mix_of
from tests.starter.formats.samples import OWN, SHOPIFY, WOO, changed, refusal, taken


def test_our_own_format_states_a_rate_for_each_line_and_for_shipping():
    order = taken(changed(OWN, "lines.0.tax_rate", "7.50"), "orderkeeper")
    assert (order.lines[0].tax_rate, order.lines[1].tax_rate) == (Decimal("7.5"), None)
    shipping = taken(changed(OWN, "shipping.tax_rate", "19"), "orderkeeper")
    assert shipping.shipping_tax_rate == 19


@pytest.mark.parametrize("rate", ["19 %", "-1", "101", "1e1"])
def test_what_is_no_rate_is_refused_by_its_field(rate):
    assert "lines[0].tax_rate" in refusal(changed(OWN, "lines.0.tax_rate", rate), "orderkeeper")


@pytest.mark.parametrize(
    ("taxes", "taxable", "rate"),
    [
        ([{"rate": 0.0625, "price": "1.00"}, {"rate": 0.02625, "price": "0.42"}], True, Decimal("8.875")),
        ([{"rate": 0.19, "price": "0.00"}], True, Decimal(0)),
        ([{"price": "1.00"}], True, None),
        ([], False, Decimal(0)),
        ([], True, None),
    ],
)
def test_a_shopify_line_adds_the_rates_of_state_and_town(taxes, taxable, rate):
    order = SHOPIFY | {"taxes_included": True, "total_price": "44.00"}
    order = changed(changed(order, "line_items.0.tax_lines", taxes), "line_items.0.taxable", taxable)
    assert taken(order, "shopify").lines[0].tax_rate == rate


def test_a_woocommerce_order_is_taxed_as_it_says():
    order = taken(WOO, "woocommerce")
    assert order.shipping_tax_rate == 21
    moved = SalesTax(mix_of(order)).take(order.total.minor)
    assert moved == {"21": Moved(order.total.minor, 336 + 105)}
