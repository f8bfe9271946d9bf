"""Beginning the workflows of orders and returns that are kept; what cannot begin now stays kept."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.act import ActRecord, ActResult, Outcome
from domain.errors import OrderError
from domain.notice import Notice
from starter.book import OrderBook
from starter.ids import order_workflow, resend_workflow, return_workflow
from workflows.order import OrderStart, OrderWorkflow
from workflows.resend import ResendStart, ResendWorkflow
from workflows.returns import ReturnStart, ReturnWorkflow

# How long a door waits for the workflow before it says "kept".
PATIENCE_SECONDS = 3.0
TASK_TIMEOUT = timedelta(seconds=5)
NOT_THERE_NOW = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
)
KEPT = ActResult(Outcome.KEPT, "Kept; it will be done as soon as the order's worker is back.")


class Starts:
    """`clock` is the doors' clock; with no client, what is asked for is kept for the relay."""

    def __init__(
        self, book: OrderBook, clock: Callable[[], datetime], client: Client | None, task_queue: str
    ) -> None:
        self._book = book
        self._clock = clock
        self._client = client
        self._task_queue = task_queue

    async def begin(self, number: str) -> ActResult:
        """Start a kept order's workflow; one that runs or has run is left alone."""
        placement = await asyncio.to_thread(self._book.placement, number)
        start = OrderStart(
            order=number,
            flow=placement.flow,
            flows=placement.flows,
            holds=tuple(placement.holds),
            speed=placement.speed,
        )
        result = await self._begun(OrderWorkflow.run, start, order_workflow(number), f"Order {number}")
        if result.outcome == Outcome.DONE:
            await asyncio.to_thread(self._book.started, number, self._clock())
        return result

    async def begin_return(self, id: str) -> ActResult:
        """Start a kept return's workflow; one that runs or has run is left alone."""
        opening = await asyncio.to_thread(self._book.opening, id)
        if opening.started:
            return ActResult(Outcome.DONE)
        start = ReturnStart(
            order=opening.order,
            id=opening.id,
            flow=opening.flow,
            flows={opening.flow: opening.flow_hash},
            speed=opening.speed,
        )
        result = await self._begun(ReturnWorkflow.run, start, return_workflow(id), f"Return {id}")
        if result.outcome == Outcome.DONE:
            await asyncio.to_thread(self._book.return_started, id, self._clock())
        return result

    async def send_again(self, record: ActRecord) -> ActResult:
        """Start the workflow that sends a mail once more; one that runs or has run is left alone."""
        letter = await asyncio.to_thread(self._book.letter, record.order, record.act.target)
        placement = await asyncio.to_thread(self._book.placement, record.order)
        told = letter.notice
        id = f"{told.id}.again.{record.act.id[:8]}"
        again = Notice(id, told.order, told.lane, told.template, told.to, n=told.n, again=told.id)
        start, summary = ResendStart(again, placement.speed), f"{told.template} of order {told.order} again"
        return await self._begun(ResendWorkflow.run, start, resend_workflow(record.act.id), summary)

    async def _begun(self, run: Callable[..., Any], start: object, id: str, summary: str) -> ActResult:
        if self._client is None:
            return KEPT
        starting = self._client.start_workflow(
            run,
            start,
            id=id,
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=summary,
            # What a killed worker held is tried again after this.
            task_timeout=TASK_TIMEOUT,
        )
        try:
            await asyncio.wait_for(starting, PATIENCE_SECONDS)
        except WorkflowAlreadyStartedError:
            pass
        except (RPCError, RuntimeError, TimeoutError) as error:
            return kept(error)
        return ActResult(Outcome.DONE)


def kept(error: Exception) -> ActResult:
    """
    `KEPT`, where Temporal is only away.

    :raises OrderError: it answers, and with something else.
    """
    if isinstance(error, RPCError) and error.status not in NOT_THERE_NOW:
        raise OrderError(f"Temporal answered: {error.message}") from error
    return KEPT
