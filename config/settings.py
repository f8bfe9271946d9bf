"""What the environment says, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.secrets import stripe_key, webhook_secrets
from domain.errors import SettingsRefused

SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Settings:
    """
    `data` is the folder for everything this machine keeps; `config` the shop's own config folder.

    `take_at_once` takes the whole order with its first parcel, where the payment gateway takes what it
    holds only once; else the rest is held again.

    `actions` is a Python file, or an importable module, with actions of the shop's own; empty for none.

    `stripe_key` chooses Stripe as the payment gateway; without one it is simulated. What the gateway signs
    its messages with are `webhook_secrets`: with none, no message is taken.

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
    stripe_key: str = field(default="", repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def stripe_is_live(self) -> bool:
        """Whether real money moves."""
        return "_live_" in self.stripe_key

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
        }
        for name in sorted(env):
            if name.startswith("ORDERKEEPER_") and name not in known:
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
            take_at_once=_yes_or_no(env, "ORDERKEEPER_TAKE_AT_ONCE"),
        )


def _actions(place: str) -> str:
    """A file's full path, so that every process finds it; a module's name as it is."""
    return str(Path(place).resolve()) if place.endswith(".py") else place


def _yes_or_no(env: Mapping[str, str], name: str) -> bool:
    """:raises SettingsRefused: neither of them."""
    said = env.get(name) or "no"
    if said not in ("yes", "no"):
        raise SettingsRefused(f"{name} is yes or no.")
    return said == "yes"
