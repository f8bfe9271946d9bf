"""Pages are made one after another, and none waits long for one that takes long."""

import asyncio
from threading import Event

import pytest
from starlette.responses import PlainTextResponse, Response

from console.turn import Turn
from domain.errors import NotFound

HOURS = 9_999.0


class Slow:
    """A page that is being made until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = Event(), Event()

    def __call__(self) -> Response:
        self.begun.set()
        assert self.go.wait(60)
        return PlainTextResponse("slow")


def quick() -> Response:
    return PlainTextResponse("quick")


def missing() -> Response:
    raise NotFound("There is no order W1.")


async def test_a_page_is_begun_when_the_one_before_it_is_done():
    turn, first, second = Turn(HOURS), Slow(), Slow()
    one = asyncio.create_task(turn.taking(first)())
    await asyncio.to_thread(first.begun.wait)
    other = asyncio.create_task(turn.taking(second)())
    # A thread that was begun for it would be there by the time another one, begun later, has answered.
    await asyncio.to_thread(quick)
    assert not second.begun.is_set()

    first.go.set()
    second.go.set()
    assert [(await each).body for each in (one, other)] == [b"slow", b"slow"]


async def test_a_page_that_takes_long_is_passed_by_the_others():
    turn, report = Turn(patience=0), Slow()
    long = asyncio.create_task(turn.taking(report)())
    await asyncio.to_thread(report.begun.wait)
    assert (await turn.taking(quick)()).body == b"quick"
    assert not long.done()

    report.go.set()
    assert (await long).body == b"slow"


async def test_a_page_that_is_not_there_holds_nobody_up():
    turn = Turn(HOURS)
    with pytest.raises(NotFound):
        await turn.taking(missing)()
    assert (await turn.taking(quick)()).body == b"quick"
