"""The life of one order."""

from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.facts import Facts
    from flow.engine.engine import Engine
    from workflows.life import Life
    from workflows.steps import Steps


@dataclass(frozen=True, slots=True)
class OrderStart:
    """`flows` pins every flow the order may use by sha256. `speed` is 1 in a shop."""

    order: str
    flow: str
    flows: dict[str, str]
    holds: tuple[str, ...] = ()
    speed: float = 1.0


@workflow.defn(name="Order")
class OrderWorkflow(Life):
    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        engine = Engine.for_order(start.order, start.flow, start.flows, start.speed)
        super().__init__(engine, Steps(start.order, start.speed), f"Order {start.order}", start.speed)
        self._start = start

    @workflow.run
    async def run(self, start: OrderStart) -> str:
        """Ends with the order's end state: completed or cancelled."""
        return await self.live()

    async def _open_books(self) -> None:
        facts = await self._steps.in_our_books("journal.begin", self._start.order, Facts, "Open the books")
        self._engine.start(facts, workflow.now(), self._start.holds)
