"""Books, orders, customers and stock over HTTP, as `orders export` hands them out."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from starter.api.desk import counter_of
from starter.api.policy import who_of
from starter.exports.office import MEDIA, Export, Wanted

Word = Annotated[str, Query(max_length=40)]
FOUND: dict[str, Any] = {
    "description": "The table, as it is read from the books",
    "content": {media.partition(";")[0]: {} for media in MEDIA.values()},
}


async def export(
    request: Request, what: str, since: Word = "", until: Word = "", format: Word = ""
) -> Response:
    """
    `journal`, `orders`, `lines`, `customers` or `stock` of whole days in the shop's time zone, as `csv`,
    `jsonl`, or, the journal alone, `beancount`. Who had it stands in the audit log.
    """
    who, counter = who_of(request), counter_of(request)
    wanted, person = Wanted(what, format, since, until), who.acting("export")
    return sent(await asyncio.to_thread(counter.exports.export, wanted, person))


def sent(made: Export) -> Response:
    """As a file, piece by piece."""
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(_bytes(made.text), media_type=made.media, headers=headers)


def _bytes(text: Iterator[str]) -> Iterator[bytes]:
    return (piece.encode() for piece in text)
