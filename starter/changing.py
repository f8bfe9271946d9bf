"""What is typed when an order under way is changed by hand: its address, and how much of what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal

from pydantic import ValidationError

from domain.errors import BadInput
from domain.order import Address, Order
from domain.stock import is_thousandths
from starter.formats.shape import AddressShape, bad_input

PARTS = tuple(part.name for part in fields(Address))
FIGURE_LENGTH = 14


def new_address(order: Order, typed: Mapping[str, str]) -> Address:
    """
    The order's address with these parts of it replaced, checked as when it was placed.

    :raises BadInput: a part is unknown or cannot be, nothing would change, or it is another country.
    """
    for name in typed:
        if name not in PARTS:
            raise BadInput(f"is no part of an address; there are {', '.join(PARTS)}", name)
    before = order.shipping_address
    told = asdict(before) | {name: value.strip() for name, value in typed.items()}
    try:
        shape = AddressShape.model_validate(told)
    except ValidationError as error:
        raise bad_input(error) from error
    after = Address(**shape.model_dump())
    if after.country != before.country:
        why = "another country means other taxes and another way: cancel the order and place it anew"
        raise BadInput(why, "country")
    if after == before:
        raise BadInput("nothing of the address would change", "address")
    return after


def quantities_left(typed: Sequence[str]) -> list[dict[str, str]]:
    """
    `SKU=1` each: how much of it is left in the order, nought for none.

    :raises BadInput: not a SKU and a quantity, or a SKU twice.
    """
    left: dict[str, str] = {}
    for text in typed:
        sku, equals, quantity = text.strip().rpartition("=")
        plain = quantity.strip()
        figure = plain.replace(".", "", 1)
        if not equals or not sku or not figure.isdecimal() or not figure.isascii():
            raise BadInput(f"{text!r} is not SKU=quantity", "line")
        if len(plain) > FIGURE_LENGTH or not is_thousandths(Decimal(plain)):
            raise BadInput(f"{text!r} is no quantity that can be left", "line")
        if sku in left:
            raise BadInput(f"{sku} stands there twice", "line")
        left[sku] = f"{Decimal(plain):f}"
    if not left:
        raise BadInput("say how much of which goods is left, as in CUP=1", "line")
    return [{"sku": sku, "quantity": quantity} for sku, quantity in left.items()]
