"""The web shops and listeners that the shop has written down, and the secrets each of them goes with."""

import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from config.secrets import secret, signing_secrets
from config.settings import Settings
from domain.errors import SettingsRefused
from domain.order_event import Listener
from domain.web_shop import WebShop
from flow.shop import Shop

OF_ONE = re.compile(r"ORDERKEEPER_(SHOP|HOOK)_(.+?)_(WEBHOOK_SECRETS|SECRETS|TOKEN)(_FILE)?")
T = TypeVar("T")
FILES = {"SHOP": "shops.yaml", "HOOK": "hooks.yaml"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownShop:
    """`secrets` sign what the shop tells us; with none, it is not listened to. `token` lets us ask it."""

    shop: WebShop
    secrets: tuple[str, ...] = field(default=(), repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class KnownListener:
    """What it is told is signed with each of `secrets`: two while they change."""

    listener: Listener
    secrets: tuple[str, ...] = field(repr=False)


class Current(Generic[T]):
    """
    What `shop` has written down now of one kind, each by its name and with its secrets, as `read` finds
    them. While one that was added lacks a secret, all of them stay as they were before.

    :raises SettingsRefused: a secret is missing from the start, or set for nobody.
    """

    def __init__(
        self,
        settings: Settings,
        shop: Callable[[], Shop],
        read: Callable[[Settings, Shop], Mapping[str, T]],
    ) -> None:
        self._settings = settings
        self._shop = shop
        self._read = read
        self._lock = threading.Lock()
        self._written = shop()
        for wrong in secrets_of_nobody(settings, self._written):
            raise SettingsRefused(wrong)
        self._known = read(settings, self._written)

    def now(self) -> Mapping[str, T]:
        with self._lock:
            written = self._shop()
            if written is not self._written:
                self._written = written
                self._read_again()
            return self._known

    def _read_again(self) -> None:
        for wrong in secrets_of_nobody(self._settings, self._written):
            log.warning("%s Take it away before the next start.", wrong)
        try:
            self._known = self._read(self._settings, self._written)
        except SettingsRefused as error:
            log.error("%s All of its kind stay as they were before.", error)  # noqa: TRY400 - no stack


def shops(settings: Settings, written: Shop) -> Mapping[str, KnownShop]:
    """:raises SettingsRefused: one that is to be asked has no token."""
    return {name: _shop(settings, each) for name, each in written.web_shops.items()}


def listeners(settings: Settings, written: Shop) -> Mapping[str, KnownListener]:
    """:raises SettingsRefused: one has no secret."""
    return {name: _listener(settings, each) for name, each in written.listeners.items()}


def secrets_of_nobody(settings: Settings, written: Shop) -> Iterator[str]:
    """What is wrong with each secret that is set for a shop or listener that is not written down."""
    there = {"SHOP": {_named(each) for each in written.web_shops}}
    there["HOOK"] = {_named(each) for each in written.listeners}
    for variable in settings.secrets:
        match = OF_ONE.fullmatch(variable)
        if match and match[2] not in there[match[1]]:
            yield f"{variable} is set, and {FILES[match[1]]} has no such name."


def _shop(settings: Settings, shop: WebShop) -> KnownShop:
    name = f"ORDERKEEPER_SHOP_{_named(shop.name)}"
    token = secret(settings.secrets, f"{name}_TOKEN")
    if (shop.backfill or shop.write_back) and not token:
        raise SettingsRefused(f"{name}_TOKEN is not set: {shop.name} cannot be asked without it.")
    return KnownShop(shop, signing_secrets(settings.secrets, f"{name}_WEBHOOK_SECRETS"), token)


def _listener(settings: Settings, listener: Listener) -> KnownListener:
    variable = f"ORDERKEEPER_HOOK_{_named(listener.name)}_SECRETS"
    secrets = signing_secrets(settings.secrets, variable)
    if not secrets:
        raise SettingsRefused(f"{variable} is not set: what {listener.name} is told has to be signed.")
    return KnownListener(listener, secrets)


def _named(name: str) -> str:
    return name.upper().replace("-", "_")
