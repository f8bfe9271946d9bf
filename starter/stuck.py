"""
Orders whose own program fails: they stand still, lose nothing, and go on once it is mended.

Temporal marks such a workflow after a few tries in a row that failed. The watch of the worker looks for the
mark, and keeps an incident in our books while it is there, so that every desk shows it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import ActRefused
from domain.returns import order_of_return
from starter.ids import RETURN, subject_of, workflow_of

MARKED = 'ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL'
ENDING = ".bug"
# How many of them one look finds: more have the same cause.
MOST = 1_000
AT_ONCE = 20
# What failed is among the last events, before the acts that came since.
LAST_EVENTS = 50
LOOK_SECONDS = 5.0
# Temporal takes its mark away as soon as one workflow task passes. That is no proof while an act waits:
# one that sets the bug off is not in the history, and the tasks between its tries pass.
CALM = timedelta(seconds=15)
CALM_WITH_ACTS = timedelta(minutes=10)
FAILED = (EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
OTHER_RELEASE = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bug:
    """`lane` is the order's number, or the id of a return. `what` has no personal data in it."""

    order: str
    lane: str
    what: str
    since: datetime

    @property
    def id(self) -> str:
        return f"{self.lane}{ENDING}"


class Incidents(Protocol):
    """The incidents of our own books that a watch opens and closes."""

    def open_bugs(self) -> Sequence[str]:
        """Lanes with one."""
        ...

    def with_acts(self) -> Collection[str]:
        """Of these lanes, those whose order still has to answer somebody."""
        ...

    def found(self, bugs: Sequence[Bug], now: datetime) -> None:
        """Open one for each, and leave alone those that are open."""
        ...

    def mended(self, lanes: Collection[str], now: datetime) -> None:
        """Close those of these lanes."""
        ...


def is_bug(incident: str) -> bool:
    """Whether an incident is a bug of the program; no step's id ends like it."""
    return incident.endswith(ENDING)


def refuse_bug(incident: str, order: str) -> None:
    """:raises ActRefused: a person cannot retry or skip the program itself."""
    if is_bug(incident):
        raise ActRefused(
            f"Order {order} stopped on a bug of the program, which nobody can retry or skip: the worker's "
            "log names it. Start a mended worker, and the order goes on by itself."
        )


class Watch:
    """Keeps the open incidents what Temporal says they are; nothing that goes wrong ends it."""

    def __init__(
        self,
        client: Client,
        incidents: Incidents,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._incidents = incidents
        self._clock = clock
        self._pause = pause
        self._calm_since: dict[str, datetime] = {}  # lane with an incident -> first seen without a mark

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except (RPCError, RuntimeError):
                pass  # Temporal is away, and the relay says so already
            except Exception:
                log.exception("Cannot look for orders that are stuck; will look again")
            await self._pause(LOOK_SECONDS)

    async def look(self) -> None:
        """:raises RPCError: Temporal does not answer; the incidents stay as they are."""
        listed = self._client.list_workflows(MARKED, limit=MOST)
        marked = {subject_of(each.id): each async for each in listed}
        known = set(await asyncio.to_thread(self._incidents.open_bugs))
        gate = asyncio.Semaphore(AT_ONCE)
        new = [self._bug(lane, each, gate) for lane, each in marked.items() if lane not in known]
        bugs = [bug for bug in await asyncio.gather(*new) if bug is not None]
        if bugs:
            log.error("%d orders are stuck on a bug: %s", len(bugs), ", ".join(bug.lane for bug in bugs))
            await asyncio.to_thread(self._incidents.found, bugs, self._clock())
        if len(marked) < MOST:
            await self._mended(known - set(marked))

    async def _mended(self, calm: Collection[str]) -> None:
        """Close the incidents of those that have been calm for long enough."""
        now = self._clock()
        self._calm_since = {lane: self._calm_since.get(lane, now) for lane in calm}
        asked = set(await asyncio.to_thread(self._incidents.with_acts)) if calm else set()
        due = [
            lane
            for lane, since in self._calm_since.items()
            if now - since >= (CALM_WITH_ACTS if lane in asked else CALM)
        ]
        # The list may lag behind, or forget a mark: the history has the last word.
        mended = [lane for lane in due if await self._last_failure(workflow_of(lane)) is None]
        if mended:
            await asyncio.to_thread(self._incidents.mended, mended, now)

    async def _bug(self, lane: str, marked: WorkflowExecution, gate: asyncio.Semaphore) -> Bug | None:
        """None when it goes on again: the list lags behind."""
        async with gate:
            last = await self._last_failure(marked.id, marked.run_id)
        if last is None:
            return None
        since = last.event_time.ToDatetime(UTC)
        return Bug(_order(marked.id), lane, _what(last), since)

    async def _last_failure(self, workflow: str, run: str = "") -> HistoryEvent | None:
        """What its last workflow task failed with; None when it passed, or there is no such workflow."""
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self._client.namespace,
            execution=Execution(workflow_id=workflow, run_id=run),
            maximum_page_size=LAST_EVENTS,
        )
        try:
            told = await self._client.workflow_service.get_workflow_execution_history_reverse(request)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise
        for event in told.history.events:
            if event.event_type in FAILED:
                return event
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return None
        return None


def _what(event: HistoryEvent) -> str:
    """Without the error's own words, which may be anything."""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return "A bug: the worker dies, or takes too long, whenever it takes this order up."
    failed = event.workflow_task_failed_event_attributes
    if failed.cause == OTHER_RELEASE:
        return "A bug: this release of the program cannot follow what an earlier one has done."
    name = failed.failure.application_failure_info.type
    return f"A bug: the program fails on this order{f' ({name})' if name else ''}."


def _order(workflow_id: str) -> str:
    subject = subject_of(workflow_id)
    return order_of_return(subject) if workflow_id.startswith(RETURN) else subject
