"""Around every request: the right host, a bounded body, headers on every answer, no internals ever."""

import logging
from collections.abc import Callable, Iterable, Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.site import Site

# Ten thousand characters of text, each four bytes long and percent-encoded, and the fields beside it.
MOST_BYTES = 160_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"

log = logging.getLogger("console")
MUCH = "That is more than a form here takes."
PROBLEM = "console.problem"
Problem = Callable[[int, str, str], Response]


class TooLarge(Exception):
    """More came than was announced."""


class Shield:
    """
    `problem` makes the page for a status, with a sentence and the number under which it is logged. `more`
    are headers of this application's own.
    """

    def __init__(
        self, app: ASGIApp, site: Site, problem: Problem, more: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._site = site
        self._problem = problem
        strict = {"strict-transport-security": HSTS} if site.secure else {}
        self._own = HEADERS | strict | dict(more or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                message["headers"] = self._headers(scope["path"], message.get("headers", ()))
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        try:
            await self._app(scope, _bounded(receive), answer)
        except Exception as error:
            # The application has said so on a page of its own, unless it was in the middle of another.
            if not isinstance(error, TooLarge) and PROBLEM not in scope:
                log.exception("Problem at %s %s", scope["method"], scope["path"])
            if not begun:
                await self._problem(500, "", "")(scope, receive, answer)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get(b"host", "").lower() not in self._site.hosts:
            return self._problem(421, "These screens are reached under another address.", "")
        length = headers.get(b"content-length", "0")
        if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
            return self._problem(413, MUCH, "")
        return None

    def _headers(self, path: str, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        own = dict(self._own)
        if path.startswith("/static/"):
            own["cache-control"] = "no-cache"  # kept, and asked for by its mark
        said = list(given)
        named = {name.lower() for name, _ in said}
        return said + [(k.encode(), v.encode()) for k, v in own.items() if k.encode() not in named]


def _bounded(receive: Receive) -> Receive:
    """What comes in, as long as it is not too much of it, whatever its header said."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise TooLarge
        return message

    return limited
