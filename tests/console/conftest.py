"""A shop with two open tasks and an incident, and browsers to look at it with."""

import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.audit_log import AuditLog
from adapters.database.customer.customers import Customers as CustomerBook
from adapters.database.customer.erasing import Forgetting
from adapters.database.desk.papers import Papers
from adapters.database.desk.screens import Screens
from adapters.database.engine import Database
from adapters.database.exports import Exports
from adapters.database.flow.flows import FlowShelf
from adapters.database.journal.steps import Journal
from adapters.database.numbers import NumbersDesk
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.desk import PartnerDesk
from adapters.database.payment.bills import Bills
from adapters.database.shop.hook_book import HookBook
from adapters.database.shop.messages import ShopMessages
from adapters.database.stock.room import StockRoom
from adapters.documents.cabinet import Cabinet
from adapters.mail.letter import Shop as Letterhead
from adapters.mail.preview import Preview
from adapters.mail.templates import Templates
from config.actions import actions_of
from config.settings import SHIPPED, Settings
from console.app import create_app
from console.csrf import csrf_of
from console.gate import SESSION
from console.house import House
from console.site import Site
from domain.audit import Deed, DeedKind
from domain.document import DocumentKind
from domain.journal import AnswerOption, IncidentOpened
from flow.model import dumps
from flow.shop import Shop
from starter.accounts import Accounts
from starter.cli.shop import shop_of
from starter.customers import Customers
from starter.exports.office import ExportOffice
from starter.orders import Orders
from starter.passwords import Passwords, hashed, new_token
from starter.publishing import Rehearsal, Workshop
from starter.safe import Safe
from tests.adapters.database.given import NOW, a_batch, a_lane, a_task, an_entry, place
from tests.goods import ship_by

URL = "http://127.0.0.1:8000"
PACK = "1001-F1.pack.1"
REVIEW = "1001.review.1"
INCIDENT = "1002.authorize.1"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, length: timedelta) -> None:
        self.now += length


@dataclass
class Browser:
    """One person's browser; `session` is what its cookie holds, once they have signed in."""

    client: httpx.AsyncClient
    session: str = ""

    async def get(self, path: str, **more) -> httpx.Response:
        return await self.client.get(path, **more)

    async def send(self, path: str, **fields) -> httpx.Response:
        """A form of ours: with its token and an id of its own, unless said otherwise."""
        whole = {"csrf": csrf_of(self.session), "form": "ab" * 16, **fields}
        return await self.client.post(path, data=whole)


@pytest.fixture(scope="session")
def shop():
    return shop_of(Settings.from_env({}))


@pytest.fixture(scope="session")
def passwords():
    return Passwords()


@pytest.fixture
def clock():
    return Clock()


class HastyWorkshop(Workshop):
    """Plays the scenarios of one flow only, and what we ship once, where nothing else is asked for."""

    def shop(self) -> Shop:
        return _shipped(self)[0] if self.folder == SHIPPED else super().shop()

    def rehearse(self, name: str = "") -> Rehearsal:
        if self.folder == SHIPPED:
            return _shipped(self)[1]
        return super().rehearse(name or "warehouse")


SHIPPED_ONCE: list[tuple[Shop, Rehearsal]] = []


def _shipped(workshop: Workshop) -> tuple[Shop, Rehearsal]:
    if not SHIPPED_ONCE:
        plain = Workshop(workshop.folder, workshop.actions)
        SHIPPED_ONCE.append((plain.shop(), plain.rehearse("warehouse")))
    return SHIPPED_ONCE[0]


@pytest.fixture(scope="session")
def furnished(empty_sqlite, shop, tmp_path_factory):
    """The shop's file, to be copied."""
    file = tmp_path_factory.mktemp("furnished") / "orders.db"
    shutil.copy(empty_sqlite, file)
    opened = Database(f"sqlite:///{file}")
    furnish(opened.url, shop)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    return file


@pytest.fixture
def database(furnished, tmp_path):
    file = tmp_path / "orders.db"
    shutil.copy(furnished, file)
    opened = Database(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def document_templates():
    opened = Templates(SHIPPED / "documents")
    yield opened
    opened.close()


@pytest.fixture
def cabinet(database, document_templates):
    url, series = database.url, {DocumentKind.INVOICE: "INV-", DocumentKind.CREDIT_NOTE: "CN-"}
    letterhead = Letterhead("Teapots & more", "https://teapots.example", "help@teapots.example")
    return Cabinet(Papers(url), Bills(url, series), document_templates, letterhead, SHIPPED / "documents")


@pytest.fixture
def previews(database, shop):
    letterhead = Letterhead("Teapots & more", "https://teapots.example", "help@teapots.example")
    folders = (SHIPPED / "mail",)
    opened = Preview(database.url, folders, letterhead, "orders@teapots.example", lambda: shop.partners)
    yield opened
    opened.close()


@pytest.fixture
def house(database, shop, passwords, clock, cabinet, previews):
    """Nobody is at Temporal: acts are kept. Open pages are told at once that we close."""
    url = database.url
    book, desk = OrderBook(url), Screens(url)
    accounts = Accounts(AccountBook(url), passwords, clock, safe=Safe((b"k" * 32,)))
    orders = Orders(book, desk, clock, None, "orders")
    made = House(
        site=Site.at(URL),
        shop_name="Teapots & more",
        accounts=accounts,
        desk=desk,
        book=book,
        shelf=FlowShelf(url),
        stock_room=StockRoom(url, ship_by),
        audit=AuditLog(url),
        cabinet=cabinet,
        previews=previews,
        customers=Customers(CustomerBook(url), Forgetting(url), clock),
        partners=PartnerDesk(url),
        quarantine=ShopMessages(url),
        untold=HookBook(url),
        exports=ExportOffice(Exports(url), AuditLog(url), lambda: shop.zone, clock, "Teapots & more"),
        numbers=NumbersDesk(url),
        orders=orders,
        shop=lambda: shop,
        workshop=HastyWorkshop(SHIPPED, actions_of(Settings.from_env({}))),
        clock=clock,
    )
    made.closing.set()
    return made


def furnish(url: str, shop: Shop) -> None:
    """Every flow in force; two orders: the first is to be packed and reviewed, the second has stopped."""
    FlowShelf(url).publish([dumps(flow) for flow in shop.flows.values()], "olga", "the first ones", NOW)
    StockRoom(url, ship_by).receive("MUG-BLUE", "1", "main", "Blue mug", "bo", NOW)
    flow = shop.flows["standard"].sha256
    place(url, "1001", "1002")
    packed = AnswerOption("packed", "Packed", {"parcel_weight": "grams"})
    short = AnswerOption("short", "Item missing", {"missing": "lines"})
    show = {"fulfilment.lines": [{"sku": "MUG", "quantity": "2"}], "fulfilment.location": "main"}
    pack = a_task(
        "1001-F1",
        "pack",
        role="warehouse",
        title="Pick and pack",
        answers=(packed, short),
        show=show,
        scan="fulfilment.lines",
    )
    stopped = IncidentOpened(
        INCIDENT, "1002", "authorize", "Hold the money", "No answer.", "ops", ("ops",), NOW
    )
    journal = Journal(url, dict)
    journal.write(a_batch(opened=(pack, a_task()), entries=(an_entry(1),), lanes=(a_lane(flow_hash=flow),)))
    journal.write(
        a_batch(
            order="1002",
            incidents_opened=(stopped,),
            lanes=(a_lane("1002", flow_hash=flow, phase="incident"),),
        )
    )


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
async def anyone(app):
    async with browser(app) as made:
        yield made


@asynccontextmanager
async def browser(app):
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield Browser(client)


def account(house, name: str, *roles: str) -> str:
    """The secret of a session of theirs."""
    book = house.accounts._book
    if book.find(name) is None:
        made = Deed(house.clock(), DeedKind.ACCOUNT, "account", whom=name)
        book.add(name, roles, "not a hash", made, first=False)
        book.set_password(name, "not a hash", made, must_change=False)
    session = new_token()
    book.open_session(hashed(session), name, house.clock(), house.clock() + timedelta(hours=12))
    return session


@pytest.fixture
async def sign_in(app, house):
    """Somebody's browser, signed in with these roles; their password is no one-time password any more."""
    clients = []

    async def enter(name: str, *roles: str) -> Browser:
        session = account(house, name, *roles)
        transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4711))
        client = httpx.AsyncClient(transport=transport, base_url=URL, cookies={SESSION: session})
        clients.append(client)
        return Browser(client, session)

    yield enter
    for client in clients:
        await client.aclose()
