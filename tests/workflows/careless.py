"""An order workflow as a careless change would leave it."""

from temporalio import workflow

from workflows.order import OrderStart, OrderWorkflow


@workflow.defn(name="Order")
class ImpatientOrder(OrderWorkflow):
    """A pause at the start that no recorded history knows."""

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: OrderStart) -> str:
        await workflow.sleep(1)
        return await super().run(start)
