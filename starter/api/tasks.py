"""Manual steps over HTTP: what there is to do, and what came of it."""

import asyncio

from fastapi import Request
from starlette.responses import Response

from domain.errors import BadInput, NotFound
from starter.api.desk import act_id, counter_of, fields, text
from starter.api.orders import acted, told, typed_fields
from starter.api.policy import who_of
from starter.cli import shapes


async def tasks(request: Request, role: str = "") -> Response:
    """Open tasks of the account's own lists, in the order they should be done."""
    who, counter = who_of(request), counter_of(request)
    if role and role not in who.lists:
        raise BadInput(f"{role!r} is none of this account's lists: {', '.join(who.lists)}", "role")
    found = await asyncio.to_thread(counter.desk.tasks, role, counter.clock())
    return told([shapes.task(task) for task in found if task.role in who.lists])


async def answer(request: Request, task: str) -> Response:
    """`answer`, the `fields` it needs, and a `reason`."""
    who, counter = who_of(request), counter_of(request)
    tree = await fields(request, "answer", "fields", "reason")
    view = await asyncio.to_thread(counter.desk.task, task)
    if view.role not in who.lists:
        raise NotFound(f"There is no task {task}.")
    person, id = who.answering(view.role), act_id(request, who)
    result = await counter.orders().answer(
        task, text(tree, "answer"), typed_fields(tree), person, id=id, reason=text(tree, "reason").strip()
    )
    return acted(id, result)
