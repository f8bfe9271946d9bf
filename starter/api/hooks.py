"""
`POST /hooks/{kind}/{name}`: what a payment gateway, a carrier or a shop tells us by itself.

No session and no form: the message's signature is what lets it in. It is kept before its sender hears
that it came, and looked at by the worker.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from domain.errors import BadInput, Unavailable

PREFIX = "/hooks/"
MOST_BYTES = 256_000
JSON = "application/json"

log = logging.getLogger(__name__)


Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """
    Somebody whose messages are taken. `is_signed` is asked with the raw body, the headers and the time.

    `keep` says whether a message is new, or None for one that changes nothing here; it raises `BadInput`
    for what is none of theirs, and `Unavailable` when it has to be sent again. `most` is how many bytes one
    may have. `greets` is asked of what is no JSON: whether somebody only looks whether we are there.
    """

    name: str
    is_signed: Callable[[bytes, Headers, datetime], bool]
    keep: Callable[[bytes, Headers, datetime], bool | None]
    most: int = MOST_BYTES
    greets: Callable[[Headers], bool] = lambda _headers: False


@dataclass(frozen=True, slots=True)
class Doorstep:
    """
    `senders` are by kind and name, as in `payment/stripe`; one without a secret is not among them.
    `others` are those that may change while the door is open.
    """

    senders: Mapping[str, Sender]
    clock: Callable[[], datetime]
    others: Callable[[], Mapping[str, Sender]] = dict

    async def take(self, kind: str, name: str, request: Request) -> Response:
        whose = f"{kind}/{name}"
        sender = self.senders.get(whose) or (await asyncio.to_thread(self.others)).get(whose)
        if sender is None:
            return _said(404, "nobody of this name sends messages here")
        type_ = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if type_ != JSON or "content-encoding" in request.headers:
            if sender.greets(request.headers):
                return _said(200, "at your service")
            return _said(415, "plain JSON is taken")
        body = await _body(request, sender.most)
        if body is None:
            return _said(413, "too much")
        if not sender.is_signed(body, request.headers, self.clock()):
            log.warning("A message to /hooks/%s/%s was not signed, or not in time", kind, sender.name)
            return _said(400, f"not signed by {sender.name}, or not in time")
        return await self._keep(sender, body, request.headers)

    async def _keep(self, sender: Sender, body: bytes, headers: Headers) -> Response:
        try:
            new = await asyncio.to_thread(sender.keep, body, headers, self.clock())
        except BadInput as error:
            log.warning("A signed message of %s %s", sender.name, error)
            return _said(400, "cannot be read")
        except Unavailable as error:
            log.warning("%s %s sends its message again.", error, sender.name)
            return _said(503, "try again")
        if new is None:
            log.info("A message of %s changes nothing here", sender.name)
            return _said(200, "of no use here")
        return _said(200, "kept" if new else "kept before")


def create_hooks(doorstep: Doorstep) -> ASGIApp:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_api_route(
        f"{PREFIX}{{kind}}/{{name}}", doorstep.take, methods=["POST"], response_class=Response
    )
    return app


async def _body(request: Request, most: int) -> bytes | None:
    """The raw bytes; None when there are too many, whatever was announced."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > most:
            return None
    return bytes(taken)


def _said(status: int, text: str) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return PlainTextResponse(text, status, headers=headers)
