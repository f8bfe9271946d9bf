"""Secrets of the environment: from a variable or a file, never an example's value, never shown."""

import re
from collections.abc import Mapping
from pathlib import Path

from domain.errors import SettingsRefused

STRIPE_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{10,}")
SIGNING = re.compile(r"[!-~]{16,}")
# What stands in documentation and templates in the place of a secret.
EXAMPLES = (
    "example",
    "changeme",
    "change_me",
    "change-me",
    "your_",
    "yourkey",
    "your-",
    "secret_here",
    "123456789",
)
FILLING = re.compile(r"(.)\1{7}")
MOST_SECRETS = 2


def secret(env: Mapping[str, str], name: str) -> str:
    """
    The value of `name`, or the content of the file that `{name}_FILE` names; empty for neither.

    :raises SettingsRefused: both are set, the file cannot be read, or it is an example's.
    """
    value, file = env.get(name) or "", env.get(f"{name}_FILE") or ""
    if value and file:
        raise SettingsRefused(f"{name} and {name}_FILE are both set; set one of them.")
    if file:
        value = _read(name, file)
    value = value.strip()
    if any(each in value.lower() for each in EXAMPLES) or FILLING.search(value):
        raise SettingsRefused(f"{name} is an example's value; set your own.")
    return value


def stripe_key(env: Mapping[str, str]) -> str:
    """:raises SettingsRefused: it cannot be a secret key of Stripe's."""
    value = secret(env, "ORDERKEEPER_STRIPE_KEY")
    if value and not STRIPE_KEY.fullmatch(value):
        raise SettingsRefused("ORDERKEEPER_STRIPE_KEY is no secret key of Stripe's (sk_..., or rk_...).")
    return value


def webhook_secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    """
    One, or while they change two, that the gateway signs its messages with; none takes no messages.

    :raises SettingsRefused: more than two, or one that is too short to be a secret.
    """
    values = tuple(re.split(r"[\s,]+", secret(env, "ORDERKEEPER_WEBHOOK_SECRETS")))
    if values == ("",):
        return ()
    if len(values) > MOST_SECRETS:
        raise SettingsRefused("ORDERKEEPER_WEBHOOK_SECRETS takes one secret, or two while they change.")
    if not all(SIGNING.fullmatch(value) for value in values):
        raise SettingsRefused("ORDERKEEPER_WEBHOOK_SECRETS: a secret has at least 16 characters.")
    return values


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{name}_FILE: {file} cannot be read.") from error
