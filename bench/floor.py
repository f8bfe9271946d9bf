"""
The floor: the effects of `standard` and `warehouse`, local where those are, with nothing around them.

No flow, journal or tasks; letters go beside, as ours do.
"""

import asyncio
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bench.by_hand import Letters, do
    from bench.gates import ANSWER_IN, SUSPICIOUS, Gates, Placed, asked, letter
    from domain.notice import Posting
    from domain.step import StepResult


@workflow.defn(name="Floor")
class Floor(Gates):
    def __init__(self) -> None:
        super().__init__()
        self._letters: list[asyncio.Task[Letters]] = []

    @workflow.run
    async def run(self, order: Placed) -> str:
        self._tell(letter(order, "confirmation", 1))
        screened = await here("fraud.screen", asked(order, "fraud.screen"))
        if screened.values["score"] >= SUSPICIOUS:
            return "refused"
        await do("payment.authorize", asked(order, "payment.authorize"), StepResult)
        reserved = await here("stock.reserve", asked(order, "stock.reserve"))
        parcel = reserved.fulfilments[0]["id"]
        await self.until_packed()
        await do("payment.capture", asked(order, "payment.capture", parcel), StepResult)
        await do("shipping.hand_over", asked(order, "shipping.hand_over", parcel), StepResult)
        await here("stock.commit", asked(order, "stock.commit", parcel))
        self._tell(letter(order, "shipped", 2, parcel))
        await self.until_delivered()
        self._tell(letter(order, "delivered", 3, parcel))
        await asyncio.gather(*self._letters)
        return "completed"

    def _tell(self, posting: Posting) -> None:
        self._letters.append(asyncio.create_task(do("mail.send", posting, Letters)))


async def here(step: str, arg: Any) -> StepResult:
    answer: StepResult = await workflow.execute_local_activity(
        step, arg, result_type=StepResult, start_to_close_timeout=ANSWER_IN
    )
    return answer
