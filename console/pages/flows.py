"""The shop's flows for those who write them: in force, as written, and who stands where."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from console.drawing import policy_of
from console.forms import form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import Told
from console.paper import page
from domain.act import ActResult, Outcome
from domain.errors import BadInput, FlowRefused, NotFound, Refused
from flow.diagram.overlay import Overlay
from flow.diagram.svg import svg
from flow.difference import difference
from flow.model import Flow
from flow.words import sentences
from starter.carrying import Person
from starter.moving import Standing, Verdict, by_step, reasons, verdicts
from starter.publishing import unpublished
from starter.when import span

# More would keep a browser waiting; the rest is moved by pressing again.
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A step of one version, and the open orders that stand there."""

    step: str
    title: str
    version: str
    standing: Sequence[Standing]

    @property
    def oldest(self) -> datetime:
        return min(lane.since for _, lane in self.standing)

    @property
    def movable(self) -> int:
        return sum(verdict.can_move for verdict, _ in self.standing)

    @property
    def stay(self) -> Sequence[str]:
        return reasons(self.standing)


@dataclass(frozen=True, slots=True)
class Row:
    subject: str
    order: str
    result: ActResult


def flows(request: Request) -> Response:
    return _list(request)


def flow(request: Request, name: str) -> Response:
    """:raises NotFound: no flow is called so."""
    return _flow(request, name)


async def publish(request: Request) -> Response:
    """Everything that is written, once its scenarios went well."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)

    def work() -> Response:
        try:
            new = house.workshop.rehearse().publish(
                house.shelf, who.name, text(sent, "reason"), house.clock()
            )
        except (BadInput, FlowRefused) as error:
            return _list(request, error=str(error))
        taken = ", ".join(each.title for each in new)
        said = f"New orders take: {taken}." if new else "Every flow stands as it was published."
        return _list(request, told=Told(said, "good"))

    return await asyncio.to_thread(work)


async def move(request: Request, name: str) -> Response:
    """Open orders that follow an older version go on under the published one; a row for each."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    current = await asyncio.to_thread(house.shelf.current)
    found = await asyncio.to_thread(_movable, house, name, current)
    try:
        form, reason = form_id(sent), text(sent, "reason")
        rows = [
            await _move(house, verdict, current, who.acting("publish"), reason, form)
            for verdict in found[:MOST_AT_ONCE]
        ]
    except BadInput as error:
        return await asyncio.to_thread(_flow, request, name, error=str(error))
    return page(request, "moved.html", name=name, rows=rows, left=len(found) - len(rows))


async def _move(
    house: House, verdict: Verdict, current: Mapping[str, str], person: Person, reason: str, form: str
) -> Row:
    at, id = verdict.at, f"{form}-{verdict.at.subject}"[:200]
    try:
        result = await house.orders.move(at, current, person, reason, id=id)
    except BadInput:
        raise
    except Refused as error:
        result = ActResult(Outcome.REFUSED, str(error))
    return Row(at.subject, at.order, result)


def _movable(house: House, name: str, current: Mapping[str, str]) -> list[Verdict]:
    """:raises NotFound: no flow of this name is in force."""
    in_force = _in_force(house, current)
    if name not in in_force:
        raise NotFound(f"There is no flow {name}.")
    return _of_these(name, verdicts(house.shelf, in_force, name))


def _of_these(name: str, found: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in found if verdict.can_move and name in verdict.changes]


def _in_force(house: House, current: Mapping[str, str]) -> dict[str, Flow]:
    found = {name: house.flow(sha256) for name, sha256 in current.items()}
    return {name: flow for name, flow in found.items() if flow is not None}


def _written(house: House) -> tuple[Mapping[str, Flow], Sequence[str]]:
    """The flows of the config folder, or what is wrong with it."""
    try:
        return house.workshop.shop().flows, ()
    except FlowRefused as error:
        return {}, str(error).split("\n")


def _list(request: Request, *, error: str = "", told: Told | None = None) -> Response:
    house = house_of(request)
    current = house.shelf.current()
    written, findings = _written(house)
    return page(
        request,
        "flows.html",
        status=409 if error else 200,
        versions=[each for each in house.shelf.versions() if current.get(each.name) == each.sha256],
        new={each.name: each.title for each in unpublished(house.shelf, written)},
        findings=findings,
        error=error,
        told=told,
    )


def _flow(request: Request, name: str, *, error: str = "") -> Response:
    house = house_of(request)
    current = house.shelf.current()
    in_force = _in_force(house, current)
    written, findings = _written(house)
    flow = in_force.get(name) or written.get(name)
    if flow is None:
        raise NotFound(f"There is no flow {name}.")
    found = list(verdicts(house.shelf, in_force, name))
    places = _places(name, found)
    drawn = svg(flow, _standing(places, flow, house.clock()))
    now_written = written.get(name)
    return page(
        request,
        "flow_in_force.html",
        status=409 if error else 200,
        headers=policy_of(drawn),
        flow=flow,
        drawn=drawn,
        words=sentences(flow),
        versions=[each for each in house.shelf.versions() if each.name == name],
        changes=difference(flow, now_written) if now_written else [],
        findings=findings,
        places=places,
        movable=len(_of_these(name, found)),
        error=error,
    )


def _places(name: str, found: Iterable[Verdict]) -> list[Place]:
    return [
        Place(step, standing[0][1].title or step, version, standing)
        for (flow, version, step), standing in by_step(found).items()
        if flow == name
    ]


def _standing(places: Sequence[Place], flow: Flow, now: datetime) -> Overlay:
    """How many orders stand where and for how long, of any version, as far as the picture has that step."""
    counts: dict[str, int] = {}
    since: dict[str, datetime] = {}
    for place in places:
        if place.step in flow.by_id:
            counts[place.step] = counts.get(place.step, 0) + len(place.standing)
            since[place.step] = min(since.get(place.step, now), place.oldest)
    return Overlay(counts=counts, oldest={step: span(now - at) for step, at in since.items()})
