"""Everything the screens need of the shop: handed in whole, so that tests hand in another."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from fastapi import Request

from console.pulse import Pulse
from console.reads import Reads
from console.site import Site
from domain.errors import NotFound
from flow.model import Flow, loads
from flow.shop import Shop
from starter.accounts import Accounts
from starter.book import AuditLog, FlowShelf, OrderBook, Screens
from starter.customers import Customers
from starter.documents import Cabinet
from starter.engine import Engine
from starter.exports.office import ExportOffice
from starter.numbers_desk import NumbersDesk
from starter.orders import Orders
from starter.partner_book import PartnerBook
from starter.previews import Previews
from starter.publishing import Workshop
from starter.shops.quarantine import Quarantine
from starter.shops.untold import Untold
from starter.stock_book import StockRoom
from starter.who import Who


@dataclass
class House:
    """
    `orders` is replaced once Temporal is there; until then acts are kept. `shop` is the config
    folder as it was last right, `workshop` as it is written now.
    """

    site: Site
    shop_name: str
    accounts: Accounts
    desk: Screens
    book: OrderBook
    shelf: FlowShelf
    stock_room: StockRoom
    audit: AuditLog
    cabinet: Cabinet
    previews: Previews
    customers: Customers
    partners: PartnerBook
    quarantine: Quarantine
    untold: Untold
    exports: ExportOffice
    numbers: NumbersDesk
    orders: Orders
    shop: Callable[[], Shop]
    workshop: Workshop
    clock: Callable[[], datetime]
    engine: Engine = field(default_factory=Engine)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _flows: dict[str, Flow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.desk)
        self.reads = Reads()

    def permissions(self) -> Mapping[str, frozenset[str]]:
        """Role -> what it may do, by config/roles.yaml."""
        return {name: role.permissions for name, role in self.shop().roles.items()}

    def flow(self, sha256: str) -> Flow | None:
        """The definition under this hash; None when it was never published here."""
        if sha256 not in self._flows:
            try:
                self._flows[sha256] = loads(self.shelf.definition(sha256))
            except NotFound:
                return None
        return self._flows[sha256]

    def now(self) -> datetime:
        """On the clock of the shop's time zone, wherever this machine stands."""
        return self.clock().astimezone(ZoneInfo(self.exports.zone()))


def house_of(request: Request) -> House:
    return cast(House, request.app.state.house)


def who_of(request: Request) -> Who:
    """Who asks; the gate has let them in."""
    return cast(Who, request.state.who)
