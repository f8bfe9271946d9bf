"""What left, or never will, in the words of the shop that its order came from."""

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.tables.journal import ActRow
from adapters.database.tables.shops import HookDeliveryRow, OrderEventRow, ShopOrderRow
from domain.act import Outcome
from domain.fulfilment import FulfilmentState
from domain.order_event import SHIPPED, DeliveryState, OrderEvent
from domain.web_shop import Parcel, cancel_id

NONE = Decimal(0)
Pieces = tuple[tuple[str, int], ...]


class ShopParcels(Database):
    def theirs(self, order: str) -> str:
        """What the shop calls an order of ours; empty for one that came from no shop."""
        with self.read() as session:
            named = select(ShopOrderRow.theirs).where(ShopOrderRow.order == order)
            return session.exec(named).first() or ""

    def began_there(self, shop: str, theirs: str) -> bool:
        """Whether the shop itself has told us that it called the order off, and that was not refused."""
        with self.read() as session:
            row = session.get(ActRow, cancel_id(shop, theirs))
        return row is not None and row.outcome != Outcome.REFUSED.value

    def parcel(self, event: OrderEvent, theirs: str, link: str) -> Parcel:
        """
        Of the fulfilment that an event tells of.

        :raises NotFound: no such order.
        """
        with self.read() as session:
            items = _items(load_order(session, event.order).source)
            told = _told_without_number(session, event)
        lines = _pieces(event.data, items)
        alike = sum(_pieces(data, items) == lines for data in told)
        return Parcel(
            event.subject, theirs, lines, event.data["carrier"], event.data["tracking"], link, alike
        )

    def called_off(self, event: OrderEvent) -> tuple[tuple[str, Decimal], ...]:
        """
        SKU and quantity of what no parcel brings any more since the fulfilment of this event was called
        off: none of what goes another way, and nothing where none of the order is left to go.

        :raises NotFound: no such order.
        """
        with self.read() as session:
            order, parts = load_order(session, event.order), load_fulfilments(session, event.order)
        standing = [part for part in parts if part.state != FulfilmentState.CANCELLED]
        gone = [piece for part in parts if part.id == event.subject for piece in part.lines]
        coming: dict[int, Decimal] = {}
        for piece in (piece for part in standing for piece in part.lines):
            coming[piece.line] = piece.quantity + coming.get(piece.line, NONE)
        missing = [
            (each.sku, min(each.quantity, order.lines[each.line].quantity - coming.get(each.line, NONE)))
            for each in gone
        ]
        return tuple((sku, many) for sku, many in missing if standing and many > 0)


def _whole(quantity: Decimal) -> int:
    """Shops count in pieces: what is begun has left."""
    return int(quantity.to_integral_value(ROUND_CEILING))


def _pieces(data: Mapping[str, Any], items: Sequence[str]) -> Pieces:
    """What a parcel holds, by the shop's ids and in whole pieces: as the shop sees it."""
    return tuple(
        (items[each["line"]], _whole(Decimal(each["quantity"])))
        for each in data["lines"]
        if each["line"] < len(items)
    )


def _told_without_number(session: Session, event: OrderEvent) -> list[Mapping[str, Any]]:
    """
    The order's other parcels without a number that this shop has taken: one that left and was never told
    must not pass for one that stands there.
    """
    taken = (
        col(HookDeliveryRow.target) == f"shop:{event.channel}",
        col(HookDeliveryRow.state) == DeliveryState.DELIVERED.value,
        col(OrderEventRow.order) == event.order,
        col(OrderEventRow.kind) == SHIPPED,
        col(OrderEventRow.id) != event.id,
    )
    told = select(OrderEventRow.data).join(
        HookDeliveryRow, col(HookDeliveryRow.event) == col(OrderEventRow.id)
    )
    return [data for data in session.exec(told.where(*taken)) if not data["tracking"]]


def _items(source: str) -> list[str]:
    """The shop's ids of an order's lines, in the order of ours: those with nothing left are none."""
    tree: Any = json.loads(source) if source else {}
    return [str(item["id"]) for item in tree.get("line_items", ()) if item.get("current_quantity") != 0]
