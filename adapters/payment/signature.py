"""Whether a message is the gateway's: signed over its very bytes, and not long ago."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

SIGNATURE = "stripe-signature"  # the header
TOLERANCE = timedelta(seconds=300)
MOST_SIGNATURES = 10


def sign(body: bytes, secret: str, at: datetime) -> str:
    """The header that goes with `body`."""
    when = str(int(at.timestamp()))
    return f"t={when},v1={_digest(when, body, secret)}"


def is_signed(body: bytes, header: str, secrets: Sequence[str], now: datetime) -> bool:
    """
    Whether one of `secrets` signed it, within five minutes of now, before or after.

    A header may carry several signatures: while a secret changes, the gateway signs with both.
    """
    parts = [part.strip().partition("=") for part in header.split(",")[: MOST_SIGNATURES + 1]]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if (
        len(times) != 1
        or not times[0].isascii()
        or not times[0].isdecimal()
        or len(times[0]) > len("9999999999")
    ):
        return False
    if abs(now.timestamp() - int(times[0])) > TOLERANCE.total_seconds():
        return False
    wanted = [_digest(times[0], body, secret).encode() for secret in secrets]
    # Every pair is looked at, so that the time it takes tells nothing.
    fits = [hmac.compare_digest(each.encode(), digest) for each in given for digest in wanted]
    return any(fits)


def _digest(when: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), when.encode() + b"." + body, sha256).hexdigest()
