"""What the environment says, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.secrets import (
    easypost_key,
    keys_of,
    own_keys,
    signing_secrets,
    stripe_key,
    webhook_secrets,
)
from domain.errors import SettingsRefused
from domain.link import Links

SHIPPED = Path(__file__).parent
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
NEVER = "never"
SERIES = re.compile(r"[A-Za-z0-9._/-]{1,30}", re.ASCII)
# Of one web shop, or of one who is told of orders; which there are stands in their files.
OF_ONE = re.compile(
    r"ORDERKEEPER_(SHOP_[A-Z0-9_]+_(WEBHOOK_SECRETS|TOKEN)|HOOK_[A-Z0-9_]+_SECRETS)(_FILE)?"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    `data` is the folder for everything this machine keeps; `config` the shop's own config folder.

    `take_at_once` takes the whole order with its first parcel, where the payment gateway takes what it
    holds only once; else the rest is held again.

    `simulated_fees` has the simulated gateway keep something for itself of each payment, as real ones do.

    `actions` is a Python file, or an importable module, with actions of the shop's own; empty for none.

    `stripe_key` chooses Stripe as the payment gateway; without one it is simulated. What the gateway signs
    its messages with are `webhook_secrets`: with none, no message is taken. `secrets` are those of single
    web shops and listeners, by the names of their variables; config/web_shops.py reads them.

    `easypost_key` has parcels followed by EasyPost; without one, only the simulated carrier tells of its
    own. It signs its messages with `easypost_secrets`: with none, it is only asked.

    `page_url` is where customers reach the page of their order; empty where they cannot, and then no mail
    speaks of it. `keys` are the shop's own: see `config.secrets.own_keys`.

    `temporal_ui` is where engineers reach Temporal's own screens; empty where there are none.

    `zone` is where the shop's days begin and end; empty for that of its first calendar. At `report_at`
    there, or `never`, the owners are mailed how yesterday went: to `report_to`, or `reply_to` if empty.

    `parcel_mails` tell customers what the carrier tells of their parcels on the way.

    `invoice_series` and `credit_series` are how the numbers of invoices and credit notes begin; with
    `{year}` in it, a series begins anew each year.

    `database_url` is empty for the SQLite file in `data`. `smtp_url` is empty for the mail sink of
    `orders up`. It may hold a password, and so stays out of `repr`, as all secrets do.
    """

    data: Path
    config: Path
    database_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_from: str
    shop_name: str
    shop_url: str
    reply_to: str
    namespace: str = "default"
    task_queue: str = "orderkeeper"
    actions: str = ""
    take_at_once: bool = False
    simulated_fees: bool = False
    stripe_key: str = field(default="", repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    easypost_key: str = field(default="", repr=False)
    easypost_secrets: tuple[str, ...] = field(default=(), repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    page_url: str = ""
    temporal_ui: str = ""
    keys: tuple[str, ...] = field(default=(), repr=False)
    zone: str = ""
    report_at: str = "06:00"
    report_to: str = ""
    parcel_mails: bool = True
    invoice_series: str = "INV-{year}-"
    credit_series: str = "CN-{year}-"

    def own_keys(self) -> tuple[bytes, ...]:
        """:raises SettingsRefused: the one of the data folder cannot be made or read."""
        return keys_of(self.keys, self.data)

    def links(self) -> Links:
        """:raises SettingsRefused: the key of the data folder cannot be made or read."""
        return Links(self.own_keys(), self.page_url, self.shop_url)

    @property
    def stripe_is_live(self) -> bool:
        """Whether real money moves."""
        return "_live_" in self.stripe_key

    @property
    def easypost_is_live(self) -> bool:
        """Whether real parcels are followed."""
        return self.easypost_key.startswith("EZAK")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """:raises SettingsRefused: an unknown ORDERKEEPER_ name, or a value that cannot be."""
        known = {
            "ORDERKEEPER_ACTIONS",
            "ORDERKEEPER_DATA",
            "ORDERKEEPER_CONFIG",
            "ORDERKEEPER_DATABASE_URL",
            "ORDERKEEPER_SMTP_URL",
            "ORDERKEEPER_MAIL_FROM",
            "ORDERKEEPER_SHOP_NAME",
            "ORDERKEEPER_SHOP_URL",
            "ORDERKEEPER_REPLY_TO",
            "ORDERKEEPER_STRIPE_KEY",
            "ORDERKEEPER_STRIPE_KEY_FILE",
            "ORDERKEEPER_WEBHOOK_SECRETS",
            "ORDERKEEPER_WEBHOOK_SECRETS_FILE",
            "ORDERKEEPER_TAKE_AT_ONCE",
            "ORDERKEEPER_SIMULATED_FEES",
            "ORDERKEEPER_EASYPOST_KEY",
            "ORDERKEEPER_EASYPOST_KEY_FILE",
            "ORDERKEEPER_EASYPOST_WEBHOOK_SECRETS",
            "ORDERKEEPER_EASYPOST_WEBHOOK_SECRETS_FILE",
            "ORDERKEEPER_PAGE_URL",
            "ORDERKEEPER_TEMPORAL_UI",
            "ORDERKEEPER_KEYS",
            "ORDERKEEPER_ZONE",
            "ORDERKEEPER_REPORT_AT",
            "ORDERKEEPER_REPORT_TO",
            "ORDERKEEPER_KEYS_FILE",
            "ORDERKEEPER_PARCEL_MAILS",
            "ORDERKEEPER_INVOICE_SERIES",
            "ORDERKEEPER_CREDIT_SERIES",
        }
        for name in sorted(env):
            if name.startswith("ORDERKEEPER_") and name not in known and not OF_ONE.fullmatch(name):
                raise SettingsRefused(f"{name} is not a setting of Orderkeeper.")
        data = Path(env.get("ORDERKEEPER_DATA") or "var").resolve()
        config = Path(env.get("ORDERKEEPER_CONFIG") or SHIPPED).resolve()
        if not config.is_dir():
            raise SettingsRefused(f"ORDERKEEPER_CONFIG: there is no folder {config}.")
        mail_from = env.get("ORDERKEEPER_MAIL_FROM") or "orders@shop.example"
        return cls(
            data=data,
            config=config,
            database_url=env.get("ORDERKEEPER_DATABASE_URL") or f"sqlite:///{data}/orderkeeper.db",
            smtp_url=env.get("ORDERKEEPER_SMTP_URL") or "",
            mail_from=mail_from,
            shop_name=env.get("ORDERKEEPER_SHOP_NAME") or "Orderkeeper Shop",
            shop_url=env.get("ORDERKEEPER_SHOP_URL") or "https://shop.example",
            reply_to=env.get("ORDERKEEPER_REPLY_TO") or mail_from,
            actions=_actions(env.get("ORDERKEEPER_ACTIONS") or ""),
            stripe_key=stripe_key(env),
            webhook_secrets=webhook_secrets(env),
            easypost_key=easypost_key(env),
            easypost_secrets=signing_secrets(env, "ORDERKEEPER_EASYPOST_WEBHOOK_SECRETS"),
            secrets={name: value for name, value in env.items() if OF_ONE.fullmatch(name)},
            take_at_once=_yes_or_no(env, "ORDERKEEPER_TAKE_AT_ONCE"),
            simulated_fees=_yes_or_no(env, "ORDERKEEPER_SIMULATED_FEES"),
            page_url=env.get("ORDERKEEPER_PAGE_URL") or "",
            temporal_ui=_address(env, "ORDERKEEPER_TEMPORAL_UI"),
            keys=own_keys(env),
            zone=_zone(env.get("ORDERKEEPER_ZONE") or ""),
            report_at=_time(env.get("ORDERKEEPER_REPORT_AT") or "06:00"),
            report_to=env.get("ORDERKEEPER_REPORT_TO") or "",
            parcel_mails=_yes_or_no(env, "ORDERKEEPER_PARCEL_MAILS", "yes"),
            invoice_series=_series(env, "ORDERKEEPER_INVOICE_SERIES", "INV-{year}-"),
            credit_series=_series(env, "ORDERKEEPER_CREDIT_SERIES", "CN-{year}-"),
        )


def _series(env: Mapping[str, str], name: str, usual: str) -> str:
    """:raises SettingsRefused: what no number can begin with."""
    said = env.get(name) or usual
    if not SERIES.fullmatch(said.replace("{year}", "2026")):
        raise SettingsRefused(f"{name} is up to 30 letters, digits, and . _ / -, such as {usual}.")
    return said


def _actions(place: str) -> str:
    """A file's full path, so that every process finds it; a module's name as it is."""
    return str(Path(place).resolve()) if place.endswith(".py") else place


def _address(env: Mapping[str, str], name: str) -> str:
    """:raises SettingsRefused: no address of pages in a browser."""
    said = (env.get(name) or "").rstrip("/")
    if said and not said.startswith(("https://", "http://")):
        raise SettingsRefused(f"{name}: {said!r} is not an address such as https://temporal.shop.example.")
    return said


def _zone(name: str) -> str:
    """:raises SettingsRefused: there is no such time zone."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsRefused(
            f"ORDERKEEPER_ZONE: {name!r} is no time zone such as Europe/Berlin."
        ) from error


def _time(text: str) -> str:
    """:raises SettingsRefused: neither a time of day nor `never`."""
    if text != NEVER and not TIME.fullmatch(text):
        raise SettingsRefused(f"ORDERKEEPER_REPORT_AT: {text!r} is neither a time such as 06:00 nor never.")
    return text


def _yes_or_no(env: Mapping[str, str], name: str, usual: str = "no") -> bool:
    """:raises SettingsRefused: neither of them."""
    said = env.get(name) or usual
    if said not in ("yes", "no"):
        raise SettingsRefused(f"{name} is yes or no.")
    return said == "yes"
