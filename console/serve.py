"""Where the screens meet the shop: its database, its config folder, and Temporal once it is there."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from adapters.database.accounts import Accounts as AccountBook
from adapters.database.audit_log import AuditLog
from adapters.database.flows import FlowShelf
from adapters.database.gateway_news import NewsBook
from adapters.database.orders import Orders as OrderBook
from adapters.database.schema import migrate
from adapters.database.screens import Screens
from adapters.database.stock_room import StockRoom
from adapters.database.tokens import TokenBook
from adapters.payment.signature import is_signed
from adapters.payment.stripe.news import read_news
from config.current import CurrentShop
from config.settings import Settings
from console.app import create_app
from console.house import House
from console.site import Site
from domain.errors import SettingsRefused, TemporalUnavailable
from starter.accounts import Accounts
from starter.api.app import PREFIX as API
from starter.api.app import create_api
from starter.api.desk import Counter
from starter.api.doors import Doors
from starter.api.hooks import PREFIX as HOOKS
from starter.api.hooks import Doorstep, Sender, create_hooks
from starter.cli.shop import Place, whereabouts, workshop_of
from starter.client import connect
from starter.clock import now
from starter.orders import Orders
from starter.passwords import Passwords
from starter.server.stopping import on_signals
from starter.tokens import Tokens

LOOK_AGAIN_SECONDS = 2.0
# Open pages listen for news; they are let go at once, and this bounds the rest.
GRACE_SECONDS = 3

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
        others = {API: create_api(_counter(settings, house)), HOOKS: create_hooks(_doorstep(settings))}
        app = Doors(create_app(house), others)
        server = Server(_config(app, address))
        serving = asyncio.create_task(server.serve([door]))
        connecting = asyncio.create_task(_connect(house, whereabouts(settings)))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        house.closing.set()
        server.should_exit = True
        connecting.cancel()
        stopping.cancel()
        await serving


def _counter(settings: Settings, house: House) -> Counter:
    """Where programs with a token are served."""
    tokens = Tokens(TokenBook(settings.database_url), now)
    speed = whereabouts(settings).speed
    return Counter(
        tokens, house.book, house.desk, house.shelf, lambda: house.orders, house.shop, now, speed
    )


def _doorstep(settings: Settings) -> Doorstep:
    """Where the payment gateway of this shop leaves its messages."""
    name = "stripe" if settings.stripe_key else "simulated"
    secrets, live = settings.webhook_secrets, settings.stripe_is_live
    sender = Sender(
        name,
        lambda body, header, at: is_signed(body, header, secrets, at),
        lambda body: read_news(body, name, live=live),
    )
    return Doorstep(sender if secrets else None, NewsBook(settings.database_url), now)


@contextmanager
def open_house(settings: Settings, site: Site) -> Iterator[House]:
    """The shop of these settings as the screens need it, its tables up to date."""
    url = settings.database_url
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    book, desk, shelf, accounts = OrderBook(url), Screens(url), FlowShelf(url), AccountBook(url)
    stock_room, audit = StockRoom(url), AuditLog(url)
    try:
        migrate(book)
        workshop = workshop_of(settings)
        shop = CurrentShop(settings.config, workshop.actions)
        yield House(
            site=site,
            shop_name=settings.shop_name,
            accounts=Accounts(accounts, Passwords(), now),
            desk=desk,
            book=book,
            shelf=shelf,
            stock_room=stock_room,
            audit=audit,
            orders=Orders(book, desk, now, None, whereabouts(settings).task_queue),
            shop=shop.now,
            workshop=workshop,
            clock=now,
        )
    finally:
        for each in (book, desk, shelf, accounts, stock_room, audit):
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
        house.orders = Orders(house.book, house.desk, house.clock, client, place.task_queue)
        log.info("Temporal is there: acts are carried at once")
        return


def main(address: Address) -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    asyncio.run(serve(Settings.from_env(os.environ), address))
