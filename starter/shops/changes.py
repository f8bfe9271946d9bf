"""What a web shop changed in an order under way is done here too, or told to a person who can."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from domain.act import ActResult, Outcome
from domain.errors import Refused
from domain.order import Order
from domain.payment import Way, way_of
from domain.web_shop import Heard, cancel_id
from flow.shop import Shop
from starter.book import Desk, OrderBook
from starter.carrying import Person
from starter.orders import Orders
from starter.shops.comparing import YES, address_of, difference, goods_of, paid

ROLE = "shop"
SUPPORT, FINANCE = "support-lead", "finance"
RECEIVED = "payment.received"


class Told(Protocol):
    def tell(self, number: str, what: str, title: str, said: str, role: str, now: datetime) -> None:
        """A person of `role` has to see to this, once for each `what`."""
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Of the order that `known` is about. Each answers with what came of it; its words stand in `why`."""

    orders: Orders
    book: OrderBook
    desk: Desk
    told: Told
    shop: Callable[[], Shop]
    clock: Callable[[], datetime]
    name: str
    known: Heard

    async def call_off(self, theirs: str, why: str) -> ActResult:
        number, person = self.known.order, Person(self.name, ROLE)
        result = await self.orders.cancel(number, person, why, id=cancel_id(self.name, theirs))
        if result.outcome != Outcome.REFUSED:
            return _said(result, "called off")
        if await asyncio.to_thread(self._is_called_off):
            return ActResult(Outcome.DONE, "called off before")
        return await self._ask_support(
            f"cancel.{theirs}", "Cancelled in the shop, and not here", f"The shop says: {why}. {result.why}"
        )

    async def all(self, after: Order) -> list[ActResult]:
        before = (await asyncio.to_thread(self.book.sold, self.known.order)).order
        done = []
        if address_of(after) != (self.known.address or address_of(before)):
            done.append(await self._address(after))
        if goods_of(after) != (self.known.goods or goods_of(before)):
            done.append(await self._goods(before, after))
        if paid(after) == YES != (self.known.paid or paid(before)):
            done.append(await self._paid(after))
        return done

    async def _address(self, after: Order) -> ActResult:
        digest = address_of(after)
        typed = asdict(after.shipping_address)
        why, id = "Changed in the shop", f"shop.address:{self.name}:{self.known.order}:{digest}"
        person = Person(self.name, ROLE)
        try:
            result = await self.orders.address(self.known.order, typed, person, why, id=id)
        except Refused as error:
            result = ActResult(Outcome.REFUSED, str(error))
        if result.outcome != Outcome.REFUSED:
            return _said(result, "goes to the new address")
        title = "The shop has another address"
        return await self._ask_support(f"address.{digest}", title, f"It goes to the old one: {result.why}")

    async def _goods(self, before: Order, after: Order) -> ActResult:
        said = f"The shop has changed the order ({difference(before, after)}). Here it stands as it was."
        return await self._ask_support(f"goods.{goods_of(after)}", "The shop has other goods", said)

    async def _paid(self, after: Order) -> ActResult:
        way = way_of(after.payment.method)
        if way == Way.LATER:
            text = "The shop says that it is paid."
            await asyncio.to_thread(self.book.note, self.known.order, text, self.name, self.clock())
            return ActResult(Outcome.DONE, "paid in the shop")
        result = ActResult(Outcome.REFUSED, "No step here waits for it.")
        if way == Way.TRANSFER:
            result = await self._received(after)
        if result.outcome != Outcome.REFUSED:
            return _said(result, "paid")
        said = f"The shop took {after.to_pay} by itself. {result.why}"
        return await self._tell("paid", "Paid in the shop, and not here", said, FINANCE)

    async def _received(self, after: Order) -> ActResult:
        kinds = self.shop().events[RECEIVED].fields
        id = f"shop.paid:{self.name}:{self.known.order}"
        person = Person(self.name, ROLE)
        amount = {"amount": f"{after.to_pay.major:f}"}
        return await self.orders.event(self.known.order, RECEIVED, amount, kinds, person, id=id)

    def _is_called_off(self) -> bool:
        return self.desk.show(self.known.order).row.state == "cancelled"

    async def _ask_support(self, what: str, title: str, said: str) -> ActResult:
        return await self._tell(what, title, said, SUPPORT)

    async def _tell(self, what: str, title: str, said: str, role: str) -> ActResult:
        await asyncio.to_thread(
            self.told.tell, self.known.order, f"shop.{what}", title, said, role, self.clock()
        )
        return ActResult(Outcome.DONE, f"{role} was told: {title}")


def _said(result: ActResult, done: str) -> ActResult:
    return result if result.outcome == Outcome.KEPT else ActResult(Outcome.DONE, done)
