"""The inbox: what is to be done, in the order it should be done, one list per role."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.responses import Response

from console.forms import form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import back_to, told
from console.paper import page
from console.pulse import word
from domain.act import ActResult, Outcome
from domain.errors import ActRefused, BadInput, NotFound, Refused
from domain.view import TaskView
from starter.who import Who

MOST_AT_ONCE = 100
A_SCREENFUL = 200


@dataclass(frozen=True, slots=True)
class Row:
    """How one of several answers went."""

    task: TaskView
    result: ActResult


@dataclass(frozen=True, slots=True)
class Tab:
    role: str
    open: int
    late: int


def inbox(request: Request, role: str = "", act: str = "", nothing: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    _check_role(who, role)
    beat = word(house.desk.inbox_beat())  # before the look: what comes between is shown once more
    mine, now = tasks_of(house, who), house.now()
    tabs = [_tab(each, mine, house) for each in who.lists]
    listed = [task for task in mine if role in ("", task.role)]
    return page(
        request,
        "inbox.html",
        tasks=listed[:A_SCREENFUL],
        many=len(listed),
        tabs=[tab for tab in tabs if tab.open or tab.role in who.account.roles or tab.role == role],
        role=role,
        told=told(house, who, act),
        nothing=bool(nothing),
        scanned=any(task.scan for task in listed),
        quick=_quick(listed[:A_SCREENFUL]),
        late=[task for task in listed if task.due and task.due < now],
        live="/live/inbox",
        beat=beat,
    )


async def next_(request: Request) -> Response:
    """Claim the first task that nobody holds, and go there."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    role = text(sent, "role")
    _check_role(who, role)
    for task in await asyncio.to_thread(tasks_of, house, who):
        if role not in ("", task.role) or task.claimed_by not in ("", who.name):
            continue
        try:
            await asyncio.to_thread(house.desk.claim, task.id, who.name, house.clock())
        except (ActRefused, NotFound):  # somebody was quicker
            continue
        return back_to(f"/tasks/{task.id}", text(sent, "act"))
    return back_to("/inbox", role=role, nothing="1")


async def answers(request: Request) -> Response:
    """One answer for several tasks, and a word about each."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    form, answer = form_id(sent), text(sent, "answer")
    chosen = list(dict.fromkeys(str(each) for each in sent.getlist("task")))
    if not chosen or not answer:
        raise BadInput("Choose tasks, and an answer for them")
    if len(chosen) > MOST_AT_ONCE:
        raise BadInput(f"No more than {MOST_AT_ONCE} at once")
    rows = [await _answer(house, who, id, answer, f"{form}-{id}"[:200]) for id in chosen]
    return page(request, "answers.html", rows=[row for row in rows if row], role=text(sent, "role"))


async def _answer(house: House, who: Who, id: str, answer: str, form: str) -> Row | None:
    try:
        task = await asyncio.to_thread(task_for, house, who, id)
    except NotFound:
        return None
    try:
        person = who.answering(task.role)
        return Row(task, await house.orders.answer(id, answer, {}, person, id=form))
    except Refused as error:
        return Row(task, ActResult(Outcome.REFUSED, str(error)))


def tasks_of(house: House, who: Who) -> Sequence[TaskView]:
    """The open tasks of one's lists, as the books sort them."""
    return [task for task in house.desk.tasks("", house.clock()) if task.role in who.lists]


def task_for(house: House, who: Who, id: str) -> TaskView:
    """:raises NotFound: there is none, or none of one's lists."""
    task = house.desk.task(id)
    if task.role not in who.lists:
        raise NotFound(f"There is no task {id}.")
    return task


def _tab(role: str, tasks: Sequence[TaskView], house: House) -> Tab:
    now = house.clock()
    own = [task for task in tasks if task.role == role]
    return Tab(role, len(own), len([task for task in own if task.due and task.due < now]))


def _quick(tasks: Sequence[TaskView]) -> dict[str, str]:
    """Answers that need no fields, and so may be given to several tasks at once."""
    return {
        option.name: option.label
        for task in tasks
        for option in task.answers
        if not option.needs and not task.not_same_person_as
    }


def _check_role(who: Who, role: str) -> None:
    if role and role not in who.lists:
        raise HTTPException(404)
