"""WooCommerce's orders: lines finer than a coin, taxes, states and addresses."""

from decimal import Decimal

import pytest

from domain.order import DeliveryMethod, PaymentState
from starter.formats import FORMATS, read
from tests.starter.formats.samples import WOO, adds_up, changed, refusal, shared, taken


def test_an_order_is_read_and_adds_up():
    order = taken(WOO, "woocommerce")
    assert order.number == "woocommerce-900"
    assert order.placed_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert (order.total.minor, order.shipping.minor) == (2541, 605)
    assert order.note == "Ring twice"
    assert adds_up(order)


def test_a_line_of_a_metre_and_a_half_keeps_its_discount():
    line = taken(WOO, "woocommerce").lines[0]
    assert (line.sku, line.title, line.quantity) == ("12", "Felt & wool", Decimal("1.5"))
    assert line.unit_price.minor == 1134  # 17.00 / 1.5, rounded up
    assert line.discount.minor == 101  # the coupon, and the coin that rounding up added
    assert line.personalisation == "Gift text: Hi"


def test_an_empty_shipping_address_means_the_billing_address():
    order = taken(WOO, "woocommerce")
    assert order.shipping_address.city == "Amsterdam"
    assert order.shipping_address.name == "Noor Bakker"


def test_figures_finer_than_a_coin_are_rounded_and_still_make_the_total():
    order = changed(changed(WOO, "line_items.0.total", "15.996667"), "line_items.0.total_tax", "3.359300")
    assert adds_up(taken(order, "woocommerce"))


def test_fees_stand_with_shipping_and_negative_ones_are_a_discount():
    fees = [
        {"name": "Gift wrap", "total": "2.00", "total_tax": "0.42"},
        {"name": "Loyal", "total": "-1.00"},
    ]
    order = taken(WOO | {"fee_lines": fees, "total": "26.83"}, "woocommerce")
    assert (order.shipping.minor, order.discount.minor) == (847, 100)
    assert adds_up(order)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"status": "processing"}, PaymentState.PAID),
        ({"status": "on-hold", "date_paid": "2026-11-20T11:05:00"}, PaymentState.PAID),
        ({"status": "wc-packing", "date_paid": "2026-11-20T11:05:00"}, PaymentState.PAID),
        ({"status": "on-hold"}, PaymentState.AUTHORIZED),
        ({"status": "on-hold", "payment_method": "bacs", "transaction_id": ""}, PaymentState.DUE),
        ({"status": "pending"}, PaymentState.DUE),
        ({"status": "processing", "payment_method": "cod", "transaction_id": ""}, PaymentState.DUE),
    ],
)
def test_what_is_paid_is_read_from_dates_before_words(change, state):
    assert taken(WOO | change, "woocommerce").payment.state is state


def test_pickup_in_the_shop_is_pickup():
    chosen = [{"method_id": "local_pickup:3", "method_title": "Our shop"}]
    delivery = taken(changed(WOO, "shipping_lines", chosen), "woocommerce").delivery
    assert (delivery.method, delivery.pickup_location) == (DeliveryMethod.PICKUP, "Our shop")


REFUSED = [
    ("completed", {"status": "completed"}, "has completed it"),
    ("cancelled", {"status": "cancelled"}, "has cancelled it"),
    ("failed", {"status": "wc-failed"}, "payment failed"),
    ("without lines", {"line_items": []}, "has no lines"),
    ("half refunded", {"refunds": [{"id": 1, "total": "-5.00"}]}, "given back already"),
    ("a state of tomorrow", {"status": "quantum", "transaction_id": ""}, "status: 'quantum'"),
    ("no time in UTC", {"date_created_gmt": None}, "date_created_gmt: is missing"),
    ("no billing", {"billing": {}}, "billing.email: is missing"),
    ("a total nobody can explain", {"total": "99.00"}, "total: is 99.00"),
    ("lines that are numbers", {"line_items": [1]}, "line_items[0]: has to be an object"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_an_order_not_ours_to_keep_is_refused_with_the_reason(change, said):
    assert said in refusal(WOO | change, "woocommerce")


@pytest.mark.shared_data
def test_the_reference_order_is_taken_at_its_total():
    order = taken(shared("woocommerce/wp-api-v3-_orders-00-create-an-order.json"), "woocommerce")
    assert (order.number, str(order.total)) == ("woocommerce-727", "USD 29.35")
    assert [line.sku for line in order.lines] == ["93", "Bar3"]
    assert adds_up(order)


@pytest.mark.shared_data
def test_of_the_reference_list_the_completed_order_is_refused():
    content = shared("woocommerce/wp-api-v3-_orders-02-list-all-orders.json")
    taken_one, completed = read(content, FORMATS["woocommerce"], "woocommerce")
    assert taken_one.order is not None
    assert "has completed it" in str(completed.error)
