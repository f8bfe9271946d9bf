"""Asking again under one Idempotency-Key is asking once, and gets the answer of the first time."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from fastapi.responses import JSONResponse
from starlette.responses import Response

from domain.errors import BadInput, OrderError
from domain.keyed import Keyed

KEY = "idempotency-key"
REPLAYED = {"idempotent-replayed": "true", "cache-control": "no-store"}
LOCATION = "location"


class KeyedAnswers(Protocol):
    """Answers by the key they were asked under; they outlive the process."""

    def claim(self, key: str, digest: str, now: datetime) -> Keyed:
        """What stands under the key: a question of this digest, from now on, or the one asked before."""
        ...

    def answered(self, key: str, status: int, answer: dict[str, Any]) -> None: ...

    def give_up(self, key: str) -> None:
        """Nothing came of it: the key may be used for something else."""
        ...


async def once(
    answers: KeyedAnswers, key: str, asked: bytes, now: datetime, ask: Callable[[], Awaitable[Response]]
) -> Response:
    """
    What `ask` answers, or what it answered the first time. `asked` is all that matters of the question.

    What is asked has to be one thing however often it is done: two at once, and one whose answer was lost,
    are both done.

    :raises BadInput: under this key, something else was asked before.
    """
    if not key:
        return await ask()
    digest = hashlib.sha256(asked).hexdigest()
    stands = await asyncio.to_thread(answers.claim, key, digest, now)
    if stands.digest != digest:
        raise BadInput("was used for another request before: each takes a key of its own", KEY)
    if stands.status:
        said = dict(stands.answer)
        location = said.pop(LOCATION, "")
        headers = {**REPLAYED, **({LOCATION: location} if location else {})}
        return JSONResponse(said["body"], stands.status, headers)
    try:
        answer = await ask()
    except OrderError:
        await asyncio.to_thread(answers.give_up, key)
        raise
    kept = {"body": json.loads(bytes(answer.body)), **_location(answer.headers)}
    await asyncio.to_thread(answers.answered, key, answer.status_code, kept)
    return answer


def _location(headers: Mapping[str, str]) -> dict[str, str]:
    return {LOCATION: headers[LOCATION]} if LOCATION in headers else {}
