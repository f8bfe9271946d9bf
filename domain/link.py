"""Links that only we can make: a page for whoever holds one, with no log-in and nothing to guess."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# 192 bits, and no padding.
BYTES = 24


class Purpose(StrEnum):
    """What a link opens; the code of one opens no other."""

    ORDER = "order"  # the customer's page of an order
    PAY = "pay"  # the page of the shop's own on which an order is paid anew
    UNSUBSCRIBE = "unsubscribe"  # no more of what nobody needs to know


@dataclass(frozen=True, slots=True)
class Links:
    """
    Signs with the first of `keys`, and takes the signatures of all: a key is changed by putting the new
    one before the old. `page` is where customers reach us, `shop` the shop itself; empty where nowhere.
    """

    keys: Sequence[bytes] = field(default=(), repr=False)
    page: str = ""
    shop: str = ""

    def code(self, purpose: Purpose, subject: str) -> str:
        """What nobody can guess who has not seen it; the same for the same subject."""
        return _signed(self.keys[0], purpose, subject)

    def fits(self, purpose: Purpose, subject: str, code: str) -> bool:
        """As slow for a code that is nearly right as for any other."""
        known = [_signed(key, purpose, subject) for key in self.keys]
        right = [hmac.compare_digest(each.encode(), code.encode()) for each in known]
        return any(right)

    def order(self, number: str) -> str:
        """The customer's page of an order; empty where customers cannot reach us."""
        return self._at(self.page, "order", Purpose.ORDER, number)

    def pay(self, number: str) -> str:
        return self._at(self.shop, "pay", Purpose.PAY, number)

    def unsubscribe(self, number: str) -> str:
        """Where the customer of an order ends marketing; empty where customers cannot reach us."""
        return self._at(self.page, "unsubscribe", Purpose.UNSUBSCRIBE, number)

    def _at(self, where: str, path: str, purpose: Purpose, subject: str) -> str:
        if not where or not self.keys:
            return ""
        return f"{where.rstrip('/')}/{path}/{subject}/{self.code(purpose, subject)}"


def derived(key: bytes, use: str) -> bytes:
    """A key of its own for each use, so that what is known of the one says nothing of another."""
    return hmac.digest(key, use.encode(), "sha256")


def _signed(key: bytes, purpose: Purpose, subject: str) -> str:
    # The purpose holds no line break, so that no subject can pass for a part of it.
    told = f"{purpose.value}\n{subject}".encode()
    return urlsafe_b64encode(hmac.digest(derived(key, "links"), told, "sha256")[:BYTES]).decode()
