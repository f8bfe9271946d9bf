"""Shopify's orders: what becomes of money, states, addresses and odd lines."""

import json

import pytest

from domain.order import DeliveryMethod, PaymentState
from starter.formats import FORMATS, read
from tests.starter.formats.samples import SHOPIFY, adds_up, changed, refusal, shared, taken


def test_an_order_takes_the_shops_name_into_its_number():
    assert taken(SHOPIFY, "shopify").number == "shopify-2001"
    assert taken(SHOPIFY, "shopify", "nl-store").number == "nl-store-2001"
    assert taken(changed(SHOPIFY, "name", "NL#20/01"), "shopify").number == "shopify-NL-20-01"


def test_a_shops_number_that_reads_like_a_return_of_ours_is_none():
    assert taken(changed(SHOPIFY, "name", "#2001-R1"), "shopify").number == "shopify-2001_R1"
    assert taken(changed(SHOPIFY, "name", "#F1"), "shopify").number == "shopify_F1"
    assert taken(changed(SHOPIFY, "name", "#2001-R"), "shopify").number == "shopify-2001-R"


def test_the_parts_make_the_shops_total():
    order = taken(SHOPIFY, "shopify")
    assert adds_up(order)
    assert [line.total.minor for line in order.lines] == [3816, 424]
    assert (order.shipping.minor, order.discount.minor, order.total.minor) == (400, 0, 4640)


def test_a_paid_order_is_never_to_be_charged_again():
    assert taken(SHOPIFY, "shopify").payment.state is PaymentState.PAID


def test_an_empty_sku_takes_the_products_id():
    assert [line.sku for line in taken(SHOPIFY, "shopify").lines] == ["KETTLE", "78"]


def test_what_the_customer_wrote_is_kept_and_the_themes_notes_are_not():
    assert taken(SHOPIFY, "shopify").lines[0].personalisation == "Engraving: For Sam"


def test_the_order_is_kept_as_it_came_with_fields_nobody_knows():
    raw = json.dumps(SHOPIFY).replace("1.5,", "1.50,").encode()
    source = taken(raw, "shopify").source
    assert json.loads(source) == SHOPIFY
    assert '"a_field_of_tomorrow": {"kept": [1.50, true]}' in source


def test_prices_with_tax_inside_are_not_taxed_again():
    order = SHOPIFY | {"taxes_included": True, "total_price": "44.00"}
    read_order = taken(order, "shopify")
    assert adds_up(read_order)
    assert all(line.tax.minor == 0 for line in read_order.lines)


def test_tax_stated_for_the_order_only_is_shared_over_its_lines():
    lines = [{**line, "tax_lines": []} for line in SHOPIFY["line_items"]]
    order = taken(changed(SHOPIFY, "line_items", lines), "shopify")
    assert [line.tax.minor for line in order.lines] == [216, 24]
    assert adds_up(order)


def test_a_gift_card_lowers_the_total_and_becomes_a_discount():
    order = taken(changed(SHOPIFY, "total_price", "36.40"), "shopify")
    assert order.discount.minor == 1000
    assert adds_up(order)


def test_a_coin_of_rounding_goes_into_the_tax_of_the_dearest_line():
    order = taken(changed(SHOPIFY, "total_price", "46.41"), "shopify")
    assert order.lines[0].tax.minor == 217
    assert adds_up(order)


def test_a_total_nobody_can_explain_is_refused():
    assert refusal(changed(SHOPIFY, "total_price", "99.00"), "shopify").startswith("total_price: is 99.00")


def test_a_tip_and_duties_stand_with_the_shipping_price():
    duties = {"shop_money": {"amount": "3.00", "currency_code": "USD"}}
    order = SHOPIFY | {
        "total_tip_received": "2.00",
        "current_total_duties_set": duties,
        "total_price": "51.40",
    }
    assert taken(order, "shopify").shipping.minor == 900


def test_an_edited_order_counts_as_it_is_now():
    lines = [SHOPIFY["line_items"][0], {**SHOPIFY["line_items"][1], "current_quantity": 0}]
    order = SHOPIFY | {"line_items": lines, "current_total_price": "42.16", "current_total_tax": "2.16"}
    assert [line.sku for line in taken(order, "shopify").lines] == ["KETTLE"]


def test_delivery_is_by_what_the_customer_chose():
    assert taken(SHOPIFY, "shopify").delivery.express
    pickup = {"title": "Shop in Dover", "price": "4.00", "delivery_category": "pickup"}
    delivery = taken(changed(SHOPIFY, "shipping_lines", [pickup]), "shopify").delivery
    assert (delivery.method, delivery.pickup_location) == (DeliveryMethod.PICKUP, "Shop in Dover")
    local = pickup | {"delivery_category": "local"}
    order = taken(changed(SHOPIFY, "shipping_lines", [local]), "shopify")
    assert order.delivery.method is DeliveryMethod.LOCAL


def test_goods_that_need_no_shipping_take_the_billing_address():
    order = changed(SHOPIFY, "shipping_address", None)
    assert taken(order | {"billing_address": SHOPIFY["shipping_address"]}, "shopify")
    assert refusal(order, "shopify").startswith("shipping_address: is missing")


def test_odd_properties_of_a_line_never_stop_an_order():
    for odd in ({}, {"name": 2}, [{"name": 2}], {"name": "Colour", "value": 3}, [5], "text", None):
        assert taken(changed(SHOPIFY, "line_items.0.properties", odd), "shopify")


REFUSED = [
    ("cancelled", {"cancelled_at": "2026-11-20T11:00:00Z"}, "has cancelled it"),
    ("closed", {"closed_at": "2026-11-20T11:00:00Z"}, "has closed it"),
    ("without lines", {"line_items": []}, "has no lines"),
    (
        "all lines removed",
        {"line_items": [SHOPIFY["line_items"][0] | {"current_quantity": 0}]},
        "has no lines",
    ),
    ("shipped", {"fulfillment_status": "fulfilled"}, "has shipped it"),
    ("half shipped", {"fulfillment_status": "partial"}, "has shipped it"),
    ("half refunded", {"financial_status": "partially_refunded"}, "given back already"),
    ("half paid", {"financial_status": "partially_paid"}, "paid in part only"),
    ("voided", {"financial_status": "voided"}, "has been voided"),
    ("a state of tomorrow", {"financial_status": "quantum"}, "financial_status: 'quantum'"),
    ("no mail address", {"email": ""}, "email: is missing"),
    ("no currency", {"currency": None}, "currency: is missing"),
    ("a currency of nowhere", {"currency": "ZZZ"}, "currency: 'ZZZ'"),
    ("an amount in words", {"total_price": "much"}, "total_price: 'much'"),
    ("lines that are text", {"line_items": "many"}, "line_items: has to be a list"),
    (
        "a quantity of nought",
        {"line_items": [SHOPIFY["line_items"][0] | {"quantity": 0}]},
        "line_items[0].quantity",
    ),
    ("a number of signs", {"name": "##//"}, "name: '//'"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_an_order_not_ours_to_keep_is_refused_with_the_reason(change, said):
    assert said in refusal(SHOPIFY | change, "shopify")


@pytest.mark.shared_data
def test_shopifys_own_sample_order_is_taken_at_its_total():
    order = taken(shared("shopify/order.json"), "shopify")
    assert (order.number, str(order.total)) == ("shopify-1001", "USD 409.94")
    assert order.payment.state is PaymentState.AUTHORIZED
    assert adds_up(order)


@pytest.mark.shared_data
def test_shopifys_list_of_orders_is_opened_and_an_empty_one_refused():
    (record,) = read(shared("shopify/orders.json"), FORMATS["shopify"], "shopify")
    assert "has no lines" in str(record.error)


@pytest.mark.shared_data
@pytest.mark.parametrize("file", ["empty_object", "invalid1", "invalid2", "object", "ommited"])
def test_real_odd_line_items_are_taken(file):
    odd = json.loads(shared(f"shopify/odd-line-items/properties_{file}.json"))
    item = SHOPIFY["line_items"][0] | odd
    assert taken(changed(SHOPIFY, "line_items.0", item), "shopify")


@pytest.mark.shared_data
def test_a_real_line_with_two_taxes_and_a_discount_adds_up():
    item = json.loads(shared("shopify/odd-line-items/valid.json"))
    order = SHOPIFY | {
        "line_items": [item],
        "total_tax": "26.00",
        "total_price": "36.84",
        "total_discounts": "5.50",
    }
    line = taken(order, "shopify").lines[0]
    assert (line.sku, line.tax.minor, line.discount.minor) == ("sku-123", 2600, 550)


@pytest.mark.shared_data
def test_a_file_that_is_not_json_says_where():
    said = refusal(shared("shopify/odd-line-items/properties_invalid0.json"), "shopify")
    assert "line 4, column 1" in said
