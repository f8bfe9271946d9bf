"""
The Orders facade: the one way to place an order or do something to it.

Whatever is asked for is a row first; then it is carried to the order's workflow. With Temporal or the
worker down it is kept, and the relay carries it later.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from domain.act import Act, ActKind, ActResult, HoldKind, Outcome
from domain.errors import ActRefused, BadInput
from domain.gateway_news import DISPUTED, MONEY
from domain.moving import SubjectAt
from domain.notice import LetterState
from domain.order import Order, same_address
from domain.placement import Placement
from domain.return_book import Asked
from domain.view import TaskView
from starter.answers import parse_fields, parse_values
from starter.carrying import Carrying, Person
from starter.changing import new_address, quantities_left
from starter.refusing import tells_refusals
from starter.stuck import refuse_bug


class Orders(Carrying):
    """`clock` is the doors' clock; with no client, acts and placements are kept for the relay."""

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


def _option(view: TaskView, answer: str) -> Any:
    for option in view.answers:
        if option.name == answer:
            return option
    names = ", ".join(option.name for option in view.answers)
    raise ActRefused(f"{view.title} of order {view.order} has no answer {answer!r}; it takes {names}.")


def _new_id() -> str:
    return uuid.uuid4().hex


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput("say why", "reason")
    return reason.strip()
