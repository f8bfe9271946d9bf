"""What a form has to bring along; only who has the cookie's secret can know it."""

import hashlib
import hmac


def csrf_of(secret: str) -> str:
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()
