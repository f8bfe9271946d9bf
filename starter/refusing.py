"""Who was told no at the door, and why: the audit log knows of it, though nothing was recorded."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from domain.act import Act, ActKind, ActRecord
from domain.errors import ActRefused
from starter.starts import Starts

# What a task, an incident or a lane adds to its order's number.
ADDED = re.compile(r"(-[FR]\d+)?(\.[a-z][a-z0-9_]*(\.\d+)?)?\Z")

P = ParamSpec("P")
R = TypeVar("R", bound="Refusing")
T = TypeVar("T")
Ask = Callable[Concatenate[R, str, P], Coroutine[Any, Any, T]]


class Refusing(Starts):
    async def told_no(self, act: Act, by: str, role: str, why: str) -> None:
        """`target` of the act is an order, a task or an incident."""
        order = ADDED.sub("", act.target, count=1)
        record = ActRecord(act, order, by, role, "", self._clock())
        await asyncio.to_thread(self._book.refused, record, why)


def tells_refusals(kind: ActKind) -> Callable[[Ask[R, P, T]], Ask[R, P, T]]:
    """Of a method that takes a `person`, and what they ask something of."""

    def around(ask: Ask[R, P, T]) -> Ask[R, P, T]:
        takes = signature(ask)

        @wraps(ask)
        async def told(doors: R, subject: str, /, *args: P.args, **named: P.kwargs) -> T:
            try:
                return await ask(doors, subject, *args, **named)
            except ActRefused as error:
                given: dict[str, Any] = takes.bind(doors, subject, *args, **named).arguments
                act = Act(given.get("id") or subject, kind, target=subject)
                await doors.told_no(act, given["person"].name, given["person"].role, str(error))
                raise

        return told

    return around
