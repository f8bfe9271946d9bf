"""
Orders against workflows: what should run, runs; what has ended, does not.

Temporal's list lags behind by up to seconds, so whatever it says of an order is asked again of the
workflow itself, and our own books are read again last.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import NotFound, TemporalUnavailable
from domain.view import Difference, Placement
from starter.ids import order_number, order_workflow

RUNNING = 'WorkflowType = "Order" AND ExecutionStatus = "Running"'
PROBLEMS = "TemporalReportedProblems"
# A workflow closes a moment after its books say so, and the other way round.
LAG_SECONDS = (0.5, 1.5, 3.0)
AT_ONCE = 20


class Audited(Protocol):
    """Which orders our own books say are open, and which have ended lately."""

    def open_orders(self) -> Sequence[str]: ...

    def has_ended(self, number: str) -> bool: ...


class Placements(Protocol):
    def placement(self, number: str) -> Placement: ...


@dataclass
class Comparison:
    """One comparison of our books with Temporal's."""

    client: Client
    auditor: Audited
    book: Placements
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def differences(self) -> list[Difference]:
        """
        What stays different after the lag.

        :raises TemporalUnavailable: no answer.
        """
        try:
            return await self._differences()
        except (RPCError, RuntimeError) as error:
            raise TemporalUnavailable("Temporal does not answer: workflows are not compared.") from error

    async def _differences(self) -> list[Difference]:
        running = {order_number(each.id): each async for each in self._running()}
        found = [_stuck(number) for number, each in running.items() if each.search_attributes.get(PROBLEMS)]
        suspects = await self._suspects(set(running))
        for seconds in LAG_SECONDS:
            if not suspects:
                break
            await self.pause(seconds)
            suspects &= await self._suspects(await self._running_among(suspects))
        gate = asyncio.Semaphore(AT_ONCE)
        told = await asyncio.gather(*(self._told(number, gate) for number in sorted(suspects)))
        return [*found, *(each for each in told if each is not None)]

    async def _running(self) -> AsyncIterator[WorkflowExecution]:
        async for execution in self.client.list_workflows(RUNNING):
            yield execution

    async def _suspects(self, running: set[str]) -> set[str]:
        """Orders whose books and workflow do not agree, as far as `running` is right."""
        should = set(await asyncio.to_thread(self.auditor.open_orders))
        return should ^ running

    async def _running_among(self, numbers: set[str]) -> set[str]:
        """Everything open in the books, but of `numbers` only those whose workflow says that it runs."""
        should = set(await asyncio.to_thread(self.auditor.open_orders))
        gate = asyncio.Semaphore(AT_ONCE)
        states = await asyncio.gather(*(self._status(number, gate) for number in numbers))
        runs = {
            number
            for number, status in zip(numbers, states, strict=True)
            if status == WorkflowExecutionStatus.RUNNING
        }
        return (should - numbers) | runs

    async def _status(self, number: str, gate: asyncio.Semaphore) -> WorkflowExecutionStatus | None:
        async with gate:
            try:
                told = await self.client.get_workflow_handle(order_workflow(number)).describe()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise
        return told.status

    async def _told(self, number: str, gate: asyncio.Semaphore) -> Difference | None:
        status = await self._status(number, gate)
        if status == WorkflowExecutionStatus.RUNNING:
            return await self._running_too_long(number)
        if status is None:
            return Difference(
                "order-without-workflow",
                number,
                f"Order {number} is open, and Temporal has no workflow of it",
                "its history was lost: look at the order, cancel what it holds, and place it anew",
            )
        word = status.name.lower().replace("_", " ")
        return Difference(
            "workflow-closed",
            number,
            f"Order {number} is open, and its workflow has {word}",
            "somebody ended it in Temporal: reset the workflow there, or settle the order by hand",
        )

    async def _running_too_long(self, number: str) -> Difference | None:
        if await asyncio.to_thread(self.auditor.has_ended, number):
            return Difference(
                "workflow-still-open",
                number,
                f"Order {number} has ended, and its workflow still runs",
                "look at the workflow's last events with `orders show --history`",
            )
        try:
            await asyncio.to_thread(self.book.placement, number)
        except NotFound:
            return Difference(
                "workflow-without-order",
                number,
                f"A workflow runs for order {number}, which our books do not know",
                "was the database put back to an older copy? Restore the newer one",
            )
        return None


def _stuck(number: str) -> Difference:
    return Difference(
        "workflow-stuck",
        number,
        f"The workflow of order {number} cannot go on: its code fails",
        "see the worker's log; the order goes on by itself once a mended worker runs",
    )
