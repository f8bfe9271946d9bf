"""
What has to be read again, and by nobody else: kept in the database under a key that is not in it.

AES-GCM with a fresh nonce each time.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import SettingsRefused
from domain.link import derived

VERSION = "v1."
NONCE = 12


@dataclass(frozen=True, slots=True)
class Safe:
    """Locks with the first of `keys`, and opens with any: so a key can be changed."""

    keys: Sequence[bytes] = field(default=(), repr=False)

    def lock(self, text: str, about: str) -> str:
        """
        Different each time; opened only for the same `about`, so that nobody moves it to another row.

        :raises SettingsRefused: there is no key here.
        """
        if not self.keys:
            raise SettingsRefused("There is no key here to keep a secret under.")
        nonce = secrets.token_bytes(NONCE)
        hidden = _cipher(self.keys[0]).encrypt(nonce, text.encode(), about.encode())
        return VERSION + urlsafe_b64encode(nonce + hidden).decode()

    def open(self, locked: str, about: str) -> str:
        """What was locked; empty when it was under another key, about another thing, or altered."""
        if not locked.startswith(VERSION):
            return ""
        try:
            whole = urlsafe_b64decode(locked.removeprefix(VERSION))
        except (Error, ValueError):
            return ""
        for key in self.keys:
            try:
                return _cipher(key).decrypt(whole[:NONCE], whole[NONCE:], about.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        return ""

    def pepper(self, text: str) -> str:
        """
        What a short text is hashed with: without the key, nobody tries out all there are.

        :raises SettingsRefused: there is no key here.
        """
        if not self.keys:
            raise SettingsRefused("There is no key here to keep a secret under.")
        return self.peppers(text)[0]

    def peppers(self, text: str) -> tuple[str, ...]:
        """The same under each of the keys."""
        own = (derived(key, "pepper") for key in self.keys)
        return tuple(hmac.new(key, text.encode(), "sha256").hexdigest() for key in own)


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derived(key, "safe"))
