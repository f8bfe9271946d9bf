"""Where the doors' ports meet adapters: the shop as a command finds it."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from adapters.database.desk.desk import Desk
from adapters.database.flow.flows import FlowShelf
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.schema import migrate
from adapters.database.stock.room import StockRoom
from config.actions import actions_of
from config.settings import Settings
from domain.dispatch import ShipBy
from domain.errors import BadInput, FlowRefused, SettingsRefused, TemporalUnavailable
from flow.shop import Shop
from starter.client import connect
from starter.clock import now
from starter.orders import Orders
from starter.publishing import Workshop

UP_FILE = "up.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where Temporal is: what `orders up` wrote down, or what the environment names instead."""

    address: str = ""
    namespace: str = "default"
    task_queue: str = "orderkeeper"
    speed: float = 1.0
    options: Mapping[str, Any] | None = None


@dataclass
class OpenShop:
    """`client` is None while Temporal is not there: acts and placements are then kept."""

    settings: Settings
    place: Place
    client: Client | None
    book: OrderBook
    desk: Desk
    shelf: FlowShelf
    stock_room: StockRoom

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.book, self.desk, now, self.client, self.place.task_queue)

    @cached_property
    def config(self) -> Shop:
        """:raises FlowRefused: the config folder has findings."""
        return shop_of(self.settings)

    @property
    def zone(self) -> str:
        """
        Where the shop's days begin and end.

        :raises FlowRefused: it follows from the calendars, and the config folder has findings.
        """
        return self.settings.zone or self.config.zone

    def event_fields(self, name: str) -> Mapping[str, str]:
        """Field -> kind of an event. :raises BadInput: the shop knows no such event."""
        known = self.config.events
        if name not in known:
            raise BadInput(f"{name!r} is none of the shop's events: {', '.join(sorted(known))}", "event")
        return known[name].fields

    def check_known(self, name: str, option: str, *, events: bool = False) -> None:
        """
        That a role, or an event, is one of the shop's: to be asked when nothing was found for it.

        :raises BadInput: it is not; a mistyped name would look like an empty inbox.
        """
        with suppress(FlowRefused):  # a half-made edit of the config folder is told elsewhere
            known = [*self.config.roles, *(self.config.events if events else ())]
            if name not in known:
                what = "role or event" if events else "role"
                raise BadInput(f"there is no {what} {name!r}; there are {', '.join(known)}", option)

    def temporal(self) -> Client:
        """:raises TemporalUnavailable: it is not there."""
        if self.client is None:
            here = f"Temporal at {self.place.address} does not answer."
            nowhere = "There is no Temporal here; `orders up` starts one."
            raise TemporalUnavailable(here if self.place.address else nowhere)
        return self.client


@asynccontextmanager
async def open_shop(settings: Settings, *, connected: bool = False) -> AsyncIterator[OpenShop]:
    """
    The shop of these settings, its tables up to date. `connected` ones look for Temporal, for a moment.

    :raises SettingsRefused: its data folder or Temporal's own settings cannot be read.
    :raises DatabaseUnavailable: the database is locked or not there.
    """
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsRefused(f"{settings.data} cannot be the data folder: {error.strerror}.") from error
    place = whereabouts(settings)
    url = settings.database_url
    book, desk, shelf = OrderBook(url), Desk(url), FlowShelf(url)
    stock_room = StockRoom(url, _ship_by(settings))
    try:
        migrate(book)
        client = await _client(place) if connected else None
        yield OpenShop(settings, place, client, book, desk, shelf, stock_room)
    finally:
        for each in (book, desk, shelf, stock_room):
            each.close()


def _ship_by(settings: Settings) -> ShipBy:
    """
    Until when a parcel has to leave. The config folder is read once, and only where a parcel is to.

    :raises FlowRefused: as it is asked, of a folder with findings.
    """
    shop = cache(partial(shop_of, settings))
    return lambda at, express: shop().ship_by(at, express)


def settings_here() -> Settings:
    """:raises SettingsRefused: the environment is wrong."""
    return Settings.from_env(os.environ)


def workshop_of(settings: Settings) -> Workshop:
    return Workshop(settings.config, actions_of(settings))


def shop_of(settings: Settings) -> Shop:
    """:raises FlowRefused: the config folder has findings."""
    return workshop_of(settings).shop()


def whereabouts(settings: Settings) -> Place:
    """:raises SettingsRefused: temporal.toml, or what `orders up` wrote, cannot be read."""
    told = _environment()
    address = str(told.pop("target_host", ""))
    namespace = str(told.pop("namespace", "default"))
    if address:
        return Place(address, namespace, settings.task_queue, options=told)
    here = _up(settings.data / UP_FILE)
    if not here:
        return Place(task_queue=settings.task_queue)
    return Place(here["temporal"], here["namespace"], here["task_queue"], float(here["speed"]))


def _environment() -> dict[str, Any]:
    """What TEMPORAL_* and temporal.toml say, as arguments of Temporal's own connect."""
    try:
        return dict(ClientConfig.load_client_connect_config())
    except (RuntimeError, ValueError) as error:
        raise SettingsRefused(f"Temporal's own settings cannot be read: {error}") from error


def _up(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise SettingsRefused(f"{file} cannot be read; start `orders up` again.") from error


async def _client(place: Place) -> Client | None:
    if not place.address:
        return None
    try:
        return await connect(place.address, place.namespace, **(place.options or {}))
    except TemporalUnavailable:
        return None
