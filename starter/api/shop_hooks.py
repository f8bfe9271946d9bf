"""
`POST /hooks/shopify/{shop}` and `POST /hooks/woocommerce/{shop}`: what web shops tell us by themselves.

The signature over the very bytes lets a message in, and it is a row before the shop hears that it came.
Neither the topic nor the id beside it is signed: what a message asks for is read from its body alone, and
another body under an id that came before is another message.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.web_shop import MessageState, ShopMessage, ShopSystem, WebShop
from starter.api.hooks import Headers, Sender

MOST_BYTES = 2_000_000
UNPRINTABLE = re.compile(r"[^!-~]+")
LONGEST = 120
FORM = "application/x-www-form-urlencoded"


class Letterbox(Protocol):
    def keep(self, message: ShopMessage) -> bool:
        """Keep a message, to be looked at now; False when it was kept before."""
        ...


@dataclass(frozen=True, slots=True)
class Names:
    """The headers of a system, and the first words of the topics that matter here."""

    signature: str
    topic: str
    id: str
    subjects: tuple[str, ...]


NAMES = {
    ShopSystem.SHOPIFY: Names(
        "x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-webhook-id", ("orders", "refunds", "")
    ),
    ShopSystem.WOOCOMMERCE: Names(
        "x-wc-webhook-signature", "x-wc-webhook-topic", "x-wc-webhook-delivery-id", ("order", "")
    ),
}


def shop_sender(shop: WebShop, secrets: Sequence[str], letterbox: Letterbox) -> tuple[str, Sender]:
    """`secrets` are two while they change, and never none."""
    names = NAMES[shop.system]

    def signed(body: bytes, headers: Headers, _at: datetime) -> bool:
        return is_signed(body, headers.get(names.signature, ""), secrets)

    def keep(body: bytes, headers: Headers, at: datetime) -> bool | None:
        topic = _plain(headers.get(names.topic, ""))
        if re.split(r"[/.]", topic)[0] not in names.subjects:
            return None
        id = f"{shop.name}:{_plain(headers.get(names.id, ''))}:{hashlib.sha256(body).hexdigest()[:16]}"
        kept = ShopMessage(id, shop.name, shop.system, topic, as_text(body), MessageState.WAITING, at)
        return letterbox.keep(kept)

    def greets(headers: Headers) -> bool:
        """WooCommerce looks whether somebody is there before it lets a webhook be made."""
        form = headers.get("content-type", "").startswith(FORM)
        return form and shop.system == ShopSystem.WOOCOMMERCE and names.signature not in headers

    return f"{shop.system.value}/{shop.name}", Sender(shop.name, signed, keep, MOST_BYTES, greets)


def sign(body: bytes, secret: str) -> str:
    """The header that goes with `body`, as both systems write it."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(body: bytes, given: str, secrets: Sequence[str]) -> bool:
    """Whether one of `secrets` signed it; each is tried, so that the time it takes tells nothing."""
    fits = [hmac.compare_digest(sign(body, secret).encode(), given.encode()) for secret in secrets]
    return any(fits)


def as_text(body: bytes) -> str:
    """As it came; bytes that are no text, and that no database holds, are written out."""
    return body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def _plain(header: str) -> str:
    return UNPRINTABLE.sub("", header)[:LONGEST]
