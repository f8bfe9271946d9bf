"""An order as most would write it by hand: one regular activity for each effect, one after the other."""

from typing import Any, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bench.gates import ANSWER_IN, SUSPICIOUS, Gates, Placed, asked, letter
    from domain.notice import Posted
    from domain.step import StepResult

T = TypeVar("T")
Letters = tuple[Posted, ...]


@workflow.defn(name="ByHand")
class ByHand(Gates):
    @workflow.run
    async def run(self, order: Placed) -> str:
        await do("mail.send", letter(order, "confirmation", 1), Letters)
        screened = await do("fraud.screen", asked(order, "fraud.screen"), StepResult)
        if screened.values["score"] >= SUSPICIOUS:
            return "refused"
        await do("payment.authorize", asked(order, "payment.authorize"), StepResult)
        reserved = await do("stock.reserve", asked(order, "stock.reserve"), StepResult)
        parcel = reserved.fulfilments[0]["id"]
        await self.until_packed()
        await do("payment.capture", asked(order, "payment.capture", parcel), StepResult)
        await do("shipping.hand_over", asked(order, "shipping.hand_over", parcel), StepResult)
        await do("stock.commit", asked(order, "stock.commit", parcel), StepResult)
        await do("mail.send", letter(order, "shipped", 2, parcel), Letters)
        await self.until_delivered()
        await do("mail.send", letter(order, "delivered", 3, parcel), Letters)
        return "completed"


async def do(step: str, arg: Any, returns: type[T]) -> T:
    answer: T = await workflow.execute_activity(
        step, arg, result_type=returns, start_to_close_timeout=ANSWER_IN
    )
    return answer
