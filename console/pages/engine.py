"""What the engine wrote down of one order, decoded: for engineers, and read only when they ask."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from console.house import house_of
from console.paper import page
from domain.errors import NotFound, TemporalUnavailable

# More is read in Temporal's own screens, or with `orders show --history`.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    at: str
    type: str
    plain: str


async def history(request: Request, number: str, part: str = "") -> Response:
    """:raises NotFound: no such order, or no such return of it."""
    house = house_of(request)
    view = await asyncio.to_thread(house.desk.show, number)
    subjects = [view.row.number, *(each.id for each in view.returns)]
    subject = part or number
    if subject not in subjects:
        raise NotFound(f"There is no return {part} of order {number}.")
    events: list[dict[str, Any]] = []
    error, status = "", 200
    try:
        events = await house.engine.history(subject)
    except NotFound as told:
        error = f"{told} It has not begun yet, or what was kept of it is past its time."
    except TemporalUnavailable as told:
        error, status = (
            f"{told} The order's own timeline is whole all the same; come back to this later.",
            503,
        )
    return page(
        request,
        "history.html",
        status=status,
        number=number,
        part=subject,
        parts=subjects,
        events=[_told(event) for event in events[:MOST]],
        left=max(len(events) - MOST, 0),
        link=house.engine.link(subject),
        error=error,
    )


def _told(event: dict[str, Any]) -> Event:
    words = str(event["type"]).replace("_", " ")
    plain = json.dumps(event["attributes"], indent=1, ensure_ascii=False) if event["attributes"] else ""
    return Event(int(event["id"]), str(event["at"])[:23].replace("T", " "), words, plain)
