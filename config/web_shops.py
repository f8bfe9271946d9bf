"""The web shops and listeners that the shop has written down, and the secrets each of them goes with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from config.secrets import secret, signing_secrets
from config.settings import Settings
from domain.errors import SettingsRefused
from domain.order_event import Listener
from domain.web_shop import WebShop
from flow.finding import refuse
from flow.load.form import Book
from flow.load.web_shops import read_listeners, read_web_shops

SHOPS, HOOKS = "shops.yaml", "hooks.yaml"
T = TypeVar("T")


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


def web_shops(settings: Settings) -> Mapping[str, KnownShop]:
    """
    By name.

    :raises FlowRefused: findings in shops.yaml, each with line and column.
    :raises SettingsRefused: the file cannot be read, or a shop that is to be asked has no token.
    """
    return {shop.name: _known(settings, shop) for shop in _read(settings, SHOPS, read_web_shops).values()}


def listeners(settings: Settings) -> Mapping[str, KnownListener]:
    """
    By name.

    :raises FlowRefused: findings in hooks.yaml, each with line and column.
    :raises SettingsRefused: the file cannot be read, or a listener has no secret.
    """
    found = {}
    for name, listener in _read(settings, HOOKS, read_listeners).items():
        variable = f"ORDERKEEPER_HOOK_{_named(name)}_SECRETS"
        secrets = signing_secrets(settings.secrets, variable)
        if not secrets:
            raise SettingsRefused(f"{variable} is not set: what {name} is told has to be signed.")
        found[name] = KnownListener(listener, secrets)
    return found


def check_secrets(settings: Settings) -> None:
    """:raises SettingsRefused: a secret is set for a shop or listener that is not written down."""
    shops = {_named(name) for name in _read(settings, SHOPS, read_web_shops)}
    hooks = {_named(name) for name in _read(settings, HOOKS, read_listeners)}
    for variable in settings.secrets:
        match = re.match(
            r"ORDERKEEPER_(SHOP|HOOK)_(.+?)_(WEBHOOK_SECRETS|SECRETS|TOKEN)(_FILE)?\Z", variable
        )
        known = shops if match and match[1] == "SHOP" else hooks
        if match and match[2] not in known:
            file = SHOPS if match[1] == "SHOP" else HOOKS
            raise SettingsRefused(f"{variable} is set, and {file} has no such name.")


def _known(settings: Settings, shop: WebShop) -> KnownShop:
    name = f"ORDERKEEPER_SHOP_{_named(shop.name)}"
    token = secret(settings.secrets, f"{name}_TOKEN")
    if (shop.backfill or shop.write_back) and not token:
        raise SettingsRefused(f"{name}_TOKEN is not set: {shop.name} cannot be asked without it.")
    return KnownShop(shop, signing_secrets(settings.secrets, f"{name}_WEBHOOK_SECRETS"), token)


def _named(name: str) -> str:
    return name.upper().replace("-", "_")


def _read(
    settings: Settings, name: str, read: Callable[[str, str], tuple[dict[str, T], Book]]
) -> Mapping[str, T]:
    text = _text(settings.config / name)
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return {}
    found, book = read(text, name)
    refuse(book.findings)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsRefused(f"{path} cannot be read: {error.strerror}.") from error
