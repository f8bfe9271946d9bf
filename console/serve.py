"""Where the screens meet the shop: its database, its config folder, and Temporal once it is there."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import uvicorn

from adapters.carrier.easypost import news as easypost
from adapters.carrier.easypost import signature as easypost_signature
from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.account.tokens import TokenBook
from adapters.database.audit_log import AuditLog
from adapters.database.customer.consents import Consents
from adapters.database.customer.customers import Customers as CustomerBook
from adapters.database.customer.erasing import Forgetting
from adapters.database.customer.form_counts import FormCounts
from adapters.database.customer.surveys import Surveys
from adapters.database.desk.screens import Screens
from adapters.database.exports import Exports
from adapters.database.flow.flows import FlowShelf
from adapters.database.keyed_answers import KeyedAnswers
from adapters.database.numbers import NumbersDesk
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.desk import PartnerDesk
from adapters.database.payment.gateway_news import NewsBook
from adapters.database.schema import migrate
from adapters.database.shipping.carrier_news import CarrierNewsBook
from adapters.database.shop.hook_book import HookBook
from adapters.database.shop.messages import ShopMessages
from adapters.database.stock.room import StockRoom
from adapters.payment.signature import SIGNATURE, is_signed
from adapters.payment.stripe.news import read_news
from config.current import CurrentShop
from config.page import PageWords
from config.settings import Settings
from console.app import create_app
from console.customer.app import PREFIX as CUSTOMERS
from console.customer.app import create_customer
from console.customer.house import Window
from console.customer.limits import Limits
from console.customer.unsubscribe import PREFIX as UNSUBSCRIBE
from console.house import House
from console.paper import unfold
from console.site import Site
from domain.errors import SettingsRefused, TemporalUnavailable
from starter.accounts import Accounts
from starter.api.app import PREFIX as API
from starter.api.app import create_api
from starter.api.desk import Counter
from starter.api.doors import Doors
from starter.api.hooks import PREFIX as HOOKS
from starter.api.hooks import Doorstep, Headers, Sender, create_hooks
from starter.cli.documents import cabinet_of
from starter.cli.notices import preview_of
from starter.cli.shop import Place, whereabouts, workshop_of
from starter.cli.web_shops import senders as shop_senders
from starter.client import connect
from starter.clock import now
from starter.customers import Customers
from starter.engine import Engine
from starter.exports.office import ExportOffice
from starter.orders import Orders
from starter.passwords import Passwords
from starter.safe import Safe
from starter.server.stopping import on_signals
from starter.tokens import Tokens

LOOK_AGAIN_SECONDS = 2.0
# Open pages listen for news; they are let go at once, and this bounds the rest.
GRACE_SECONDS = 3

# A page gives way at every statement; beside an export, say, it waits so long to be back each time.
SWITCH_SECONDS = 0.001

log = logging.getLogger("console")


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is how people reach it; `proxy` the reverse proxy whose word on who asks is taken."""

    host: str
    port: int
    url: str
    proxy: str = ""


class Server(uvicorn.Server):
    """Stops when we say so: signals are ours."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, address: Address) -> None:
    """
    Until SIGTERM or Ctrl-C. Pages are there at once, acts are kept until Temporal is.

    :raises SettingsRefused: the environment, the config folder or the address is wrong.
    """
    site = Site.at(address.url)
    stop = on_signals(signal.SIGTERM, signal.SIGINT)
    with open_house(settings, site) as house, _listening(address) as door:
        others = {API: create_api(_counter(settings, house)), HOOKS: create_hooks(_hooks(settings, house))}
        customers = create_customer(_window(settings, house), _theirs(settings, site))
        others |= {CUSTOMERS: customers, UNSUBSCRIBE: customers}
        app = Doors(create_app(house), others)
        server = Server(_config(app, address))
        unfold()
        # What is loaded by now stays: the collector looks through it no more, a fifth of a page's work.
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        serving = asyncio.create_task(server.serve([door]))
        connecting = asyncio.create_task(_connect(house, whereabouts(settings)))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        house.closing.set()
        server.should_exit = True
        connecting.cancel()
        stopping.cancel()
        await serving


def _theirs(settings: Settings, site: Site) -> Site:
    """Where customers reach the page of their order: at an address of its own, or at this one."""
    if not settings.page_url:
        return site
    theirs = Site.at(settings.page_url)
    return Site(theirs.origin, theirs.secure, theirs.hosts | site.hosts)


def _window(settings: Settings, house: House) -> Window:
    """Where customers are served."""
    surveys = Surveys(settings.database_url)
    consents = Consents(settings.database_url)
    words = PageWords(settings.config)
    limits = Limits(FormCounts(settings.database_url).count)
    return Window(house, settings.links(), words, surveys, settings.reply_to, consents, limits)


def _counter(settings: Settings, house: House) -> Counter:
    """Where programs with a token are served."""
    tokens = Tokens(TokenBook(settings.database_url), now)
    speed = whereabouts(settings).speed
    return Counter(
        tokens,
        house.book,
        house.desk,
        house.shelf,
        lambda: house.orders,
        house.shop,
        now,
        house.partners,
        KeyedAnswers(settings.database_url),
        house.exports,
        house.stock_room,
        speed,
    )


def _hooks(settings: Settings, house: House) -> Doorstep:
    """Web shops may be added while the screens are served."""
    return replace(_doorstep(settings), others=shop_senders(settings, house.shop))


def _doorstep(settings: Settings) -> Doorstep:
    """Where those who tell us something by themselves leave their messages; each has a secret with us."""
    senders = [_gateway(settings)] if settings.webhook_secrets else []
    senders += [_carrier(settings)] if settings.easypost_secrets else []
    return Doorstep(dict(senders), now)


def _gateway(settings: Settings) -> tuple[str, Sender]:
    name = "stripe" if settings.stripe_key else "simulated"
    secrets, live = settings.webhook_secrets, settings.stripe_is_live
    book = NewsBook(settings.database_url)

    def keep(body: bytes, _headers: Headers, at: datetime) -> bool | None:
        news = read_news(body, name, live=live)
        return None if news is None else book.keep(news, at)

    def signed(body: bytes, headers: Headers, at: datetime) -> bool:
        return is_signed(body, headers.get(SIGNATURE, ""), secrets, at)

    return f"payment/{name}", Sender(name, signed, keep)


def _carrier(settings: Settings) -> tuple[str, Sender]:
    """Whoever follows the shop's parcels."""
    secrets, live = settings.easypost_secrets, settings.easypost_is_live
    book = CarrierNewsBook(settings.database_url)

    def keep(body: bytes, _headers: Headers, at: datetime) -> bool | None:
        news = easypost.read_event(body, live=live)
        return None if news is None else book.keep(news, at)

    def signed(body: bytes, headers: Headers, _at: datetime) -> bool:
        return easypost_signature.is_signed(body, headers.get(easypost_signature.SIGNATURE, ""), secrets)

    return f"carrier/{easypost.NAME}", Sender(easypost.NAME, signed, keep)


@contextmanager
def open_house(settings: Settings, site: Site) -> Iterator[House]:
    """The shop of these settings as the screens need it, its tables up to date."""
    url = settings.database_url
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    book, desk, shelf, accounts = OrderBook(url), Screens(url), FlowShelf(url), AccountBook(url)
    audit, partners = AuditLog(url), PartnerDesk(url)
    quarantine, untold = ShopMessages(url), HookBook(url)
    papers = ExitStack()
    try:
        migrate(book)
        workshop = workshop_of(settings)
        shop = CurrentShop(settings.config, workshop.actions)
        stock_room = StockRoom(url, shop.ship_by)
        papers.callback(stock_room.close)

        def zone() -> str:
            return settings.zone or shop.now().zone

        yield House(
            site=site,
            shop_name=settings.shop_name,
            accounts=Accounts(accounts, Passwords(), now, safe=Safe(settings.own_keys())),
            desk=desk,
            book=book,
            shelf=shelf,
            stock_room=stock_room,
            audit=audit,
            cabinet=papers.enter_context(cabinet_of(settings)),
            previews=papers.enter_context(preview_of(settings)),
            customers=Customers(CustomerBook(url), Forgetting(url), now),
            partners=partners,
            quarantine=quarantine,
            untold=untold,
            exports=ExportOffice(
                papers.enter_context(closing(Exports(url))), audit, zone, now, settings.shop_name
            ),
            numbers=papers.enter_context(closing(NumbersDesk(url))),
            orders=Orders(book, desk, now, None, whereabouts(settings).task_queue),
            shop=shop.now,
            workshop=workshop,
            clock=now,
            engine=Engine(ui=settings.temporal_ui, namespace=whereabouts(settings).namespace),
        )
    finally:
        papers.close()
        for each in (book, desk, shelf, accounts, audit, partners, quarantine, untold):
            each.close()


@contextmanager
def _listening(address: Address) -> Iterator[socket.socket]:
    """:raises SettingsRefused: somebody else listens there, or it is no address of this machine."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((address.host, address.port))
        except OSError as error:
            raise SettingsRefused(
                f"{address.host}:{address.port} cannot be listened at: {error.strerror}."
            ) from error
        yield door


def _config(app: object, address: Address) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI application
        proxy_headers=bool(address.proxy),
        forwarded_allow_ips=address.proxy or None,
        server_header=False,
        date_header=True,
        access_log=False,
        log_config=None,
        lifespan="off",
        limit_concurrency=1_000,
        h11_max_incomplete_event_size=32_768,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _connect(house: House, place: Place) -> None:
    """Look for Temporal until it is there; the client then finds it again by itself."""
    while place.address:
        try:
            client = await connect(place.address, place.namespace, **(place.options or {}))
        except TemporalUnavailable:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            continue
        house.engine.client = client
        house.orders = Orders(house.book, house.desk, house.clock, client, place.task_queue)
        log.info("Temporal is there: acts are carried at once")
        return


def main(address: Address) -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    asyncio.run(serve(Settings.from_env(os.environ), address))
