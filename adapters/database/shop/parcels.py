"""What left, or never will, in the words of the shop that its order came from."""

import json
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import takewhile
from typing import Any

from sqlmodel import select

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.tables.journal import ActRow
from adapters.database.tables.shops import ShopOrderRow
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.order_event import OrderEvent
from domain.web_shop import Parcel, cancel_id

NONE = Decimal(0)
LEFT = (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)


class ShopParcels(Database):
    def theirs(self, order: str) -> str:
        """What the shop calls an order of ours; empty for one that came from no shop."""
        with self.read() as session:
            named = select(ShopOrderRow.theirs).where(ShopOrderRow.order == order)
            return session.exec(named).first() or ""

    def began_there(self, shop: str, theirs: str) -> bool:
        """Whether the shop itself has told us that it called the order off."""
        with self.read() as session:
            return session.get(ActRow, cancel_id(shop, theirs)) is not None

    def parcel(self, event: OrderEvent, theirs: str, link: str) -> Parcel:
        """
        Of the fulfilment that an event tells of.

        :raises NotFound: no such order.
        """
        with self.read() as session:
            items = _items(load_order(session, event.order).source)
            parts = load_fulfilments(session, event.order)
        lines = tuple(
            (items[each["line"]], _whole(Decimal(each["quantity"])))
            for each in event.data["lines"]
            if each["line"] < len(items)
        )
        way = event.data["carrier"], event.data["tracking"]
        return Parcel(event.subject, theirs, lines, *way, link, _alike_before(event.subject, parts))

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


def _alike_before(id: str, parts: Sequence[Fulfilment]) -> int:
    before = list(takewhile(lambda part: part.id != id, parts))
    mine = next((part.lines for part in parts if part.id == id), ())
    return sum(part.state in LEFT and not part.tracking and part.lines == mine for part in before)


def _items(source: str) -> list[str]:
    """The shop's ids of an order's lines, in the order of ours: those with nothing left are none."""
    tree: Any = json.loads(source) if source else {}
    return [str(item["id"]) for item in tree.get("line_items", ()) if item.get("current_quantity") != 0]
