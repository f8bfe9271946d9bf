"""Acts on their way: written down, brought to their order's workflow, and how each ended."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.errors import ActRefused, BadInput, NotFound
from domain.returns import is_over
from domain.view import TaskView
from starter.answers import MAX_TEXT, UNKEPT
from starter.book import Desk, OrderBook
from starter.ids import order_workflow, return_workflow
from starter.refusing import Refusing
from starter.starts import KEPT, PATIENCE_SECONDS, kept
from workflows.life import Life

LOOK_AGAIN_SECONDS = 0.05
LOOKS = 40
MAX_NAME = 200
ID = re.compile(r"[!-~]{1,200}")
ENDED = ("completed", "cancelled")


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, and as what; an empty role means: whatever the task asks for."""

    name: str
    role: str = ""


class Carrying(Refusing):
    """With no client, what is asked for is kept for the relay, which carries it later."""

    def __init__(
        self,
        book: OrderBook,
        desk: Desk,
        clock: Callable[[], datetime],
        client: Client | None,
        task_queue: str,
    ) -> None:
        super().__init__(book, clock, client, task_queue)
        self._desk = desk

    async def carry(self, record: ActRecord) -> ActResult:
        """Bring a kept act to its order's workflow, under its own id, and write down how it ended."""
        if record.act.kind == ActKind.RESEND:
            return await self._carry_resend(record)
        try:
            result = await asyncio.wait_for(self._update(record), PATIENCE_SECONDS)
        except WorkflowUpdateFailedError as error:
            result = ActResult(Outcome.REFUSED, _why(error))
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                return kept(error)
            if not await asyncio.to_thread(self._has_ended, record):
                return KEPT  # its workflow has not been started yet
            what = "Order" if record.subject == record.order else "Return"
            result = ActResult(Outcome.REFUSED, f"{what} {record.subject} has ended.")
        except (RuntimeError, TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            return kept(error)
        result = await self._name_the_first(record, result)
        await asyncio.to_thread(self._book.settle, record.act.id, result, self._clock())
        return result

    async def _carry_resend(self, record: ActRecord) -> ActResult:
        result = await self.send_again(record)
        await asyncio.to_thread(self._book.settle, record.act.id, result, self._clock())
        return result

    async def _ask(
        self,
        number: str,
        act: Act,
        person: Person,
        reason: str,
        texts: Mapping[str, str] | None = None,
    ) -> ActResult:
        _check_lengths(act, person, reason)
        record = ActRecord(
            act=act,
            order=number,
            by=person.name,
            role=person.role,
            reason=reason,
            at=self._clock(),
            texts=dict(texts or {}),
        )
        kept = await asyncio.to_thread(self._book.record, record)
        if _matter(kept) != _matter(record):
            raise ActRefused(f"What was sent as {act.id} before was something else; send it anew.")
        return kept.result or await self.carry(kept)

    async def _update(self, record: ActRecord) -> ActResult:
        if self._client is None:
            raise RuntimeError("Temporal is not there")
        handle = self._client.get_workflow_handle(_workflow(record))
        update = await handle.start_update(
            Life.act,
            record.act,
            id=record.act.id,
            wait_for_stage=WorkflowUpdateStage.COMPLETED,
        )
        return await update.result()

    def _has_ended(self, record: ActRecord) -> bool:
        view = self._desk.show(record.order)
        if record.subject == record.order:
            return view.row.state in ENDED
        return all(is_over(each.state) for each in view.returns if each.id == record.subject)

    async def _name_the_first(self, record: ActRecord, result: ActResult) -> ActResult:
        """A second person is told who was first; the workflow itself knows no names."""
        if result.outcome != Outcome.REFUSED or record.act.kind != ActKind.ANSWER:
            return result
        try:
            view = await self._closed(record.act.target)
        except NotFound:
            return result
        if not view.answered_by:
            return result
        said = f"{view.title} was already answered by {view.answered_by}: {view.answer}."
        return replace(result, why=said)

    async def _closed(self, task: str) -> TaskView:
        """The workflow may know that a task is closed a moment before our books do."""
        for _ in range(LOOKS):
            view = await asyncio.to_thread(self._desk.task, task)
            if view.closed_at is not None:
                break
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return view


def _matter(record: ActRecord) -> tuple[str, ...]:
    """What an act is about: the same whenever its form is sent again."""
    act = record.act
    return (record.order, act.kind, act.target, act.lane, act.tracking)


def _workflow(record: ActRecord) -> str:
    if record.subject == record.order:
        return order_workflow(record.order)
    return return_workflow(record.subject)


def _check_lengths(act: Act, person: Person, reason: str) -> None:
    """:raises BadInput: longer than anything people or carriers send, and than Temporal takes."""
    if not ID.fullmatch(act.id):
        raise BadInput(f"is not an id of 1 to {MAX_NAME} letters, digits and signs", "id")
    names = {"fulfilment": act.lane, "tracking": act.tracking, "by": person.name, "role": person.role}
    for field, name in names.items():
        if len(name) > MAX_NAME or not name.isprintable():
            raise BadInput(f"is not a name of up to {MAX_NAME} characters", field)
    if len(reason) > MAX_TEXT or UNKEPT.search(reason):
        raise BadInput(f"is not a text of up to {MAX_TEXT} characters", "reason")


def _why(error: WorkflowUpdateFailedError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause)
