"""
Orders and returns against workflows: what should run, runs; what has ended, does not.

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
from domain.placement import Placement
from domain.reconcile import Difference
from domain.return_book import Opening
from starter.ids import RETURN, order_workflow, return_workflow, subject_of

RUNNING = '(WorkflowType = "Order" OR WorkflowType = "Return") AND ExecutionStatus = "Running"'
ORDER = "order"
PROBLEMS = "TemporalReportedProblems"
# A workflow closes a moment after its books say so, and the other way round.
LAG_SECONDS = (0.5, 1.5, 3.0)
AT_ONCE = 20


class Audited(Protocol):
    """Which orders and returns our own books say are open, and which have ended lately."""

    def open_orders(self) -> Sequence[str]: ...

    def has_ended(self, number: str) -> bool: ...

    def open_returns(self) -> Sequence[str]: ...

    def return_has_ended(self, id: str) -> bool: ...


class Placements(Protocol):
    def placement(self, number: str) -> Placement: ...

    def opening(self, id: str) -> Opening: ...


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
        running = {each.id: each async for each in self._running()}
        found = [_stuck(id) for id, each in running.items() if each.search_attributes.get(PROBLEMS)]
        suspects = await self._suspects(set(running))
        for seconds in LAG_SECONDS:
            if not suspects:
                break
            await self.pause(seconds)
            suspects &= await self._suspects(await self._running_among(suspects))
        gate = asyncio.Semaphore(AT_ONCE)
        told = await asyncio.gather(*(self._told(id, gate) for id in sorted(suspects)))
        return [*found, *(each for each in told if each is not None)]

    async def _running(self) -> AsyncIterator[WorkflowExecution]:
        async for execution in self.client.list_workflows(RUNNING):
            yield execution

    async def _should_run(self) -> set[str]:
        """The workflows of what our books say is open."""
        return await asyncio.to_thread(
            lambda: (
                {order_workflow(number) for number in self.auditor.open_orders()}
                | {return_workflow(id) for id in self.auditor.open_returns()}
            )
        )

    async def _suspects(self, running: set[str]) -> set[str]:
        """Workflows that do not agree with our books, as far as `running` is right."""
        return await self._should_run() ^ running

    async def _running_among(self, ids: set[str]) -> set[str]:
        """Everything open in the books, but of `ids` only those that say they run."""
        should = await self._should_run()
        gate = asyncio.Semaphore(AT_ONCE)
        states = await asyncio.gather(*(self._status(id, gate) for id in ids))
        runs = {
            id for id, status in zip(ids, states, strict=True) if status == WorkflowExecutionStatus.RUNNING
        }
        return (should - ids) | runs

    async def _status(self, id: str, gate: asyncio.Semaphore) -> WorkflowExecutionStatus | None:
        async with gate:
            try:
                told = await self.client.get_workflow_handle(id).describe()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise
        return told.status

    async def _told(self, id: str, gate: asyncio.Semaphore) -> Difference | None:
        status = await self._status(id, gate)
        kind, subject = _kind(id), subject_of(id)
        if status == WorkflowExecutionStatus.RUNNING:
            return await self._running_too_long(id)
        if status is None:
            return Difference(
                f"{kind}-without-workflow",
                subject,
                f"{kind.capitalize()} {subject} is open, and Temporal has no workflow of it",
                f"its history was lost: look at the {kind}, settle what it holds, and begin it anew",
            )
        word = status.name.lower().replace("_", " ")
        return Difference(
            "workflow-closed",
            subject,
            f"{kind.capitalize()} {subject} is open, and its workflow has {word}",
            f"somebody ended it in Temporal: reset the workflow there, or settle the {kind} by hand",
        )

    async def _running_too_long(self, id: str) -> Difference | None:
        kind, subject = _kind(id), subject_of(id)
        ended = self.auditor.has_ended if kind == ORDER else self.auditor.return_has_ended
        if await asyncio.to_thread(ended, subject):
            return Difference(
                "workflow-still-open",
                subject,
                f"{kind.capitalize()} {subject} has ended, and its workflow still runs",
                "look at the workflow's last events with `orders show --history`",
            )
        try:
            await asyncio.to_thread(self.book.placement if kind == ORDER else self.book.opening, subject)
        except NotFound:
            return Difference(
                f"workflow-without-{kind}",
                subject,
                f"A workflow runs for {kind} {subject}, which our books do not know",
                "was the database put back to an older copy? Restore the newer one",
            )
        return None


def _kind(workflow_id: str) -> str:
    return "return" if workflow_id.startswith(RETURN) else ORDER


def _stuck(id: str) -> Difference:
    kind, subject = _kind(id), subject_of(id)
    return Difference(
        "workflow-stuck",
        subject,
        f"The workflow of {kind} {subject} cannot go on: its code fails",
        f"see the worker's log; the {kind} goes on by itself once a mended worker runs",
    )
