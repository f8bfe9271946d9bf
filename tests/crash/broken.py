"""The order workflow of a release with a bug in it."""

from temporalio import workflow

from flow.engine.commands import Perform
from workflows.order import OrderStart, OrderWorkflow


@workflow.defn(name="Order")
class BrokenOrder(OrderWorkflow):
    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: OrderStart) -> str:
        return await super().run(start)

    async def _perform(self, step: Perform) -> None:
        if step.action == "shipping.hand_over":
            raise ZeroDivisionError("Ada Lovelace")  # a bug's words may hold anything
        await super()._perform(step)
