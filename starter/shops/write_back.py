"""The web shop that an order came from is told what has left of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.order_event import COMPLETED, SHIPPED, OrderEvent
from domain.tracking import link
from domain.web_shop import Parcel

TOLD = (SHIPPED, COMPLETED)


class Shipped(Protocol):
    """A shop's own interface; what it was told before is not told again."""

    async def shipped(self, parcel: Parcel) -> None:
        """:raises ShopUnavailable: no answer. :raises ActRefused: the shop does not take it."""
        ...

    async def completed(self, theirs: str) -> None: ...


class Parcels(Protocol):
    def theirs(self, order: str) -> str:
        """What the shop calls an order of ours; empty for one that came from no shop."""
        ...

    def parcel(self, event: OrderEvent, theirs: str, link: str) -> Parcel: ...


@dataclass(frozen=True, slots=True)
class WriteBack:
    """`shop` is the name of the shop; orders that it does not know, such as exchanges, are none of its."""

    shop: str
    client: Shipped
    parcels: Parcels

    def wants(self, event: OrderEvent) -> bool:
        return event.channel == self.shop and event.kind in TOLD

    async def tell(self, event: OrderEvent, _at: datetime) -> int:
        """
        Nought: there is no one answer to speak of.

        :raises ShopUnavailable: no answer. :raises ActRefused: the shop does not take it.
        """
        theirs = await asyncio.to_thread(self.parcels.theirs, event.order)
        if not theirs:
            return 0
        if event.kind == COMPLETED:
            await self.client.completed(theirs)
            return 0
        address = link(event.data["carrier"], event.data["tracking"])
        await self.client.shipped(await asyncio.to_thread(self.parcels.parcel, event, theirs, address))
        return 0
