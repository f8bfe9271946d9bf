"""
Many webhooks at once, a tenth of them twice, some in the wrong order, and Temporal away in between.

A hundred here; `WEBHOOKS=1000` plays a thousand.
"""

import asyncio
import os
import random
from typing import cast

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.web_shop import MessageState
from starter.orders import Orders
from starter.relay import Relay
from tests.starter.shops.street import at, shopify

MANY = int(os.environ.get("WEBHOOKS", "100"))


class Temporal:
    """Starts each workflow once; away, it starts none."""

    def __init__(self):
        self.started = []
        self.away = False

    async def start_workflow(self, _run, start, **_options):
        if self.away:
            raise RPCError("connection refused", RPCStatusCode.UNAVAILABLE, b"")
        assert start.order not in self.started
        self.started.append(start.order)

    async def serving(self):
        return not self.away


def knocks():
    """(id, body): each order's first message and its second, a tenth twice, one in twenty the wrong way."""
    dice = random.Random(7)
    said = []
    for n in range(MANY):
        first = (f"w{n}", shopify(10_000 + n))
        second = (f"u{n}", shopify(10_000 + n, updated_at=at(1), note="gift"))
        pair = [first, second] if n % 10 == 0 else [first]
        pair = [pair[-1], *pair[:-1]] if n % 20 == 0 else pair
        said += [*pair, *(pair[:1] if n % 10 == 5 else [])]
    for n in range(0, len(said) - 8, 40):
        part = said[n : n + 8]
        dice.shuffle(part)
        said[n : n + 8] = part
    return said


async def test_each_of_many_orders_is_placed_and_begun_once_and_none_is_lost(street):
    temporal = Temporal()
    client = cast(Client, temporal)
    orders = Orders(street.book, street.desk, street.clock, client, "orders")
    relay = Relay(orders, street.book, street.clock, temporal.serving)
    said = knocks()
    third = len(said) // 3
    for part, away in ((said[:third], False), (said[third : 2 * third], True), (said[2 * third :], False)):
        temporal.away = away
        gate = asyncio.Semaphore(20)

        async def knock(id, body, gate=gate):
            async with gate:
                return await street.knock(body, id=id)

        told = await asyncio.gather(*(knock(id, body) for id, body in part))
        assert {each.status_code for each in told} == {200}
        await street.look()
        await relay.round()
    while street.numbers():
        await relay.round()

    assert sorted(temporal.started) == sorted(f"paris-{10_000 + n}" for n in range(MANY))
    assert street.messages.count_quarantined() == 0
    assert street.states() == {MessageState.SETTLED}
