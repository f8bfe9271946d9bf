"""
Orderkeeper's own order format: JSON, strict, every unknown field refused by name.

The customer pays `total`: each line's quantity x unit_price + tax - discount, plus shipping, minus
discounts. Prices with no `tax` on top include it, at `tax_rate` per cent where that is stated. An
optional field is left out when there is nothing to say; null is no value.
"""

from typing import Any

from pydantic import ValidationError

from domain.errors import BadInput
from domain.money import Money
from domain.order import (
    Address,
    Customer,
    Delivery,
    DeliveryMethod,
    Line,
    Order,
    is_part,
    line_total,
)
from starter.formats import fields, tax_rates
from starter.formats.paid_by import check_sum, paid_by
from starter.formats.shape import (
    AddressShape,
    CustomerShape,
    DeliveryShape,
    LineShape,
    OrderShape,
    bad_input,
)


def unwrap(document: Any) -> list[Any]:
    """The orders in a document: itself, or each of an array."""
    return document if isinstance(document, list) else [document]


def parse(tree: Any) -> Order:
    """:raises BadInput: naming the field, as in `lines[2].quantity`."""
    try:
        shape = OrderShape.model_validate(tree)
    except ValidationError as error:
        raise bad_input(error) from error
    currency = fields.currency(shape.currency, "currency")
    billing = shape.billing_address
    terms, vouchers = paid_by(shape, currency)
    order = Order(
        number=_number(shape.number),
        channel=shape.channel,
        placed_at=fields.instant(shape.placed_at, "placed_at"),
        currency=currency,
        customer=_customer(shape.customer),
        shipping_address=_address(shape.shipping_address, "shipping_address"),
        billing_address=_address(billing, "billing_address") if billing else None,
        delivery=_delivery(shape.delivery),
        lines=tuple(_line(line, currency, f"lines[{n}]") for n, line in enumerate(shape.lines)),
        shipping=fields.money(shape.shipping.amount, currency, "shipping.amount"),
        discount=fields.money(shape.discounts, currency, "discounts"),
        total=fields.money(shape.total, currency, "total"),
        payment=terms,
        note=shape.note,
        vouchers=vouchers,
        shipping_tax_rate=tax_rates.own(shape.shipping.tax_rate, "shipping.tax_rate"),
    )
    _check_total(order)
    check_sum(order, shape.payments)
    return order


def _number(text: str) -> str:
    number = fields.number(text, "number")
    if is_part(number):
        whole = number.rpartition("-")[0]
        told = f"{number!r} reads as a parcel, return or exchange of order {whole}; end it otherwise"
        raise BadInput(told, "number")
    return number


def _customer(shape: CustomerShape) -> Customer:
    return Customer(
        email=fields.mailbox(shape.email, "customer.email"),
        name=shape.name,
        phone=shape.phone,
        language=shape.language,
        marketing_consent=shape.marketing_consent,
    )


def _address(shape: AddressShape, path: str) -> Address:
    fields.country(shape.country, f"{path}.country")
    return Address(**shape.model_dump())


def _delivery(shape: DeliveryShape) -> Delivery:
    return Delivery(DeliveryMethod(shape.method), shape.express, shape.pickup_location)


def _line(shape: LineShape, currency: str, path: str) -> Line:
    quantity = fields.quantity(shape.quantity, f"{path}.quantity")
    price = fields.money(shape.unit_price, currency, f"{path}.unit_price")
    tax = fields.money(shape.tax, currency, f"{path}.tax")
    discount = fields.money(shape.discount, currency, f"{path}.discount")
    total = line_total(quantity, price, tax, discount)
    if total.minor < 0:
        raise BadInput(f"{discount} is more than the line costs", f"{path}.discount")
    return Line(
        sku=shape.sku,
        title=shape.title,
        quantity=quantity,
        unit_price=price,
        total=total,
        tax=tax,
        discount=discount,
        supplier=shape.supplier,
        category=shape.category,
        made_to_order=shape.made_to_order,
        personalisation=shape.personalisation,
        tax_rate=tax_rates.own(shape.tax_rate, f"{path}.tax_rate"),
    )


def _check_total(order: Order) -> None:
    goods = sum((line.total for line in order.lines), Money(0, order.currency))
    due = goods + order.shipping - order.discount
    if due != order.total:
        parts = f"lines {goods.major} + shipping {order.shipping.major} - discounts {order.discount.major}"
        raise BadInput(f"is {order.total.major}, but {parts} make {due.major}", "total")
