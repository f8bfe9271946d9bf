"""The pack station: scan a parcel, scan its goods, scan what came of it; no mouse needed."""

import asyncio
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.responses import Response

from console.forms import fields, form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.inbox import take_first, task_for
from console.pages.told import back_to, told
from console.paper import page
from domain.act import Outcome
from domain.errors import ActRefused, BadInput, NotFound
from domain.inbox import InboxQuery
from domain.view import TaskView
from starter.who import Who

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """`many` is how many scans make it whole; goods by the metre are one scan."""

    sku: str
    quantity: str

    @property
    def many(self) -> int:
        return int(self.quantity) if self.quantity.isdecimal() else 1


def station(request: Request, code: str = "", act: str = "") -> Response:
    """Whatever is scanned here is a parcel, an order or a task."""
    house, who = house_of(request), who_of(request)
    scanned = code.strip()[:LONGEST]
    mine = InboxQuery(who.lists, scanned=True)
    found = house.desk.inbox(replace(mine, code=scanned), house.clock()) if scanned else []
    if len(found) == 1:
        return back_to(f"/pack/{found[0].id}")
    return page(
        request,
        "station.html",
        status=404 if scanned and not found else 200,
        scanned=scanned,
        found=found,
        left=house.desk.inbox_count(mine, house.clock()),
        told=told(house, who, act),
    )


def parcel(request: Request, task: str, act: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    return _page(request, _to_scan(house, who, task), act=act)


async def next_(request: Request) -> Response:
    """Claim the first parcel that nobody holds, and go there."""
    house, who = house_of(request), who_of(request)
    taken = await take_first(house, who, InboxQuery(who.lists, scanned=True))
    return back_to(f"/pack/{taken}" if taken else "/pack")


async def answer(request: Request, task: str) -> Response:
    """As on the task's own page; then the station waits for the next parcel."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    view = await asyncio.to_thread(_to_scan, house, who, task)
    name = text(sent, "answer")
    needs = next((option.needs for option in view.answers if option.name == name), {})
    try:
        form, person = form_id(sent), who.answering(view.role)
        result = await house.orders.answer(task, name, fields(sent, needs), person, id=form)
    except (BadInput, ActRefused) as error:
        again = await asyncio.to_thread(_to_scan, house, who, task)
        return await asyncio.to_thread(_page, request, again, error=str(error))
    return back_to(f"/pack/{task}" if result.outcome == Outcome.REFUSED else "/pack", form)


def _to_scan(house: House, who: Who, id: str) -> TaskView:
    """:raises NotFound: there is no such task, or nothing of it is scanned."""
    task = task_for(house, who, id)
    if not task.scan:
        raise NotFound(f"Nothing is scanned for {id}.")
    return task


def _page(request: Request, task: TaskView, *, error: str = "", act: str = "") -> Response:
    house, who, now = house_of(request), who_of(request), house_of(request).now()
    held = task.claimed_by if task.claimed_until and task.claimed_until > now else ""
    lines = [Line(str(line["sku"]), str(line["quantity"])) for line in task.show.get(task.scan) or ()]
    return page(
        request,
        "pack.html",
        status=409 if error else 200,
        task=task,
        lines=lines,
        told=told(house, who, act),
        error=error,
        holder="" if held == who.name else held,
    )
