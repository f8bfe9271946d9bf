"""
`POST /hooks/payment/{gateway}`: what a payment gateway tells us by itself.

No session and no form: the message's signature is what lets it in. It is kept before the gateway hears
that it came, and looked at by the worker.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from domain.errors import BadInput, Unavailable
from domain.gateway_news import GatewayNews

PREFIX = "/hooks/"
MOST_BYTES = 256_000
SIGNATURE = "stripe-signature"
JSON = "application/json"

log = logging.getLogger(__name__)


class Mailbox(Protocol):
    def keep(self, news: GatewayNews, now: datetime) -> bool:
        """Keep a message; False when it was kept before."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """
    The gateway of this shop. `is_signed` is asked with the raw body, the header and the time; `read`
    answers None for what changes nothing here, and raises `BadInput` for what is none of its messages.
    """

    name: str
    is_signed: Callable[[bytes, str, datetime], bool]
    read: Callable[[bytes], GatewayNews | None]


@dataclass(frozen=True, slots=True)
class Doorstep:
    """`sender` is None where no secret is set: then no message is taken."""

    sender: Sender | None
    mailbox: Mailbox
    clock: Callable[[], datetime]

    async def payment(self, gateway: str, request: Request) -> Response:
        sender = self.sender
        if sender is None or gateway != sender.name:
            return _said(404, "no such gateway here")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON or "content-encoding" in request.headers:
            return _said(415, "plain JSON is taken")
        body = await _body(request)
        if body is None:
            return _said(413, "too much")
        if not sender.is_signed(body, request.headers.get(SIGNATURE, ""), self.clock()):
            log.warning("A message to /hooks/payment/%s was not signed, or not in time", sender.name)
            return _said(400, "not signed by the gateway, or not in time")
        return await self._keep(sender, body)

    async def _keep(self, sender: Sender, body: bytes) -> Response:
        try:
            news = sender.read(body)
            if news is None:
                log.info("A message of %s changes nothing here", sender.name)
                return _said(200, "of no use here")
            new = await asyncio.to_thread(self.mailbox.keep, news, self.clock())
        except BadInput as error:
            log.warning("A signed message of %s %s", sender.name, error)
            return _said(400, "cannot be read")
        except Unavailable as error:
            log.warning("%s The gateway sends its message again.", error)
            return _said(503, "try again")
        return _said(200, "kept" if new else "kept before")


def create_hooks(doorstep: Doorstep) -> ASGIApp:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_api_route(
        f"{PREFIX}payment/{{gateway}}", doorstep.payment, methods=["POST"], response_class=Response
    )
    return app


async def _body(request: Request) -> bytes | None:
    """The raw bytes; None when there are too many, whatever was announced."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MOST_BYTES:
            return None
    return bytes(taken)


def _said(status: int, text: str) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return PlainTextResponse(text, status, headers=headers)
