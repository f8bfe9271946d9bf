"""
Bringing one question to the gateway until what became of it is known.

    what came back                           what is done
    an answer                                it counts
    Declined                                 final; the flow branches
    PerhapsDone                              read: done as asked counts, else a person looks
    Misused                                  our bug: stop
    NotYet                                   later, same key
    Failed (5xx, kept under the key)         read: done counts, not done takes the next key
    NoAnswer                                 later, same key while it is younger than 23 hours
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.database.payment.ledger import Ledger
from adapters.payment.gateway import (
    Declined,
    Failed,
    GatewayError,
    Misused,
    NoAnswer,
    NotYet,
    PerhapsDone,
)
from domain.attempt import Attempt, AttemptState
from domain.errors import AuthorizationExpired, GatewayUnavailable, PaymentDeclined, PaymentMisused
from domain.step import Call

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """
    `do` asks the gateway under an attempt's key. `look` reads whether that was done: None when surely
    not; AuthorizationExpired when that can no longer be. `if_declined` is for a clerk.
    """

    do: Callable[[Attempt], Awaitable[Answer]]
    look: Callable[[Attempt], Awaitable[Answer | None]]
    if_declined: str


class Teller:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def ask(self, call: Call, attempt: Attempt, question: Question[Answer]) -> tuple[Attempt, Answer]:
        """
        The answer, and the attempt that got it.

        :raises PaymentDeclined: a definite no; nothing was done.
        :raises PaymentMisused: a person must look at it.
        :raises GatewayUnavailable: not known yet; ask again.
        """
        if attempt.must_read(call):
            found = await self._look(call, attempt, question)
            if found is not None:
                return attempt, found
            attempt = await self._next(call, attempt)
        return await self._send(call, attempt, question)

    async def _send(
        self, call: Call, attempt: Attempt, question: Question[Answer]
    ) -> tuple[Attempt, Answer]:
        try:
            return attempt, await question.do(attempt)
        except Declined as error:
            await self._mark(attempt, AttemptState.REFUSED)
            raise PaymentDeclined(question.if_declined) from error
        except PerhapsDone as error:
            found = await self._look(call, attempt, question)
            if found is None:
                raise _another_state(call) from error
            return attempt, found
        except Failed as error:
            await self._mark(attempt, AttemptState.UNKNOWN)
            found = await self._look(call, attempt, question)
            if found is None:
                await self._mark(attempt, AttemptState.NOT_DONE)
                raise _no_answer(call) from error
            return attempt, found
        except GatewayError as error:
            raise our_error(call, error) from error

    async def _look(self, call: Call, attempt: Attempt, question: Question[Answer]) -> Answer | None:
        try:
            return await question.look(attempt)
        except AuthorizationExpired:
            await self._mark(attempt, AttemptState.NOT_DONE)
            raise
        except GatewayError as error:
            raise our_error(call, error) from error

    async def _next(self, call: Call, attempt: Attempt) -> Attempt:
        await self._mark(attempt, AttemptState.NOT_DONE)
        return await asyncio.to_thread(
            self._ledger.attempt, call, attempt.base, attempt.target, attempt.amount
        )

    async def _mark(self, attempt: Attempt, state: AttemptState) -> None:
        await asyncio.to_thread(self._ledger.mark, attempt, state)


def our_error(call: Call, error: GatewayError) -> GatewayUnavailable | PaymentMisused:
    """What an error means where no key was used, or none is to be given up."""
    if isinstance(error, NotYet | NoAnswer | Failed):
        return _no_answer(call)
    if isinstance(error, Misused):
        return PaymentMisused(
            f"The payment gateway refuses what we asked for order {call.order}: our key or amount is wrong."
        )
    return _another_state(call)


def _no_answer(call: Call) -> GatewayUnavailable:
    return GatewayUnavailable(f"The payment gateway gives no answer for order {call.order}; asking again.")


def _another_state(call: Call) -> PaymentMisused:
    return PaymentMisused(
        f"The payment gateway says something else of order {call.order} than our books; compare them there."
    )
