"""Orders of the past, out of a file or out of our own books, as cases that a flow can be tried on."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.act import ActKind, ActRecord
from domain.errors import BadInput
from domain.facts import Facts, order_facts
from domain.finished import Finished
from domain.order import Buyer, fold
from domain.returns import return_in
from flow.backtest.case import Case, Dated
from flow.model import Ask
from flow.shop import Shop
from starter.answers import parse_fields
from starter.formats import fields, orderkeeper
from starter.formats.json_text import loads
from starter.formats.shape import bad_input

PAST = (ActKind.ANSWER, ActKind.EVENT, ActKind.CANCEL, ActKind.HOLD, ActKind.RELEASE)


class EventShape(BaseModel):
    """`event` or `answer` with `step`; `cancel`, `hold` and `release` as the commands of these names."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at: str
    event: str = ""
    step: str = ""
    answer: str = ""
    cancel: bool = False
    hold: str = ""
    release: str = ""
    part: str = ""
    set: dict[str, str | int | list[dict[str, str | int]]] = Field(default_factory=dict)


class CaseShape(BaseModel):
    """One line of a file of cases; `order` is as `orders place` takes it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    order: Any
    events: list[EventShape] = Field(default_factory=list)
    ship_by: str = ""


def cases_of_file(name: str, lines: Iterable[str], shop: Shop) -> Iterator[Case]:
    """
    A case for each line that is not empty; earlier lines tell how often a customer has ordered before.

    :raises BadInput: a line is no case; `name:line` and the field are named.
    """
    ordered: dict[str, int] = {}
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _case(loads(line), shop, ordered)
        except BadInput as error:
            raise BadInput(f"{name}:{n}: {error}") from error


def _case(tree: Any, shop: Shop, ordered: dict[str, int]) -> Case:
    try:
        shape = CaseShape.model_validate(tree)
    except ValidationError as error:
        raise bad_input(error) from error
    order = orderkeeper.parse(shape.order)
    customer = fold(order.customer.email)
    facts = order_facts(order, Buyer(ordered.get(customer, 0)))
    ordered[customer] = ordered.get(customer, 0) + 1
    events = (_dated(event, f"events[{n}]", shop) for n, event in enumerate(shape.events))
    ship_by = fields.instant(shape.ship_by, "ship_by") if shape.ship_by else None
    return Case(_plain(facts), order.placed_at, tuple(events), ship_by)


def _dated(shape: EventShape, path: str, shop: Shop) -> Dated:
    given = {
        ActKind.EVENT: shape.event,
        ActKind.ANSWER: shape.answer,
        ActKind.CANCEL: "yes" if shape.cancel else "",
        ActKind.HOLD: shape.hold,
        ActKind.RELEASE: shape.release,
    }
    said = [kind for kind, word in given.items() if word]
    if len(said) != 1 or (said == [ActKind.ANSWER]) != bool(shape.step):
        raise BadInput("says one of: event; answer and step; cancel; hold; release", path)
    (kind,) = said
    target = {ActKind.ANSWER: shape.step, ActKind.CANCEL: ""}.get(kind, given[kind])
    if kind == ActKind.EVENT and target not in shop.events:
        raise BadInput(f"{target!r} is none of the shop's events", f"{path}.event")
    values = _values(shape, _kinds(kind, shape, shop), f"{path}.set")
    return Dated(fields.instant(shape.at, f"{path}.at"), kind, target, shape.answer, shape.part, values)


def _kinds(kind: ActKind, shape: EventShape, shop: Shop) -> Mapping[str, str] | None:
    """What the event or answer takes; None for an answer that no flow knows today."""
    if kind == ActKind.EVENT:
        return shop.events[shape.event].fields
    for flow in shop.flows.values():
        for step in flow.steps:
            if step.id == shape.step and isinstance(step.does, Ask):
                for answer in step.does.answers:
                    if answer.name == shape.answer:
                        return answer.needs
    return None


def _values(shape: EventShape, kinds: Mapping[str, str] | None, path: str) -> dict[str, Any]:
    if kinds is None:
        return {}
    typed = {name: _typed(value) for name, value in shape.set.items()}
    try:
        return parse_fields(kinds, typed)[0]
    except BadInput as error:
        raise BadInput(str(error), path) from error


def _typed(value: str | int | list[dict[str, str | int]]) -> str:
    if isinstance(value, list):
        return ",".join(f"{line.get('sku', '')}={line.get('quantity', '')}" for line in value)
    return str(value)


def cases_of_books(found: Iterable[Finished]) -> Iterator[Case]:
    """Orders that have ended, each with its acts at the times of a clock that runs at its proper speed."""
    for each in found:
        facts = order_facts(each.order, Buyer(each.orders_before))
        acts = (act for act in each.acts if act.act.kind in PAST)
        events = tuple(
            _of_act(act, _slow(act.at, each)) for act in acts if act.subject == each.order.number
        )
        yield Case(_plain(facts), each.kept_at, events)


def _slow(at: datetime, each: Finished) -> datetime:
    return each.kept_at + (at - each.kept_at) * each.speed


def _of_act(record: ActRecord, at: datetime) -> Dated:
    act, order = record.act, record.order
    target, lane = act.target, act.lane
    if act.kind == ActKind.ANSWER:
        lane, target, _ = act.target.rsplit(".", 2)
    part = lane.removeprefix(f"{order}-") if lane != order and not return_in(order, lane) else ""
    return Dated(at, act.kind, target, act.answer, part, act.values)


def _plain(facts: Facts) -> Facts:
    """As a workflow gets them: JSON, with nothing shared between cases."""
    plain: Facts = json.loads(json.dumps(facts))
    return plain
