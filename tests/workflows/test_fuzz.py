"""Orders of three parcels, treated at random: each ends, and its history replays."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from domain.act import Act, ActKind
from tests.fakes import FakeShop
from tests.histories.record import THREE_PLACES
from tests.workflows.test_replay import replayer

LANES = ("1001-F1", "1001-F2", "1001-F3", "1001-F4")
EVENTS = ("carrier.delivered", "stock.arrived", "carrier.failed")
FIELDS = {"parcel_weight": 900, "missing": [{"sku": "CUP", "quantity": "1"}]}


class Chance:
    """What happens to one order, by its seed."""

    def __init__(self, seed: int, life) -> None:
        self.dice = Random(seed)
        self.life = life
        self.n = 0

    async def act(self, kind: ActKind, **fields) -> None:
        self.n += 1
        # Refused, or the order has ended: both may be.
        with suppress(WorkflowUpdateFailedError, RPCError):
            await asyncio.wait_for(self.life.act(Act(f"act-{self.n}", kind, **fields)), 20)

    async def something(self) -> None:
        await self.dice.choice(
            (self.answer, self.answer, self.answer, self.hear, self.hear, self.odd, self.time)
        )()

    async def answer(self) -> None:
        open = self.life.journal.open_waits
        if open:
            wait = self.dice.choice(open)
            option = self.dice.choice(wait.answers)
            values = {name: FIELDS[name] for name in option.needs}
            await self.act(ActKind.ANSWER, target=wait.id, answer=option.name, values=values)

    async def hear(self) -> None:
        lane, name = self.dice.choice(LANES), self.dice.choice(EVENTS)
        by_number = self.dice.random() < 0.3
        who = {"tracking": f"SIM{lane}"} if by_number else {"lane": lane}
        await self.act(ActKind.EVENT, target=name, **who)

    async def odd(self) -> None:
        await self.dice.choice((self.cancel, self.hold, self.release, self.outage))()

    async def cancel(self) -> None:
        await self.act(ActKind.CANCEL, lane=self.dice.choice(("", *LANES)))

    async def hold(self) -> None:
        await self.act(ActKind.HOLD, target="OTHER")

    async def release(self) -> None:
        await self.act(ActKind.RELEASE, target="OTHER")

    async def outage(self) -> None:
        now = await self.life.env.get_current_time()
        self.life.shop.down_until = now + timedelta(hours=self.dice.choice((1, 5)))

    async def time(self) -> None:
        await self.life.env.sleep(timedelta(hours=self.dice.choice((1, 30, 400))))

    async def mend(self) -> None:
        self.life.shop.down_until = None
        await self.release()
        for incident in self.life.journal.open_incidents:
            await self.act(ActKind.RETRY, target=incident)

    async def to_its_end(self) -> str:
        """What people do in the end, until nothing is left to do."""
        for _ in range(60):
            if (await self.life.handle.describe()).close_time is not None:
                return await self.life.end()
            await self.mend()
            await self.life.env.sleep(timedelta(days=30))
        return ""


@pytest.mark.parametrize("seed", range(20))
async def test_a_random_life_ends_and_replays(live, seed):
    shop = FakeShop(locations={place: dict(levels) for place, levels in THREE_PLACES.items()})
    async with live(shop) as life:
        chance = Chance(seed, life)
        await life.until(lambda: life.journal.open_waits)
        for _ in range(chance.dice.randint(2, 12)):
            await chance.something()

        assert await chance.to_its_end() in {"completed", "cancelled"}
        assert not shop.promised
        await replayer().replay_workflow(await life.handle.fetch_history())
