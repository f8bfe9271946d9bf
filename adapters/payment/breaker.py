"""
A gateway that gives no answer is left alone for a while: its orders wait, and hold up nobody else's.

After a few calls in a row without an answer, calls are refused at once; then one is let through to see.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from adapters.payment.gateway import (
    Authorization,
    Capture,
    Failed,
    Gateway,
    GatewayError,
    Made,
    NoAnswer,
    NotYet,
    Refund,
)
from domain.money import Money
from domain.step import Call

FAILURES = 5
REST = timedelta(seconds=30)
# What says that it is not well; a no, or too many calls, are answers.
UNWELL = (NoAnswer, Failed)
Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class Breaker:
    """
    Implements `adapters.payment.gateway.Gateway` around another one; all calls may raise `NotYet`.

    `clock` is one that only goes forward, in seconds. `failures` in a row rest it for `rest`.
    """

    def __init__(
        self,
        gateway: Gateway,
        clock: Callable[[], float],
        *,
        failures: int = FAILURES,
        rest: timedelta = REST,
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._most = failures
        self._rest = rest.total_seconds()
        self._failed = 0
        self._until = 0.0

    @property
    def multi_capture(self) -> bool:
        return self._gateway.multi_capture

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for one now and then."""
        return self._failed >= self._most

    async def authorize(self, call: Call, key: str, amount: Money, token: str) -> Authorization:
        return await self._guarded(partial(self._gateway.authorize, call, key, amount, token))

    async def capture(self, call: Call, key: str, authorization: str, amount: Money) -> Capture:
        return await self._guarded(partial(self._gateway.capture, call, key, authorization, amount))

    async def void(self, call: Call, key: str, authorization: str) -> Authorization:
        return await self._guarded(partial(self._gateway.void, call, key, authorization))

    async def refund(self, call: Call, key: str, capture: str, amount: Money) -> Refund:
        return await self._guarded(partial(self._gateway.refund, call, key, capture, amount))

    async def adopt(self, call: Call, authorization: str, amount: Money, token: str) -> Authorization:
        return await self._guarded(partial(self._gateway.adopt, call, authorization, amount, token))

    async def adopt_payment(self, call: Call, payment: str, amount: Money, token: str) -> Capture:
        return await self._guarded(partial(self._gateway.adopt_payment, call, payment, amount, token))

    async def find(self, call: Call, key: str, about: str, since: datetime) -> Made | None:
        return await self._guarded(partial(self._gateway.find, call, key, about, since))

    async def held(self, call: Call, authorization: str) -> Authorization | None:
        return await self._guarded(partial(self._gateway.held, call, authorization))

    async def _guarded(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        if self.is_open:
            if self._clock() < self._until:
                raise NotYet("the gateway gives no answer, and is left alone for a while")
            # This one goes to see; the others wait until it is back.
            self._until = self._clock() + self._rest
        try:
            answer = await ask()
        except UNWELL:
            self._count()
            raise
        except GatewayError:
            self._well()
            raise
        self._well()
        return answer

    def _count(self) -> None:
        self._failed += 1
        if self.is_open:
            self._until = self._clock() + self._rest
        if self._failed == self._most:
            log.warning(
                "The payment gateway gave no answer %d times: it is asked once in %d s until it does",
                self._failed,
                self._rest,
            )

    def _well(self) -> None:
        if self.is_open:
            log.warning("The payment gateway answers again")
        self._failed = 0
