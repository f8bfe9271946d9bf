"""The life of one return, opened on demand: the order it belongs to may have ended long ago."""

from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.facts import Facts
    from flow.engine.engine import Engine
    from workflows.life import Life
    from workflows.steps import Steps


@dataclass(frozen=True, slots=True)
class ReturnStart:
    """`id` is such as 1001-R1; `flows` pins its flow by sha256. `speed` is 1 in a shop."""

    order: str
    id: str
    flow: str
    flows: dict[str, str]
    speed: float = 1.0


@workflow.defn(name="Return")
class ReturnWorkflow(Life):
    @workflow.init
    def __init__(self, start: ReturnStart) -> None:
        engine = Engine.for_return(start.order, start.id, start.flow, start.flows)
        super().__init__(engine, Steps(start.order, start.speed), f"Return {start.id}", start.speed)
        self._start = start

    @workflow.run
    async def run(self, start: ReturnStart) -> str:
        """Ends with the return's end state: refunded, closed, declined or cancelled."""
        return await self.live()

    async def _open_books(self) -> None:
        """Its facts, and those of its order as they stand now."""
        facts = await self._steps.in_our_books("returns.begin", self._start.id, Facts, "Open the books")
        self._engine.start(facts["order"], workflow.now(), returned=facts["return"])
