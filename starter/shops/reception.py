"""What becomes of one message of a web shop: an order placed, changed or called off, money written down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from domain.act import ActResult, Outcome
from domain.errors import BadInput, NotFound, OrderConflict, OrderNotTaken
from domain.order import Order, PaymentState
from domain.payment import Way, way_of
from domain.web_shop import Heard, ShopMessage, ShopRefund
from flow.shop import Shop
from starter.book import Desk, FlowShelf, OrderBook
from starter.formats import FORMATS
from starter.orders import Orders
from starter.placing import prepare
from starter.shops.changes import Changes, Told
from starter.shops.comparing import address_of, goods_of, paid
from starter.shops.news import OrderNews, RefundNews

OLDER = "older than what the shop has told since"
BY_HAND = "the order was placed by hand meanwhile"
# A refund may come before its order; after this nobody expects that any more.
ORDER_COMES_WITHIN = timedelta(hours=1)


class Later(Exception):
    """Nothing is wrong: it has to wait for something else."""


class Hearing(Protocol):
    """What was heard of the orders of shops."""

    def heard(self, shop: str, theirs: str) -> Heard | None:
        """The order of ours that the shop calls so, and what was heard of it last."""
        ...

    def newest(self, shop: str, theirs: str) -> datetime | None:
        """How new the newest is that was settled of an order of theirs."""
        ...

    def hear(self, shop: str, theirs: str, heard: Heard) -> None:
        """It is the newest state of it from now on, unless a newer one was heard meanwhile."""
        ...

    def look_again(self, shop: str, theirs: str, at: datetime) -> None:
        """What was put aside of an order may be over: a later message was understood."""
        ...

    def placed_since(self, order: str, since: datetime) -> bool: ...


class Money(Told, Protocol):
    def given_back(self, shop: str, number: str, refund: ShopRefund, now: datetime) -> str:
        """Book what the shop itself gave back, once. Says what came of it."""
        ...


@dataclass(frozen=True, slots=True)
class Reception:
    """`orders` keeps what is asked for; the relay carries it. `shop` is the config folder as it is now."""

    hearing: Hearing
    money: Money
    orders: Orders
    book: OrderBook
    desk: Desk
    shelf: FlowShelf
    shop: Callable[[], Shop]
    clock: Callable[[], datetime]
    speed: float = 1.0

    async def take(self, message: ShopMessage, news: OrderNews | RefundNews) -> str:
        """
        Do what it asks for; says what came of it. A message may come twice, late, and in any order.

        :raises Later: it has to wait for something else.
        :raises Refused: nobody can make sense of it.
        """
        known = await asyncio.to_thread(self.hearing.heard, message.shop, news.theirs)
        if isinstance(news, RefundNews):
            return await self._refund(message, news, known)
        if known is not None:
            return await self._update(message, news, known)
        newest = await asyncio.to_thread(self.hearing.newest, message.shop, news.theirs)
        if newest and news.version and news.version < newest:
            return OLDER
        if news.over:
            return f"not taken on: {news.over}"
        return await self._place(message, news)

    async def _place(self, message: ShopMessage, news: OrderNews) -> str:
        order = FORMATS[message.system].parse(news.tree, message.shop)
        if _cannot_be_charged(order):
            return "not taken on yet: it is not paid in the shop"
        placement = await asyncio.to_thread(
            prepare,
            order,
            self.book,
            self.shelf,
            self.shop(),
            imported=True,
            by=message.shop,
            speed=self.speed,
        )
        try:
            await self.orders.place(order, placement)
        except OrderConflict:
            known = await asyncio.to_thread(self.hearing.heard, message.shop, news.theirs)
            if known is None:
                raise  # another order has this number
            return await self._update(message, news, known)
        heard = Heard(order.number, news.version, address_of(order), goods_of(order), paid(order))
        await asyncio.to_thread(self.hearing.hear, message.shop, news.theirs, heard)
        return f"order {order.number} was placed"

    async def _refund(self, message: ShopMessage, news: RefundNews, known: Heard | None) -> str:
        if known is None:
            said = f"It is about order {news.theirs} of the shop, which we do not have"
            if self.clock() - message.received_at < ORDER_COMES_WITHIN:
                raise Later(f"{said} yet.")
            raise NotFound(f"{said}.")
        if news.refund is None:
            return "no money has moved"
        return await self._given_back(message.shop, known.order, (news.refund,))

    async def _given_back(self, shop: str, number: str, refunds: tuple[ShopRefund, ...]) -> str:
        said = []
        for refund in refunds:
            what = await asyncio.to_thread(self.money.given_back, shop, number, refund, self.clock())
            said.append(f"{refund.amount} given back: {what}")
        return "; ".join(said)

    async def _update(self, message: ShopMessage, news: OrderNews, known: Heard) -> str:
        if news.version and known.version and news.version < known.version:
            return OLDER
        heard = replace(known, version=news.version or known.version)
        await asyncio.to_thread(self.hearing.hear, message.shop, news.theirs, heard)
        said = [await self._given_back(message.shop, known.order, news.refunds)]
        changes = Changes(
            self.orders, self.book, self.desk, self.money, self.shop, self.clock, message.shop, known
        )
        if news.called_off:
            said.append(_done(await changes.call_off(news.theirs, news.called_off)))
        elif news.whole and not news.over:
            said.append(await self._change(message, news, heard, changes))
        await asyncio.to_thread(self.hearing.look_again, message.shop, news.theirs, self.clock())
        return "; ".join(filter(None, said)) or "nothing to do"

    async def _change(self, message: ShopMessage, news: OrderNews, heard: Heard, changes: Changes) -> str:
        try:
            order = FORMATS[message.system].parse(news.tree, message.shop)
        except OrderNotTaken:
            return ""  # it is under way here, whatever the shop has done with it since
        except BadInput:
            if await self._is_by_hand(message, changes.known):
                return BY_HAND
            raise
        said = [_done(each) for each in await changes.all(order)]
        heard = replace(heard, address=address_of(order), goods=goods_of(order), paid=paid(order))
        await asyncio.to_thread(self.hearing.hear, message.shop, news.theirs, heard)
        return "; ".join(said)

    async def _is_by_hand(self, message: ShopMessage, known: Heard) -> bool:
        """Whether a person has placed the order since this came, and the shop told nothing of it after."""
        if known.version is not None:
            return False
        return await asyncio.to_thread(self.hearing.placed_since, known.order, message.received_at)


def _done(result: ActResult) -> str:
    if result.outcome == Outcome.KEPT:
        raise Later("It is kept, and waits for the order's own workflow.")
    return result.why


def _cannot_be_charged(order: Order) -> bool:
    """Whether somebody else is to take the money, and has not yet: the shop tells when it has."""
    due = order.payment.state == PaymentState.DUE and order.to_pay.minor > 0
    return due and way_of(order.payment.method) == Way.GATEWAY and not order.payment.token
