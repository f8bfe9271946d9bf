"""What Stripe has, read from it: holds, charges and refunds, each call bounded in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from stripe import Charge, PaymentIntent, StripeClient, StripeError

from adapters.payment.gateway import Authorization, Fee, NoAnswer, Refund
from adapters.payment.stripe import objects
from adapters.payment.stripe.errors import foreign_errors, is_missing
from adapters.payment.stripe.line import Line
from domain.attempt import KEY_IS_GOOD_FOR

# A step may need three calls: what it asks about, the asking, and a look when the answer was lost.
CALL_SECONDS = 8.0
# Their clock and the workflow's may differ.
SKEW = timedelta(minutes=10)
PAGE = 100
WHOLE = ["latest_charge"]


class Reader:
    """All of it raises `NotYet` and `NoAnswer`; `stripe` is the client, for those who ask for more."""

    def __init__(self, key: str, url: str = "", call_seconds: float = CALL_SECONDS) -> None:
        self._seconds = call_seconds
        self._line = Line(call_seconds)
        self.stripe = StripeClient(
            key,
            base_addresses={"api": url} if url else {},
            # A second try is Temporal's, so that each stands in the order's history.
            max_network_retries=0,
            http_client=self._line,
        ).v1

    async def close(self) -> None:
        await self._line.close_async()

    async def intent(self, id: str) -> PaymentIntent | None:
        async with self.asking():
            try:
                return await self.stripe.payment_intents.retrieve_async(id, {"expand": WHOLE})
            except StripeError as error:
                if is_missing(error):
                    return None
                raise

    async def charge(self, id: str) -> Charge | None:
        async with self.asking():
            try:
                return await self.stripe.charges.retrieve_async(id, {"expand": ["payment_intent"]})
            except StripeError as error:
                if is_missing(error):
                    return None
                raise

    async def hold_under(self, order: str, key: str, since: datetime) -> Authorization | None:
        """
        All holds made since are read through, a hundred at a time.

        Stripe's search knows new objects up to an hour late, so that it cannot show that one is not
        there; its lists are up to date.
        """
        async with self.asking():
            first = int((since - SKEW).timestamp())
            last = int((since + KEY_IS_GOOD_FOR + SKEW).timestamp())
            page = await self.stripe.payment_intents.list_async(
                {
                    "created": {"gte": first, "lte": last},
                    "limit": PAGE,
                    "expand": [f"data.{name}" for name in WHOLE],
                }
            )
        while True:
            async with self.asking():
                for intent in page.data:
                    if (objects.order_of(intent), objects.key_of(intent)) == (order, key):
                        return objects.authorization(intent) if objects.was_held(intent) else None
                if not page.has_more:
                    return None
                page = await page.next_page_async()

    async def refund_under(self, order: str, key: str, charge: str) -> Refund | None:
        async with self.asking():
            page = await self.stripe.refunds.list_async({"charge": charge, "limit": PAGE})
            async for made in page.auto_paging_iter():
                if objects.key_of(made) == key:
                    return objects.refund(made, order, key, charge)
        return None

    async def fees_since(self, since: datetime) -> list[Fee]:
        """What Stripe has kept for itself since then, of whatever it was, a hundred movements a page."""
        found: list[Fee] = []
        async with self.asking():
            page = await self.stripe.balance_transactions.list_async(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            )
        while True:
            found += [fee for fee in map(objects.fee, page.data) if fee is not None]
            if not page.has_more:
                return found
            async with self.asking():
                page = await page.next_page_async()

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """A bound on the whole of a call, however slowly its answer drips in."""
        async with foreign_errors():
            try:
                async with asyncio.timeout(self._seconds):
                    yield
            except TimeoutError as error:
                raise NoAnswer("Stripe took too long") from error
