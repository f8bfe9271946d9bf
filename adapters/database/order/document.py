"""The order to the last byte, as text and back."""

import json
from collections.abc import Collection

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from adapters.database.tables.orders import OrderDocument
from domain.errors import NotFound
from domain.order import Order

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


def order_json(order: Order) -> str:
    """The canonical JSON of an order: sorted keys, no spaces, every default spelt out."""
    tree = _ORDER.dump_python(order, mode="json")
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def order_from_json(text: str) -> Order:
    return _ORDER.validate_json(text)


def load_order(session: Session, number: str) -> Order:
    """:raises NotFound: no such order."""
    whole = session.exec(select(OrderDocument.whole).where(OrderDocument.number == number)).first()
    if whole is None:
        raise NotFound(f"There is no order {number}.")
    return order_from_json(whole)


def load_orders(session: Session, numbers: Collection[str]) -> dict[str, Order]:
    """By number; one that is not there is missing."""
    wanted = select(OrderDocument).where(col(OrderDocument.number).in_(numbers))
    return {row.number: order_from_json(row.whole) for row in session.exec(wanted)}
