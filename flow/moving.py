"""Whether an order may go on under other versions of its flows from where it stands, and if not, why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.journal import Walk
from flow.catalogue import Changes
from flow.grammar import reads
from flow.graph import NOTHING, Edge, Way, leading_to, reachable, surely, way_out
from flow.model import Ask, Decide, Each, Flow, Run, Step, WaitFor

# Money and goods: what a step has done to them is not undone by another version's leaving it out.
DEEDS: Mapping[str, str] = {
    Changes.AUTHORIZES: "hold the money",
    Changes.CAPTURES: "take the payment",
    Changes.REFUNDS: "pay back",
    Changes.STOCK: "promise or move the goods",
    Changes.SHIPS: "let the goods go",
}
WHY_BUSY: Mapping[str, str] = {
    "loading": "its flow is being fetched",
    "running": "a step is under way",
    "parked": "it is on hold",
    "incident": "an incident is open",
    "undoing": "it is being taken back",
}


@dataclass(frozen=True)
class Place:
    """Where an open lane stands, under `flow`; `phase` is one of the engine's."""

    lane: str
    flow: Flow
    step: str
    phase: str
    walk: Walk
    leaving: bool = False


def why_not(places: Sequence[Place], versions: Mapping[str, Flow], holds: Sequence[str] = ()) -> str:
    """
    Why an order whose open lanes stand at `places`, its own first, cannot move; empty when it can.

    `versions` are the flows to move to, by name; a flow that is not among them stays as it is. An order
    moves as a whole, or not at all: its flows were checked together.
    """
    why = why_not_now(places, holds)
    if why:
        return why
    for place in places:
        new = versions.get(place.flow.name, place.flow)
        why = _same_place(place, new) or _behind(place, new) or _ahead(place, new)
        if why:
            return f"{place.lane}: {why}"
    return _deeds(places, versions)


def why_not_now(places: Sequence[Place], holds: Sequence[str]) -> str:
    """What may be otherwise in a moment, whatever the versions are."""
    if holds:
        return f"it is on hold: {', '.join(holds)}"
    for place in places:
        if place.phase != "waiting":
            return f"{place.lane}: {WHY_BUSY.get(place.phase, place.phase)}"
        if place.leaving:
            return f"{place.lane}: it is being called off"
    return ""


def _same_place(place: Place, new: Flow) -> str:
    old, here = place.flow.step(place.step), new.by_id.get(place.step)
    if not isinstance(here, Step):
        return f"there is no step '{place.step}' any more"
    if type(here.does) is not type(old.does):
        return f"'{place.step}' does something else now"
    if (
        isinstance(old.does, WaitFor)
        and isinstance(here.does, WaitFor)
        and old.does.event != here.does.event
    ):
        return f"'{place.step}' waits for {here.does.event} now, no longer for {old.does.event}"
    return ""


def _behind(place: Place, new: Flow) -> str:
    """What was done must still be undone, and a point that was passed stays passed."""
    for step, action in place.walk.undo:
        there = new.by_id.get(step)
        if not isinstance(there, Step) or not isinstance(there.does, Run) or there.does.undo != action:
            return f"'{step}' would no longer be taken back by {action}"
    point = place.flow.cancel_until
    if point in place.walk.passed and new.cancel_until not in place.walk.passed:
        return f"it is past '{point}' and could be called off again until '{new.cancel_until}'"
    return ""


def _ahead(place: Place, new: Flow) -> str:
    """What the steps to come read must have been answered, in the same form, or be on their way."""
    here = new.step(place.step)
    from_here = replace(new, steps=(here, *(step for step in new.steps if step is not here)))
    answered = surely(from_here, NOTHING, _answering)
    comes = reachable(new, frozenset({place.step, way_out(new)} - {""}))
    for step in (step for step in new.steps if step.id in comes):
        for source, name in _results_read(step, new):
            if source in answered.get(step.id, NOTHING):
                continue
            if name not in place.walk.known.get(source, ()):
                return f"'{step.id}' reads {source}.{name}, which was never answered here"
            if not _alike(place.flow.by_id.get(source), new.step(source)):
                return f"'{step.id}' reads {source}.{name}, which meant something else"
    return ""


def _answering(step: Step, edge: Edge, before: frozenset[str]) -> frozenset[str]:
    answered = edge.way in (Way.THEN, Way.ANSWER, Way.CHOICE)
    return before | {step.id} if answered and not isinstance(step.does, Decide) else before


def _results_read(step: Step, flow: Flow) -> Iterator[tuple[str, str]]:
    ids = {each.id for each in flow.steps}
    for text in _expressions(step):
        for names, _ in reads(text):
            if names[0] in ids and len(names) > 1:
                yield names[0], names[1]


def _expressions(step: Step) -> tuple[str, ...]:
    match step.does:
        case Run() as run:
            return tuple(run.with_.values())
        case Ask() as ask:
            return (ask.priority, *ask.show, *((ask.scan,) if ask.scan else ()))
        case Decide() as decide:
            return tuple(row.if_ for row in decide.rows)
        case Each() as each:
            return (each.use,)
    return ()


def _alike(old: object, new: Step) -> bool:
    """Whether both versions of a step answer in the same form."""
    if not isinstance(old, Step):
        return False
    match old.does, new.does:
        case Run() as before, Run() as after:
            return before.action == after.action
        case Ask() as before, Ask() as after:
            return _fields(before) == _fields(after)
        case WaitFor() as before, WaitFor() as after:
            return before.event == after.event
        case Each(), Each():
            return True
    return False


def _fields(ask: Ask) -> dict[str, str]:
    return {name: kind for answer in ask.answers for name, kind in answer.needs.items()}


def _deeds(places: Sequence[Place], versions: Mapping[str, Flow]) -> str:
    """
    What was done to money and goods must be what the new versions may have done by here.

    Otherwise it would be done a second time, or never. A lane builds on what its order did before it.
    """
    done, sure, possible = NOTHING, NOTHING, NOTHING
    for n, place in enumerate(places):
        new = versions.get(place.flow.name, place.flow)
        own = (
            done | _done(place),
            sure | _surely_done(new, place.step),
            possible | _maybe_done(new, place.step),
        )
        for deed in sorted(own[1] - own[0]):
            told = f"the new version would {DEEDS[deed]} before '{place.step}', which was not done here"
            return f"{place.lane}: {told}"
        for deed in sorted(own[0] - own[2]):
            told = f"the new version would {DEEDS[deed]} only after '{place.step}', which was done here"
            return f"{place.lane}: {told}"
        if n == 0:
            done, sure, possible = own
    return ""


def _done(place: Place) -> frozenset[str]:
    return frozenset(deed for id in place.walk.passed if (deed := _deed(place.flow.by_id.get(id))))


def _surely_done(flow: Flow, here: str) -> frozenset[str]:
    def effect(step: Step, edge: Edge, before: frozenset[str]) -> frozenset[str]:
        deed = _deed(step)
        skipped = isinstance(step.does, Run) and step.does.may_skip
        return before | {deed} if deed and edge.way == Way.THEN and not skipped else before

    return surely(flow, NOTHING, effect).get(here, NOTHING)


def _maybe_done(flow: Flow, here: str) -> frozenset[str]:
    before = leading_to(flow, frozenset({here})) & reachable(flow, frozenset({flow.first}))
    return frozenset(deed for id in before if (deed := _deed(flow.by_id[id])))


def _deed(place: object) -> str:
    if not isinstance(place, Step) or not isinstance(place.does, Run):
        return ""
    return place.does.changes if place.does.changes in DEEDS else ""
