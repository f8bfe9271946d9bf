"""
What has to be read again, and by nobody else: kept in the database under a key that is not in it.

Standard library only: a keystream of HMAC-SHA256 over a fresh nonce, then a signature over all of it.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from domain.errors import SettingsRefused
from domain.link import derived

VERSION = "v1."
NONCE, SIGNATURE = 16, 32


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
        key, nonce, plain = self.keys[0], secrets.token_bytes(NONCE), text.encode()
        hidden = _mixed(key, nonce, plain)
        whole = nonce + hidden + _sealed(key, about, nonce + hidden)
        return VERSION + urlsafe_b64encode(whole).decode()

    def open(self, locked: str, about: str) -> str:
        """What was locked; empty when it was under another key, about another thing, or altered."""
        try:
            whole = urlsafe_b64decode(locked.removeprefix(VERSION))
        except (Error, ValueError):
            return ""
        kept, signature = whole[:-SIGNATURE], whole[-SIGNATURE:]
        for key in self.keys if locked.startswith(VERSION) else ():
            if hmac.compare_digest(_sealed(key, about, kept), signature):
                return _mixed(key, kept[:NONCE], kept[NONCE:]).decode()
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


def _mixed(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """Hidden, or found again: the same thing twice is nothing."""
    stream = b""
    for n in count():
        if len(stream) >= len(text):
            break
        stream += hmac.digest(derived(key, "safe"), nonce + n.to_bytes(4, "big"), "sha256")
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _sealed(key: bytes, about: str, kept: bytes) -> bytes:
    told = len(about.encode()).to_bytes(4, "big") + about.encode() + kept
    return hmac.digest(derived(key, "safe seal"), told, "sha256")
