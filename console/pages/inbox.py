"""The inbox: what is to be done, in the order it should be done, one list per role."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from starlette.responses import Response

from console import paper
from console.forms import form_id, page_number, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import back_to, told
from console.pulse import word
from domain.act import ActResult, Outcome
from domain.errors import ActRefused, BadInput, NotFound, Refused
from domain.inbox import InboxQuery, Tally
from domain.view import TaskView
from starter.who import Who

MOST_AT_ONCE = 100
A_SCREENFUL = 50
LAST_PAGE = 200
# Others claim at the same time: of so many at the top one is free yet.
AT_THE_TOP = 20


@dataclass(frozen=True, slots=True)
class Row:
    """How one of several answers went."""

    task: TaskView
    result: ActResult


def inbox(request: Request, role: str = "", act: str = "", nothing: str = "", page: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    _check_role(who, role)
    beat = word(house.desk.inbox_beat())  # before the look: what comes between is shown once more
    n, now = page_number(page, LAST_PAGE), house.clock()
    tabs = _tabs(who, house.desk.tallies(who.lists, now), role)
    many = sum(tab.open for tab in tabs if role in ("", tab.role))
    query = InboxQuery(_asked(who, role), limit=A_SCREENFUL, skip=(n - 1) * A_SCREENFUL)
    tasks = house.desk.inbox(query, now)
    return paper.page(
        request,
        "inbox.html",
        tasks=tasks,
        many=many,
        first=query.skip + 1,
        before=_link(role, n - 1) if n > 1 else "",
        after=_link(role, n + 1) if many > query.skip + len(tasks) and n < LAST_PAGE else "",
        here=_link(role, n),
        tabs=tabs,
        role=role,
        told=told(house, who, act),
        nothing=bool(nothing),
        scanned=any(task.scan for task in tasks),
        quick=_quick(tasks),
        live="/live/inbox",
        beat=beat,
    )


async def next_(request: Request) -> Response:
    """Claim the first task that nobody holds, and go there."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    role = text(sent, "role")
    _check_role(who, role)
    taken = await take_first(house, who, InboxQuery(_asked(who, role)))
    if taken:
        return back_to(f"/tasks/{taken}", text(sent, "act"))
    return back_to("/inbox", role=role, nothing="1")


async def take_first(house: House, who: Who, query: InboxQuery) -> str:
    """Claim the first of these tasks that nobody else holds; empty when there is none."""
    free = replace(query, free_for=who.name, limit=AT_THE_TOP)
    for task in await asyncio.to_thread(house.desk.inbox, free, house.clock()):
        try:
            await asyncio.to_thread(house.desk.claim, task.id, who.name, house.clock())
        except (ActRefused, NotFound):  # somebody was quicker
            continue
        return task.id
    return ""


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
    return paper.page(request, "answers.html", rows=[row for row in rows if row], role=text(sent, "role"))


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


def task_for(house: House, who: Who, id: str) -> TaskView:
    """:raises NotFound: there is none, or none of one's lists."""
    task = house.desk.task(id)
    if task.role not in who.lists:
        raise NotFound(f"There is no task {id}.")
    return task


def _asked(who: Who, role: str) -> tuple[str, ...]:
    return (role,) if role else who.lists


def _tabs(who: Who, found: Sequence[Tally], role: str) -> list[Tally]:
    """One's own lists, and of the others those with something on them."""
    known = {tally.role: tally for tally in found}
    shown = {*known, *who.account.roles, role}
    return [known.get(each, Tally(each, 0, 0)) for each in who.lists if each in shown]


def _link(role: str, n: int) -> str:
    kept = {"role": role, "page": str(n) if n > 1 else ""}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"/inbox?{query}" if query else "/inbox"


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
