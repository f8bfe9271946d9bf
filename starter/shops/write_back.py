"""The web shop that an order came from is told what has left of it, and what never will."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from domain.order_event import CANCELLED, COMPLETED, FULFILMENT_CANCELLED, SHIPPED, OrderEvent
from domain.tracking import link
from domain.web_shop import Parcel

TOLD = (SHIPPED, COMPLETED, FULFILMENT_CANCELLED, CANCELLED)


class Client(Protocol):
    """
    A shop's own interface; what it was told before is not told again. Each is the same for them:

    :raises ShopUnavailable: no answer. :raises Refused: the shop does not take it.
    """

    async def shipped(self, parcel: Parcel) -> None: ...

    async def completed(self, theirs: str) -> None: ...

    async def called_off(self, theirs: str, goods: str) -> None:
        """Of an order that goes on without them."""
        ...

    async def cancelled(self, theirs: str) -> None:
        """All of it; one that the shop has cancelled itself, or that is over there, is left alone."""
        ...


class Parcels(Protocol):
    def theirs(self, order: str) -> str:
        """What the shop calls an order of ours; empty for one that came from no shop."""
        ...

    def began_there(self, shop: str, theirs: str) -> bool:
        """Whether the shop itself has told us that it called the order off."""
        ...

    def parcel(self, event: OrderEvent, theirs: str, link: str) -> Parcel: ...

    def called_off(self, event: OrderEvent) -> Sequence[tuple[str, Decimal]]:
        """SKU and quantity of what no parcel brings any more, while others still do."""
        ...


@dataclass(frozen=True, slots=True)
class WriteBack:
    """`shop` is the name of the shop; orders that it does not know, such as exchanges, are none of its."""

    shop: str
    client: Client
    parcels: Parcels

    def wants(self, event: OrderEvent) -> bool:
        return event.channel == self.shop and event.kind in TOLD

    async def tell(self, event: OrderEvent, _at: datetime) -> int:
        """
        Nought: there is no one answer to speak of.

        :raises ShopUnavailable: no answer. :raises Refused: the shop does not take it.
        """
        theirs = await asyncio.to_thread(self.parcels.theirs, event.order)
        if theirs:
            await self._tell(event, theirs)
        return 0

    async def _tell(self, event: OrderEvent, theirs: str) -> None:
        if event.kind == COMPLETED:
            await self.client.completed(theirs)
        elif event.kind == CANCELLED:
            await self._cancelled(theirs)
        elif event.kind == FULFILMENT_CANCELLED:
            await self._called_off(event, theirs)
        else:
            address = link(event.data["carrier"], event.data["tracking"])
            await self.client.shipped(await asyncio.to_thread(self.parcels.parcel, event, theirs, address))

    async def _cancelled(self, theirs: str) -> None:
        if not await asyncio.to_thread(self.parcels.began_there, self.shop, theirs):
            await self.client.cancelled(theirs)

    async def _called_off(self, event: OrderEvent, theirs: str) -> None:
        gone = await asyncio.to_thread(self.parcels.called_off, event)
        if gone:
            goods = ", ".join(f"{quantity:f} x {sku}" for sku, quantity in gone)
            await self.client.called_off(theirs, f"{goods} ({event.subject})")
