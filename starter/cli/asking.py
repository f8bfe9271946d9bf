"""Asking something of the shop from a command, and telling how it went."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from domain.act import ActResult, Outcome
from domain.errors import Refused
from starter.cli import shapes
from starter.cli.saying import complain, emit, one_line, say
from starter.cli.shop import OpenShop, open_shop, settings_here

T = TypeVar("T")
Work = Callable[[OpenShop], Awaitable[T]]


def at_shop(work: Work[T], *, connected: bool = False) -> T:
    """What `work` answers, done at the shop of this environment."""

    async def there() -> T:
        async with open_shop(settings_here(), connected=connected) as shop:
            return await work(shop)

    return asyncio.run(there())


def read(look: Callable[[OpenShop], T]) -> T:
    """What a look into our own books answers; Temporal is not needed."""

    async def there(shop: OpenShop) -> T:
        return await asyncio.to_thread(look, shop)

    return at_shop(there)


def new_id() -> str:
    return uuid.uuid4().hex


def act(ask: Work[ActResult], id: str, *, as_json: bool) -> None:
    """
    Do an act and say how it went: done, kept, or, with exit code 1, refused.

    :raises OrderError: it was not even recorded.
    """
    try:
        result = at_shop(ask, connected=True)
    except Refused as error:
        if as_json:
            emit(shapes.outcome("act", id, ActResult(Outcome.REFUSED, one_line(str(error)))))
        raise
    if as_json:
        emit(shapes.outcome("act", id, result))
    tell(result, quiet=as_json)


def opened(ask: Work[tuple[str, ActResult]], what: str, heading: str, *, as_json: bool) -> None:
    """
    Open a return, or what is one in all but name (`what`), and say its id and how it went.

    :raises OrderError: it was not even recorded.
    """
    try:
        id, result = at_shop(ask, connected=True)
    except Refused as error:
        if as_json:
            emit(shapes.outcome(what, "", ActResult(Outcome.REFUSED, one_line(str(error)))))
        raise
    if as_json:
        emit(shapes.outcome(what, id, result))
    else:
        say(heading.format(id))
    tell(result, quiet=as_json)


def tell(result: ActResult, *, quiet: bool) -> None:
    """In words; `quiet` ones only complain. :raises typer.Exit: it was refused."""
    if result.outcome == Outcome.REFUSED:
        complain(result.why)
        raise typer.Exit(1)
    if not quiet:
        say(wording(result), "green" if result.outcome == Outcome.DONE else "yellow")


def wording(result: ActResult) -> str:
    """`done`, `kept: ...` or `refused: ...`."""
    why = result.why.removeprefix("Kept; ")
    return f"{result.outcome.value}: {why}" if why else result.outcome.value
