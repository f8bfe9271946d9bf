"""The life of one order."""

from dataclasses import dataclass

from temporalio import workflow

from domain.act import Act, ActResult


@dataclass(frozen=True, slots=True)
class OrderStart:
    """`flows` pins every flow the order may use by sha256. `speed` is 1 in a shop."""

    order: str
    flow: str
    flows: dict[str, str]
    holds: tuple[str, ...] = ()
    speed: float = 1.0


@workflow.defn(name="Order")
class OrderWorkflow:
    @workflow.run
    async def run(self, start: OrderStart) -> str:
        raise NotImplementedError

    @workflow.update
    async def act(self, act: Act) -> ActResult:
        raise NotImplementedError
