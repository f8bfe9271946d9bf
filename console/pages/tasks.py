"""One task: what it shows, its answers as buttons, and who holds it."""

import asyncio

from fastapi import Request
from starlette.responses import Response

from console.forms import fields, form_id, text
from console.gate import form_of
from console.house import house_of, who_of
from console.pages.inbox import task_for
from console.pages.told import back_to, told
from console.paper import page
from console.pulse import word
from console.words import is_money
from domain.act import Outcome
from domain.errors import ActRefused, BadInput
from domain.inbox import InboxQuery
from domain.view import TaskView


def task(request: Request, task: str, act: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    return _page(request, task_for(house, who, task), act=act)


async def claim(request: Request, task: str) -> Response:
    house, who = house_of(request), who_of(request)
    view = await asyncio.to_thread(task_for, house, who, task)
    try:
        await asyncio.to_thread(house.desk.claim, task, who.name, house.clock())
    except ActRefused as error:
        return await asyncio.to_thread(_page, request, view, str(error), 409)
    return back_to(f"/tasks/{task}")


async def renew(request: Request, task: str) -> Response:
    """The open page keeps the task for the person in front of it."""
    house, who = house_of(request), who_of(request)
    view = await asyncio.to_thread(task_for, house, who, task)
    if view.claimed_by != who.name:
        raise ActRefused(f"{view.title} of order {view.order} is no longer held by {who.name}.")
    await asyncio.to_thread(house.desk.claim, task, who.name, house.clock())
    return Response(status_code=204)


async def give_back(request: Request, task: str) -> Response:
    house, who = house_of(request), who_of(request)
    view = await asyncio.to_thread(task_for, house, who, task)
    try:
        await asyncio.to_thread(house.desk.give_back, task, who.name)
    except ActRefused as error:
        return await asyncio.to_thread(_page, request, view, str(error), 409)
    return back_to("/inbox", role=view.role)


async def take_over(request: Request, task: str) -> Response:
    """For leads; the order's timeline tells from whom."""
    house, who = house_of(request), who_of(request)
    await asyncio.to_thread(task_for, house, who, task)
    await asyncio.to_thread(house.desk.take_over, task, who.name, house.clock())
    return back_to(f"/tasks/{task}")


async def answer(request: Request, task: str) -> Response:
    """Once, however often it is sent; a second person is told who was first."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    view = await asyncio.to_thread(task_for, house, who, task)
    name = text(sent, "answer")
    try:
        needs = next((option.needs for option in view.answers if option.name == name), {})
        form, typed = form_id(sent), fields(sent, needs)
        reason = text(sent, "reason").strip()
        person = who.answering(view.role)
        result = await house.orders.answer(task, name, typed, person, id=form, reason=reason)
    except (BadInput, ActRefused) as error:
        again = await asyncio.to_thread(task_for, house, who, task)
        status = 422 if isinstance(error, BadInput) else 409
        return await asyncio.to_thread(_page, request, again, str(error), status, _typed(sent))
    if result.outcome == Outcome.REFUSED:
        return back_to(f"/tasks/{task}", form)
    return back_to("/inbox", form, role=text(sent, "list"))


def _typed(sent: object) -> dict[str, str]:
    """What was typed, to stand in the form again."""
    return {str(name): str(value) for name, value in getattr(sent, "items", dict)()}


def _page(
    request: Request,
    view: TaskView,
    error: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
    act: str = "",
) -> Response:
    house, who = house_of(request), who_of(request)
    now = house.now()
    held = view.claimed_by if view.claimed_until and view.claimed_until > now else ""
    waiting = house.desk.inbox_count(InboxQuery((view.role,)), house.clock())
    beat = word(house.desk.inbox_beat())
    return page(
        request,
        "task.html",
        status=status,
        task=view,
        holder=held,
        mine=held == who.name,
        currency=house.book.sold(view.order).order.currency if any(map(is_money, view.show)) else "",
        error=error,
        typed=typed or {},
        told=told(house, who, act),
        left=waiting - (view.closed_at is None),
        live="/live/inbox",
        beat=beat,
    )
