"""The code of an authenticator app, six digits that change every half minute (RFC 6238)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

SECONDS, DIGITS, BYTES = 30, 6, 20
# A telephone's clock may be a little off.
STEPS_OFF = (0, -1, 1)


def new_secret() -> str:
    """160 bits, as apps take them."""
    return base64.b32encode(secrets.token_bytes(BYTES)).decode()


def address(secret: str, name: str, shop: str) -> str:
    """What an app reads from a link or a picture."""
    label, issuer = quote(f"{shop}:{name}"), quote(shop)
    return f"otpauth://totp/{label}?secret={secret}&issuer={issuer}"


def step_of(secret: str, typed: str, now: datetime, after: int) -> int:
    """The half minute that this code is of; nought for a wrong one, or one of `after` or before."""
    code = "".join(typed.split())
    here = int(now.timestamp()) // SECONDS
    fits = [
        here + off for off in STEPS_OFF if hmac.compare_digest(code_at(secret, here + off), code.encode())
    ]
    return max((step for step in fits if step > after), default=0)


def code_at(secret: str, step: int) -> bytes:
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        return b"no secret"
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}".encode()
