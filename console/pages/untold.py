"""What others were to be told of orders and did not take: told again, or let go."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from console.forms import text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import Told, back_to
from console.paper import page
from domain.act import ActResult, Outcome
from domain.errors import Refused
from domain.order_event import Delivery
from starter.shops.quarantine import reason
from starter.shops.untold import is_told

SOME, MOST_AT_ONCE = 20, 100
SAID = {
    "retried": "It is being told again.",
    "let-go": "Let go: nobody is told of it any more.",
}


@dataclass(frozen=True, slots=True)
class Deaf:
    """Somebody who did not take it; `told` is whether they are written down still."""

    target: str
    many: int
    some: Sequence[Delivery]
    told: bool


@dataclass(frozen=True, slots=True)
class Row:
    delivery: Delivery
    result: ActResult


def untold(request: Request, done: str = "") -> Response:
    return _page(request, told=Told(SAID[done], "good") if done in SAID else None)


async def retry(request: Request) -> Response:
    """One, or with no event all of one who is told: how each went."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    target, event = text(sent, "target"), text(sent, "event")
    if not event:
        return await asyncio.to_thread(_retry_all, request, house, target, who.name)
    try:
        await asyncio.to_thread(house.untold.retry, event, target, who.name, house.clock())
    except Refused as error:
        return await asyncio.to_thread(_page, request, error=str(error))
    return back_to("/not-told", done="retried")


async def let_go(request: Request) -> Response:
    """One, or with no event all of one who is told."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    target, event = text(sent, "target"), text(sent, "event")
    try:
        why = reason(text(sent, "reason"))
        await asyncio.to_thread(house.untold.let_go, target, event, why, who.name, house.clock())
    except Refused as error:
        return await asyncio.to_thread(_page, request, error=str(error))
    return back_to("/not-told", done="let-go")


def _retry_all(request: Request, house: House, target: str, by: str) -> Response:
    many = house.untold.how_many_given_up(target)
    if not many:
        return _page(request, error="It is over: nothing of it is given up any more.")
    first = house.untold.given_up(MOST_AT_ONCE, target, oldest_first=True)
    rows = [_retry(house, each, by) for each in first]
    return page(request, "retold.html", target=target, rows=rows, left=many - len(rows))


def _retry(house: House, delivery: Delivery, by: str) -> Row:
    try:
        house.untold.retry(delivery.event.id, delivery.target, by, house.clock())
    except Refused as error:
        return Row(delivery, ActResult(Outcome.REFUSED, str(error)))
    return Row(delivery, ActResult(Outcome.DONE, "being told again"))


def _page(request: Request, *, error: str = "", told: Told | None = None) -> Response:
    house = house_of(request)
    shop = house.shop()
    deaf = [
        Deaf(target, many, house.untold.given_up(SOME, target), is_told(shop, target))
        for target, many in sorted(house.untold.count_given_up().items())
    ]
    return page(request, "untold.html", status=409 if error else 200, deaf=deaf, error=error, told=told)
