"""
The Orders facade: the one way to place an order or do something to it.

Whatever is asked for is a row first; then it is carried to the order's workflow. With Temporal or the
worker down it is kept, and the relay carries it later.
"""

import asyncio
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.act import Act, ActKind, ActRecord, ActResult, HoldKind, Outcome
from domain.errors import ActRefused, BadInput, NotFound
from domain.gateway_news import DISPUTED, MONEY
from domain.notice import LetterState
from domain.order import Order, same_address
from domain.returns import is_over
from domain.view import Asked, Placement, SubjectAt, TaskView
from starter.answers import MAX_TEXT, UNKEPT, parse_fields, parse_values
from starter.book import Desk, OrderBook
from starter.changing import new_address, quantities_left
from starter.ids import order_workflow, return_workflow
from starter.refusing import Refusing, tells_refusals
from starter.starts import KEPT, PATIENCE_SECONDS, kept
from starter.stuck import refuse_bug
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


class Orders(Refusing):
    """`clock` is the doors' clock; with no client, acts and placements are kept for the relay."""

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

    async def place(self, order: Order, placement: Placement) -> ActResult:
        """
        Keep an order and start its workflow.

        :raises OrderConflict: the number is taken by another order.
        """
        await asyncio.to_thread(self._book.place, order, placement, self._clock())
        return await self.begin(order.number)

    async def open_return(self, asked: Asked) -> tuple[str, ActResult]:
        """
        Keep a return, and start its workflow; its id comes with how that went. What goes out in exchange
        is placed with it.

        :raises ActRefused: somebody else has asked for these goods meanwhile.
        """
        id = await asyncio.to_thread(self._book.open_return, asked, self._clock())
        if asked.exchange is not None:
            await self.begin(asked.exchange.order.number)
        return id, await self.begin_return(id)

    @tells_refusals(ActKind.ANSWER)
    async def answer(
        self,
        task: str,
        answer: str,
        fields: Mapping[str, str],
        person: Person,
        *,
        id: str = "",
        reason: str = "",
    ) -> ActResult:
        """
        Answer an open task; `fields` are as typed by the person. `id` is the form's.

        :raises NotFound: no such task.
        :raises ActRefused: it has no such answer, somebody else holds it, or this person may not give it.
        :raises BadInput: a field is missing, unknown or not of its kind.
        """
        view = await asyncio.to_thread(self._desk.task, task)
        earlier = await asyncio.to_thread(self._book.act, id) if id else None
        if earlier is not None and earlier.act.target == task:
            return earlier.result or await self.carry(earlier)
        option = _option(view, answer)
        values, texts = parse_values(option.needs, fields)
        self._check_claim(view, person)
        await asyncio.to_thread(self._check_second_person, view, person)
        act = Act(id or _new_id(), ActKind.ANSWER, target=task, answer=answer, values=values)
        role = person.role or view.role
        return await self._ask(view.order, act, Person(person.name, role), reason, texts)

    async def event(
        self,
        number: str,
        name: str,
        fields: Mapping[str, str],
        kinds: Mapping[str, str],
        person: Person,
        *,
        fulfilment: str = "",
        tracking: str = "",
        id: str = "",
    ) -> ActResult:
        """
        Tell an order what happened outside; `kinds` are the event's fields from config/events.yaml.

        :raises NotFound: no such order.
        :raises BadInput: a field is missing, unknown or not of its kind.
        """
        values, texts = parse_fields(kinds, fields)
        if name == DISPUTED:
            said = {"outcome": "open", **values, **texts}
            await asyncio.to_thread(self._book.dispute, number, said, person.name, self._clock())
            return ActResult(Outcome.DONE)
        act = Act(
            id or _new_id(),
            ActKind.EVENT,
            target=name,
            lane=fulfilment,
            tracking=tracking,
            values=values,
        )
        return await self._ask(number, act, person, "", texts)

    @tells_refusals(ActKind.CANCEL)
    async def cancel(
        self, number: str, person: Person, reason: str, *, fulfilment: str = "", id: str = ""
    ) -> ActResult:
        """Call off an order, or one fulfilment of it."""
        act = Act(id or _new_id(), ActKind.CANCEL, lane=fulfilment)
        return await self._ask(number, act, person, _reason(reason))

    @tells_refusals(ActKind.HOLD)
    async def hold(
        self, number: str, kind: HoldKind, person: Person, reason: str, *, id: str = ""
    ) -> ActResult:
        """Stop an order's clocks and its next steps until `release`."""
        act = Act(id or _new_id(), ActKind.HOLD, target=kind.value)
        return await self._ask(number, act, person, _reason(reason))

    @tells_refusals(ActKind.RELEASE)
    async def release(self, number: str, kind: HoldKind, person: Person, *, id: str = "") -> ActResult:
        """
        Let an order go on.

        :raises ActRefused: payment alone releases `AWAITING_PAYMENT`.
        """
        if kind == HoldKind.AWAITING_PAYMENT:
            raise ActRefused(f"Order {number} waits for its payment; only a payment releases it.")
        act = Act(id or _new_id(), ActKind.RELEASE, target=kind.value)
        return await self._ask(number, act, person, "")

    @tells_refusals(ActKind.RETRY)
    async def retry(self, incident: str, person: Person, *, id: str = "") -> ActResult:
        """
        Try the failed step again.

        :raises NotFound: no such open incident.
        :raises ActRefused: it is a bug of the program itself.
        """
        view = await asyncio.to_thread(self._desk.incident, incident)
        refuse_bug(incident, view.order)
        if view.step == MONEY:
            raise ActRefused(
                f"{view.title} of order {view.order} is no step to try again: see to it, then skip it "
                "with a word on what was done."
            )
        act = Act(id or _new_id(), ActKind.RETRY, target=incident)
        return await self._ask(view.order, act, person, "")

    @tells_refusals(ActKind.SKIP)
    async def skip(self, incident: str, person: Person, reason: str, *, id: str = "") -> ActResult:
        """
        Go on without the failed step.

        :raises NotFound: no such open incident.
        :raises ActRefused: the flow does not let this step be skipped by this role.
        """
        view = await asyncio.to_thread(self._desk.incident, incident)
        refuse_bug(incident, view.order)
        if person.role not in view.may_skip:
            who = " or ".join(view.may_skip)
            rule = f"only {who} may skip it" if who else "its flow does not let it be skipped"
            raise ActRefused(f"{view.title} of order {view.order} stays: {rule}.")
        if view.step == MONEY:
            why = _reason(reason)
            await asyncio.to_thread(self._book.settle_money, incident, person.name, why, self._clock())
            return ActResult(Outcome.DONE)
        act = Act(id or _new_id(), ActKind.SKIP, target=incident)
        return await self._ask(view.order, act, person, _reason(reason))

    async def move(
        self, subject: SubjectAt, flows: Mapping[str, str], person: Person, reason: str, *, id: str = ""
    ) -> ActResult:
        """
        Let an open order, or a return, go on under other versions of its flows (name -> sha256).

        :raises NotFound: no such order.
        """
        lane = subject.subject if subject.subject != subject.order else ""
        act = Act(id or _new_id(), ActKind.MOVE, lane=lane, values={"flows": dict(flows)})
        return await self._ask(subject.order, act, person, _reason(reason))

    @tells_refusals(ActKind.ADDRESS)
    async def address(
        self, number: str, typed: Mapping[str, str], person: Person, reason: str = "", *, id: str = ""
    ) -> ActResult:
        """
        Let an order go to another address; `typed` are the parts of it that change.

        :raises NotFound: no such order.
        :raises BadInput: it cannot be an address, is another country's, or nothing would change.
        """
        known = await asyncio.to_thread(self._book.act, id) if id else None
        if known is not None and known.act.kind == ActKind.ADDRESS and known.order == number:
            return known.result or await self.carry(known)
        order = (await asyncio.to_thread(self._book.sold, number)).order
        address = new_address(order, typed)
        same = same_address(replace(order, shipping_address=address))
        act = Act(id or _new_id(), ActKind.ADDRESS, values={"same_address": same})
        return await self._ask(number, act, person, reason.strip(), asdict(address))

    @tells_refusals(ActKind.EDIT)
    async def edit(
        self, number: str, typed: Sequence[str], person: Person, reason: str, *, id: str = ""
    ) -> ActResult:
        """
        Take goods out of an order before they are picked: `SKU=1` says how much of it is left.

        :raises NotFound: no such order.
        :raises BadInput: not a SKU and a quantity.
        """
        act = Act(id or _new_id(), ActKind.EDIT, values={"to": quantities_left(typed)})
        return await self._ask(number, act, person, _reason(reason))

    @tells_refusals(ActKind.RESEND)
    async def resend(
        self, number: str, notice: str, person: Person, reason: str = "", *, id: str = ""
    ) -> ActResult:
        """
        Send a mail again, as it was sent; `notice` is its id, or a template, which means the last of it.

        :raises NotFound: no such order.
        :raises ActRefused: there is none such, or it has not gone out to the customer yet.
        """
        view = await asyncio.to_thread(self._desk.show, number)
        named = [each for each in view.notices if notice in (each.id, each.template)]
        if not named:
            there = ", ".join(dict.fromkeys(each.template for each in view.notices)) or "none"
            raise ActRefused(f"Order {number} has no mail {notice!r}; there is {there}.")
        letter = await asyncio.to_thread(self._book.letter, number, named[-1].id)
        if letter.state != LetterState.SENT or letter.notice.to != "customer":
            raise ActRefused(
                f"The mail {named[-1].template!r} of order {number} was not sent to the customer."
            )
        act = Act(id or _new_id(), ActKind.RESEND, target=named[-1].id)
        return await self._ask(number, act, person, reason.strip())

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

    def _check_claim(self, view: TaskView, person: Person) -> None:
        held = view.claimed_until is not None and view.claimed_until > self._clock()
        if held and view.claimed_by != person.name:
            raise ActRefused(f"{view.title} of order {view.order} is held by {view.claimed_by}.")

    def _check_second_person(self, view: TaskView, person: Person) -> None:
        if not view.not_same_person_as:
            return
        first = self._desk.answered_by(view.order, view.lane, view.not_same_person_as)
        if person.name in first:
            raise ActRefused(f"{view.title}: a second person has to answer, not {person.name} again.")

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


def _option(view: TaskView, answer: str) -> Any:
    for option in view.answers:
        if option.name == answer:
            return option
    names = ", ".join(option.name for option in view.answers)
    raise ActRefused(f"{view.title} of order {view.order} has no answer {answer!r}; it takes {names}.")


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


def _new_id() -> str:
    return uuid.uuid4().hex


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput("say why", "reason")
    return reason.strip()


def _why(error: WorkflowUpdateFailedError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause)
