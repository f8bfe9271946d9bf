"""What has stopped and asks for a person, alike troubles together, to be tried again at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from console.forms import form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import back_to, told
from console.paper import page
from console.pulse import word
from domain.act import ActResult, Outcome
from domain.errors import ActRefused, BadInput, Refused
from domain.trouble import Trouble
from domain.view import IncidentView
from starter.stuck import ENDING
from starter.who import Who

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Row:
    incident: IncidentView
    result: ActResult


def incidents(request: Request, act: str = "") -> Response:
    return _page(request, act=act)


async def retry_all(request: Request) -> Response:
    """Every incident of one trouble, and how each went."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    form, key = form_id(sent), text(sent, "trouble")
    found = await asyncio.to_thread(_of_trouble, house, key)
    if found is None:
        return await asyncio.to_thread(_page, request, error="It is over: nothing of it is open any more.")
    trouble, stopped = found
    rows = [await _retry(house, who, each, form) for each in stopped]
    return page(request, "retried.html", trouble=trouble, rows=rows, left=trouble.many - len(rows))


async def retry(request: Request, id: str) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    try:
        form = form_id(sent)
        await house.orders.retry(id, who.acting("retry"), id=form)
    except (BadInput, ActRefused) as error:
        return await asyncio.to_thread(_page, request, error=str(error))
    return back_to(_origin(text(sent, "from")), form)


async def skip(request: Request, id: str) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    incident = await asyncio.to_thread(house.desk.incident, id)
    try:
        form = form_id(sent)
        person = who.acting("skip", rather=incident.may_skip)
        await house.orders.skip(id, person, text(sent, "reason"), id=form)
    except (BadInput, ActRefused) as error:
        return await asyncio.to_thread(_page, request, error=str(error))
    return back_to(_origin(text(sent, "from")), form)


async def _retry(house: House, who: Who, incident: IncidentView, form: str) -> Row:
    try:
        id = f"{form}-{incident.id}"[:200]
        return Row(incident, await house.orders.retry(incident.id, who.acting("retry"), id=id))
    except Refused as error:
        return Row(incident, ActResult(Outcome.REFUSED, str(error)))


def _of_trouble(house: House, key: str) -> tuple[Trouble, Sequence[IncidentView]] | None:
    """The trouble under this key, and the most urgent of its incidents."""
    for trouble in house.desk.troubles(ENDING):
        if trouble.key == key:
            return trouble, house.desk.incidents_of(trouble, ENDING, MOST_AT_ONCE)
    return None


def _origin(path: str) -> str:
    """Back to the order it was pressed on, else to the list."""
    number = path.removeprefix("/orders/")
    return (
        path if path.startswith("/orders/") and "/" not in number and number.isprintable() else "/incidents"
    )


def _page(request: Request, *, error: str = "", act: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    beat = word(house.desk.inbox_beat())
    return page(
        request,
        "incidents.html",
        status=409 if error else 200,
        troubles=house.desk.troubles(ENDING),
        error=error,
        told=told(house, who, act),
        live="/live/inbox" if who.may("answer") else "",
        beat=beat,
    )
