"""Whether a message is EasyPost's: signed over its very bytes."""

import hmac
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

SIGNATURE = "x-hmac-signature"  # the header
SCHEME = "hmac-sha256-hex="


def sign(body: bytes, secret: str) -> str:
    """The header that goes with `body`."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return SCHEME + hmac.new(key, body, sha256).hexdigest()


def is_signed(body: bytes, header: str, secrets: Sequence[str]) -> bool:
    """
    Whether one of `secrets` signed it. There is no time in it: what is sent again is kept once, and what is
    old changes nothing.
    """
    given = header.strip().encode()
    # Each is looked at, so that the time it takes tells nothing.
    fits = [hmac.compare_digest(given, sign(body, secret).encode()) for secret in secrets]
    return any(fits)
