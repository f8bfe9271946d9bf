"""A partner's own orders over HTTP: what is asked of them, and what they say. Nothing else is there."""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from domain.errors import BadInput
from domain.partner import PartnerDeed, PartnerState
from starter.api.desk import act_id, counter_of, fields, text
from starter.api.orders import acted, told
from starter.api.policy import who_of
from starter.cli import shapes
from starter.partnering import Partnering, Told

A_PAGE, MOST = 50, 200
ANSWERS = {"accepted": PartnerDeed.LET_GO, "refused": PartnerDeed.KEEP}


async def orders(
    request: Request,
    state: str = "",
    before: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = A_PAGE,
) -> Response:
    """Those of the account's own partner, the newest first; `before` an id of the last page."""
    who = who_of(request)
    if state and state not in tuple(PartnerState):
        raise BadInput(f"{state!r} is none of {', '.join(PartnerState)}", "state")
    states = [PartnerState(state)] if state else list(PartnerState)
    book = counter_of(request).partners
    found = await asyncio.to_thread(book.orders, who.partner, states, limit, before)
    return told([shapes.partner_order(each) for each in found])


async def order(request: Request, id: str) -> Response:
    """The address is there once it is accepted."""
    who = who_of(request)
    book = counter_of(request).partners
    return told(shapes.partner_order(await asyncio.to_thread(book.order, who.partner, id)))


async def accept(request: Request, id: str) -> Response:
    """We ship it."""
    return await _tell(request, id, PartnerDeed.ACCEPT)


async def reject(request: Request, id: str) -> Response:
    """We do not ship it, and `reason` is why."""
    return await _tell(request, id, PartnerDeed.REJECT, "reason")


async def pick(request: Request, id: str) -> Response:
    """It is picked and ships next: for those who keep the shop's own goods."""
    return await _tell(request, id, PartnerDeed.PICK)


async def ship(request: Request, id: str) -> Response:
    """It has left: `tracking`, and `carrier` where the number does not say whose it is."""
    return await _tell(request, id, PartnerDeed.SHIP, "tracking", "carrier")


async def cancel_answer(request: Request, id: str) -> Response:
    """Whether we let go what the shop wants back: `answer` is accepted or refused, and `reason` why."""
    tree = await fields(request, "answer", "reason")
    answer = text(tree, "answer")
    if answer not in ANSWERS:
        raise BadInput(f"{answer!r} is none of {', '.join(ANSWERS)}", "answer")
    return await _say(request, id, ANSWERS[answer], tree)


async def _tell(request: Request, id: str, deed: PartnerDeed, *names: str) -> Response:
    return await _say(request, id, deed, await fields(request, *names))


async def _say(request: Request, id: str, deed: PartnerDeed, tree: Mapping[str, Any]) -> Response:
    who, counter = who_of(request), counter_of(request)
    form = act_id(request, who) or uuid.uuid4().hex
    typed = Told(text(tree, "reason"), text(tree, "tracking"), text(tree, "carrier"))
    partnering = Partnering(counter.partners, counter.orders, counter.clock)
    return acted(form, await partnering.tell(who, id, deed, form, typed))
