"""Stripe's own books, read through from an instant on: what `orders reconcile` holds ours against."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from adapters.payment.gateway import Fee, GatewayError, Made
from adapters.payment.stripe import objects
from adapters.payment.stripe.reading import CALL_SECONDS, PAGE, WHOLE, Reader
from domain.errors import GatewayUnavailable


class StripeRecords:
    """`url` is another place than Stripe's own, for tests."""

    def __init__(self, key: str, *, url: str = "", call_seconds: float = CALL_SECONDS) -> None:
        self._reader = Reader(key, url, call_seconds)

    async def close(self) -> None:
        """Let go the connections to Stripe."""
        await self._reader.close()

    async def made_since(self, since: datetime) -> list[Made]:
        """
        Holds, captures and refunds of orders of ours, made since then; a hundred to a page.

        :raises GatewayUnavailable: Stripe does not answer.
        """
        try:
            return [made async for made in self._made(since)]
        except GatewayError as error:
            raise GatewayUnavailable("Stripe does not answer: its books are not compared.") from error

    async def fees_since(self, since: datetime) -> list[Fee]:
        """
        What Stripe kept for itself since then, of whatever it was.

        :raises GatewayUnavailable: Stripe does not answer.
        """
        try:
            return await self._reader.fees_since(since)
        except GatewayError as error:
            raise GatewayUnavailable("Stripe does not answer: its fees are not compared.") from error

    async def _made(self, since: datetime) -> AsyncIterator[Made]:
        asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        intents = {**asked, "expand": [f"data.{name}" for name in WHOLE]}
        orders: dict[str, str] = {}  # charge -> the order it is of
        async for intent in self._all(self._reader.stripe.payment_intents, intents):
            if not objects.is_ours(intent) or not objects.was_held(intent):
                continue
            yield objects.authorization(intent)
            taken = objects.capture(intent, "")  # it carries the key of its hold
            if taken is not None:
                orders[taken.id] = taken.order
                yield taken
        async for made in self._all(self._reader.stripe.refunds, asked):
            charge = made.charge if isinstance(made.charge, str) else ""
            key, order = objects.key_of(made), objects.order_of(made) or orders.get(charge, "")
            if key or charge in orders:
                yield objects.refund(made, order, key, charge)

    async def _all(self, kind: Any, asked: Any) -> AsyncIterator[Any]:
        async with self._reader.asking():
            page = await kind.list_async(asked)
        while True:
            for each in page.data:
                yield each
            if not page.has_more:
                return
            async with self._reader.asking():
                page = await page.next_page_async()
