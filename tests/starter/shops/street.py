"""Two web shops and the door they knock at; nobody is at Temporal, unless a test says so."""

import copy
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlmodel import col, select

from adapters.database.desk.desk import Desk
from adapters.database.flow.flows import FlowShelf
from adapters.database.order.acts import act_record
from adapters.database.order.listed import changed
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.reconcile.money import money_differences
from adapters.database.shop.messages import ShopMessages
from adapters.database.shop.money import ShopMoney
from adapters.database.tables.journal import ActRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import ShopMessageRow
from domain.act import ActRecord, ActResult, Outcome
from domain.errors import DatabaseUnavailable
from domain.web_shop import ShopMessage, ShopSystem, WebShop
from flow.shop import Shop
from starter.api.hooks import Doorstep, create_hooks
from starter.api.shop_hooks import shop_sender, sign
from starter.orders import Orders
from starter.shops.reception import Reception
from starter.shops.settling import Settling
from tests.adapters.database.given import NOW
from tests.starter.formats.samples import SHOPIFY, WOO

SECRET, OTHER = "shpss-of-these-tests", "another-secret-of-theirs"
URL = "http://127.0.0.1:8000"
PARIS = WebShop("paris", ShopSystem.SHOPIFY)
DELFT = WebShop("delft", ShopSystem.WOOCOMMERCE)


def shopify(n: int = 2001, /, **changes: Any) -> dict[str, Any]:
    """An order as Shopify tells of it, with a version of its own."""
    order = copy.deepcopy(SHOPIFY)
    order |= {"id": 5_000_000 + n, "name": f"#{n}", "order_number": n, "updated_at": at(0)}
    return order | changes


def woo(n: int = 900, /, **changes: Any) -> dict[str, Any]:
    order = copy.deepcopy(WOO)
    return order | {"id": n, "number": str(n), "date_modified_gmt": "2026-11-20T10:00:00"} | changes


def at(minutes: int) -> str:
    return (datetime.fromisoformat("2026-11-20T15:00:00+00:00") + timedelta(minutes=minutes)).isoformat()


def refund(order: dict[str, Any], id: int, amount: str, **changes: Any) -> dict[str, Any]:
    """As Shopify's `refunds/create` tells of it."""
    moved = {"id": id + 1, "kind": "refund", "status": "success", "amount": amount, "currency": "USD"}
    return {"id": id, "order_id": order["id"], "refund_line_items": [], "transactions": [moved]} | changes


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Letterbox(ShopMessages):
    """The database's own, which may be away."""

    away = False

    def keep(self, message: ShopMessage) -> bool:
        if self.away:
            raise DatabaseUnavailable("The database does not answer.")
        return super().keep(message)


@dataclass
class Street:
    url: str
    shop: Shop
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.book, self.desk = OrderBook(self.url), Desk(self.url)
        self.messages, self.money = Letterbox(self.url), ShopMoney(self.url)
        self.orders = Orders(self.book, self.desk, self.clock, None, "orders")
        self.reception = Reception(
            self.messages,
            self.money,
            self.orders,
            self.book,
            self.desk,
            FlowShelf(self.url),
            lambda: self.shop,
            self.clock,
        )
        self.settling = Settling(self.messages, self.reception, self.clock)
        senders = dict(shop_sender(each, (SECRET,), self.messages) for each in (PARIS, DELFT))
        self.app = create_hooks(Doorstep(senders, self.clock))

    async def knock(
        self,
        body: Any,
        *,
        id: str = "",
        topic: str = "orders/create",
        secret: str = SECRET,
        path: str = "/hooks/shopify/paris",
        **headers: str,
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"content-type": "application/json", "x-shopify-topic": topic, "x-shopify-webhook-id": id}
        given |= {"x-shopify-hmac-sha256": sign(raw, secret)}
        if "woocommerce" in path:
            names = {"signature": sign(raw, secret), "topic": "order.updated", "delivery-id": id}
            given = {"content-type": "application/json"}
            given |= {f"x-wc-webhook-{name}": value for name, value in names.items()}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            return await client.post(path, content=raw, headers=given | headers)

    async def hears(self, body: Any, **how: Any) -> str:
        """What came of a message that is kept, and looked at until it rests."""
        told = await self.knock(body, **how)
        assert told.status_code == 200, told.text
        await self.look()
        return self.last().why

    async def knocks(self, body: Any, **how: Any) -> str:
        return await self.hears(body, path="/hooks/woocommerce/delft", **how)

    async def look(self, later: timedelta = timedelta(0)) -> None:
        self.clock.now += later + timedelta(seconds=1)
        while await self.settling.round():
            pass

    def last(self) -> ShopMessageRow:
        newest = col(ShopMessageRow.received_at).desc()
        with self.messages.read() as session:
            return session.exec(select(ShopMessageRow).order_by(newest).limit(1)).one()

    def carried(self, id: str, outcome: Outcome = Outcome.DONE, why: str = "") -> None:
        """The relay has brought an act to its order."""
        assert self.book.act(id) is not None, id
        self.book.settle(id, ActResult(outcome, why), self.clock())

    def numbers(self) -> list[str]:
        return sorted(self.book.unstarted(10_000))

    def acts(self, order: str) -> list[ActRecord]:
        with self.book.read() as session:
            return [act_record(row) for row in session.exec(select(ActRow).where(ActRow.order == order))]

    def differences(self) -> list[str]:
        with self.book.read() as session:
            return [each.what for each in money_differences(session, self.clock(), simulated=False)]

    def stand(self, order: str, state: str) -> None:
        """As a batch of its workflow writes it."""
        with self.book.write() as session:
            session.get_one(PlacedOrder, order).state = state
            changed(session, order)

    def states(self) -> set[str]:
        with self.messages.read() as session:
            return set(session.exec(select(ShopMessageRow.state)))

    def incidents(self) -> list[tuple[str, str]]:
        return [(each.title, each.role) for each in self.desk.incidents()]
