"""Pictures that stand within a page: the policy of the page lets their own styles in, by their hashes."""

import base64
import hashlib
import re

from console.shield import CSP

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def policy_of(*pictures: str) -> dict[str, str]:
    """The header of a page that holds these pictures, as SVG."""
    styles = (f"'sha256-{_digest(text)}'" for drawn in pictures for text in STYLE.findall(drawn))
    allowed = " ".join(["style-src 'self'", *dict.fromkeys(styles)])
    return {"content-security-policy": CSP.replace("style-src 'self'", allowed)}


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
