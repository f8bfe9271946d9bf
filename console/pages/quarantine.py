"""What shops told and nobody understood: looked at, mended, tried again, or discarded."""

import asyncio
import json

from fastapi import Request
from starlette.responses import Response

from console.forms import text
from console.gate import form_of
from console.house import house_of, who_of
from console.pages.told import Told, back_to
from console.paper import page
from domain.errors import Refused
from starter.shops.quarantine import mended, reason

A_SCREENFUL = 200
# Longer ones are mended with the command line.
MOST_TO_EDIT = 60_000
SAID = {
    "retried": "It is being looked at again.",
    "discarded": "Discarded: nothing comes of it.",
}


def quarantine(request: Request, done: str = "") -> Response:
    house = house_of(request)
    return page(
        request,
        "quarantine.html",
        messages=house.quarantine.quarantined(A_SCREENFUL),
        many=house.quarantine.count_quarantined(),
        told=Told(SAID[done], "good") if done in SAID else None,
    )


def message(request: Request, id: str) -> Response:
    """:raises NotFound: there is none."""
    return _message(request, id)


async def retry(request: Request, id: str) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    typed = text(sent, "body")
    try:
        body = mended(typed) if typed.strip() else ""
        before = (await asyncio.to_thread(house.quarantine.message, id)).body
        body = "" if _same(body, before) else body
        await asyncio.to_thread(house.quarantine.retry, id, body, who.name, house.clock())
    except Refused as error:
        return await asyncio.to_thread(_message, request, id, typed, str(error))
    return back_to("/quarantine", done="retried")


async def discard(request: Request, id: str) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    try:
        why = reason(text(sent, "reason"))
        await asyncio.to_thread(house.quarantine.discard, id, why, who.name, house.clock())
    except Refused as error:
        return await asyncio.to_thread(_message, request, id, "", str(error))
    return back_to("/quarantine", done="discarded")


def _message(request: Request, id: str, typed: str = "", error: str = "") -> Response:
    found = house_of(request).quarantine.message(id)
    return page(
        request,
        "message.html",
        status=422 if error else 200,
        message=found,
        body=typed or _laid_out(found.body),
        short=len(found.body) <= MOST_TO_EDIT,
        error=error,
    )


def _laid_out(body: str) -> str:
    """A line for each part, so that a person finds the one that is wrong."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _same(typed: str, body: str) -> bool:
    """Whether nothing was changed but how it is laid out."""
    return not typed or typed.strip() == _laid_out(body).strip()
