"""Secrets of the environment: from a variable or a file, never an example's value, never shown."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from domain.errors import SettingsRefused

STRIPE_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{10,}")
EASYPOST_KEY = re.compile(r"EZ[AT]K[A-Za-z0-9]{10,}")
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
KEY = re.compile(r"[!-~]{32,}")
KEPT = "key"


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


def easypost_key(env: Mapping[str, str]) -> str:
    """:raises SettingsRefused: it cannot be an API key of EasyPost's."""
    value = secret(env, "ORDERKEEPER_EASYPOST_KEY")
    if value and not EASYPOST_KEY.fullmatch(value):
        raise SettingsRefused("ORDERKEEPER_EASYPOST_KEY is no API key of EasyPost's (EZAK..., or EZTK...).")
    return value


def webhook_secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    """
    One, or while they change two, that the gateway signs its messages with; none takes no messages.

    :raises SettingsRefused: more than two, or one that is too short to be a secret.
    """
    return signing_secrets(env, "ORDERKEEPER_WEBHOOK_SECRETS")


def signing_secrets(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """
    None, one, or while they change two, under one name.

    :raises SettingsRefused: more than two, or one that is too short to be a secret.
    """
    values = tuple(re.split(r"[\s,]+", secret(env, name)))
    if values == ("",):
        return ()
    if len(values) > MOST_SECRETS:
        raise SettingsRefused(f"{name} takes one secret, or two while they change.")
    if not all(SIGNING.fullmatch(value) for value in values):
        raise SettingsRefused(f"{name}: a secret has at least 16 characters.")
    return values


def own_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    """
    What the shop signs and encrypts with: the first makes, all are taken. None stands for the one that is
    kept in the data folder.

    :raises SettingsRefused: more than two, or one that is too short to be a key.
    """
    values = tuple(re.split(r"[\s,]+", secret(env, "ORDERKEEPER_KEYS")))
    if values == ("",):
        return ()
    if len(values) > MOST_SECRETS or not all(KEY.fullmatch(value) for value in values):
        raise SettingsRefused("ORDERKEEPER_KEYS takes one key of at least 32 characters, or two.")
    return values


def keys_of(keys: Sequence[str], data: Path) -> tuple[bytes, ...]:
    """
    `keys`, or the one kept in the data folder, which is made there when it is first asked for.

    :raises SettingsRefused: it cannot be made or read, or is none.
    """
    return tuple(key.encode() for key in keys) or (_kept(data / KEPT),)


def _kept(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{file} cannot be made or read.") from error
    if not KEY.fullmatch(key):
        raise SettingsRefused(f"{file} is no key of ours: at least 32 characters. Move it away.")
    return key.encode()


def _make(file: Path) -> None:
    """Whole or not at all; of two who begin at once, the first one's stands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    mine = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(secrets.token_hex(32))
    with suppress(FileExistsError):
        file.hardlink_to(mine)
    mine.unlink()


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{name}_FILE: {file} cannot be read.") from error
