"""Word that something is new: the page then looks again by itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import HTTPException, Request
from starlette.responses import Response, StreamingResponse

from console.gate import SESSION
from console.house import House, house_of, who_of

LOOK_SECONDS = 1.5
# So often a line goes out even when nothing is new, and the session is looked at.
ALIVE_LOOKS = 8
MOST_A_PERSON = 20

watching: Counter[str] = Counter()


async def inbox(request: Request, since: str = "") -> Response:
    return _stream(request, house_of(request).pulse.inbox, since)


async def order(request: Request, number: str, since: str = "") -> Response:
    house = house_of(request)
    await asyncio.to_thread(house.book.placement, number)
    return _stream(request, lambda: house.pulse.order(number), since)


def _stream(request: Request, look: Callable[[], Awaitable[str]], since: str) -> Response:
    name = who_of(request).name
    if watching[name] >= MOST_A_PERSON:
        raise HTTPException(429, "So many pages of yours are open already that this one stays as it is.")
    last = request.headers.get("last-event-id", since)[:32]
    beats = _beats(request, look, last)
    return StreamingResponse(beats, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _beats(request: Request, look: Callable[[], Awaitable[str]], last: str) -> AsyncIterator[str]:
    house, name, looks = house_of(request), who_of(request).name, 0
    watching[name] += 1
    try:
        yield "retry: 3000\n\n"
        while not house.closing.is_set():
            beat = await look()
            if beat != last:
                last = beat
                yield f"id: {beat}\nevent: changed\ndata: {beat}\n\n"
            looks += 1
            if looks % ALIVE_LOOKS == 0:
                if not await _still_there(request, house):
                    yield "event: ended\ndata: 1\n\n"
                    return
                yield ": here\n\n"
            await _pause(house)
    finally:
        watching[name] -= 1


async def _still_there(request: Request, house: House) -> bool:
    secret = request.cookies.get(house.site.cookie(SESSION), "")
    return await asyncio.to_thread(house.accounts.visit, secret, quiet=True) is not None


async def _pause(house: House) -> None:
    try:
        await asyncio.wait_for(house.closing.wait(), LOOK_SECONDS)
    except TimeoutError:
        return
