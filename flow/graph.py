"""Where a flow can lead: its edges, and what each of them leaves known."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flow.catalogue import Catalogue
from flow.model import Ask, Decide, Each, End, Flow, Run, Step, WaitFor

LONGEST_WAY = 8


class Way(StrEnum):
    """Why a flow goes from one step to another."""

    THEN = "then"
    ANSWER = "answer"
    ROW = "row"
    OTHERWISE = "otherwise"
    CHOICE = "choice"
    LATE = "late"
    REFUSAL = "refusal"
    CALLED_OFF = "called off"


@dataclass(frozen=True, slots=True)
class Edge:
    """`name` is the answer, condition, choice, lateness or refusal; `where` its key in the file."""

    start: str
    to: str
    way: Way
    name: str = ""
    where: tuple[str, ...] = ()


def edges_of(step: Step) -> tuple[Edge, ...]:
    """Every way out of a step, in the order of the file."""
    return tuple(_edges(step))


def edges(flow: Flow) -> tuple[Edge, ...]:
    return tuple(edge for step in flow.steps for edge in edges_of(step))


def _edges(step: Step) -> Iterator[Edge]:
    here, does = step.id, step.does
    follow = Edge(here, step.then, Way.THEN, where=(here, "then"))
    match does:
        case Ask():
            for answer in does.answers:
                where = (here, "answers", answer.name, "go")
                yield Edge(here, answer.go, Way.ANSWER, answer.name, where)
        case Decide():
            for n, row in enumerate(does.rows):
                yield Edge(here, row.go, Way.ROW, row.if_, (here, "decide", str(n), "go"))
            where = (here, "decide", str(len(does.rows)), "otherwise")
            yield Edge(here, does.otherwise, Way.OTHERWISE, where=where)
        case WaitFor(choices=choices) if choices:
            for value, to in choices.items():
                yield Edge(here, to, Way.CHOICE, value, (here, "choices", value))
        case Run():
            yield follow
            for refusal, to in does.on_error.items():
                yield Edge(here, to, Way.REFUSAL, refusal, (here, "on_error", refusal))
        case _:
            yield follow
    if isinstance(does, (Ask, WaitFor, Each)) and does.if_late:
        yield Edge(here, does.if_late.go, Way.LATE, does.if_late.after, (here, "if_late", "go"))


def known_after(step: Step, edge: Edge, catalogue: Catalogue) -> frozenset[str]:
    """
    Which results of the step, as `step.field`, are there once the flow has taken this edge.

    A step that may be skipped leaves nothing; an answer leaves what it needs.
    """
    names: set[str] = set()
    match step.does, edge.way:
        case Run(may_skip=()) as run, Way.THEN:
            action = catalogue.actions.get(run.action)
            names = set(action.result) if action else set()
        case Ask() as ask, Way.ANSWER:
            needs = next(answer.needs for answer in ask.answers if answer.name == edge.name)
            names = {"answer", *needs}
        case WaitFor() as wait, Way.THEN | Way.CHOICE:
            event = catalogue.events.get(wait.event)
            names = set(event.fields) if event else set()
        case Each(), Way.THEN:
            names = {"fulfilled", "cancelled", "shipped", "total"}
    return frozenset(f"{step.id}.{name}" for name in names)


# What is known, or true, once an edge has been taken, out of what was before it.
Effect = Callable[[Step, Edge, frozenset[str]], frozenset[str]]
NOTHING: frozenset[str] = frozenset()


def reachable(flow: Flow, starts: frozenset[str], *, without: str = "") -> frozenset[str]:
    """Steps and ends that can be come to from `starts`, never going on from `without`."""
    seen: set[str] = set()
    ahead = list(starts)
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        place = flow.by_id.get(here)
        if isinstance(place, Step) and here != without:
            ahead.extend(edge.to for edge in edges_of(place))
    return frozenset(seen)


def leading_to(flow: Flow, goals: frozenset[str]) -> frozenset[str]:
    """Steps from which one of `goals` can be come to, and these."""
    back: dict[str, list[str]] = {}
    for edge in edges(flow):
        back.setdefault(edge.to, []).append(edge.start)
    seen: set[str] = set()
    ahead = list(goals)
    while ahead:
        here = ahead.pop()
        if here not in seen:
            seen.add(here)
            ahead.extend(back.get(here, ()))
    return frozenset(seen)


def entries(flow: Flow) -> frozenset[str]:
    """Where orders come in: the first step, and what a cancellation leads to."""
    return frozenset({flow.first, way_out(flow)} - {""})


def way_out(flow: Flow) -> str:
    """Where a cancellation leads to; empty when the flow has no end for one."""
    if flow.on_cancel != "undo":
        return flow.on_cancel
    fitting = (end.id for end in flow.ends if end.state == "cancelled" and end.undo)
    return next(fitting, "")


def cancellable(flow: Flow) -> frozenset[str]:
    """Steps at which a cancellation may find an order."""
    before = reachable(flow, frozenset({flow.first}), without=flow.cancel_until)
    return frozenset(id for id in before if not isinstance(flow.by_id.get(id), End))


def ways(flow: Flow) -> dict[str, tuple[Edge, ...]]:
    """Every way out of each step, that of a cancellation among them."""
    stops, out = cancellable(flow), way_out(flow)
    return {
        step.id: edges_of(step)
        + ((Edge(step.id, out, Way.CALLED_OFF),) if out and step.id in stops else ())
        for step in flow.steps
    }


def surely(flow: Flow, start: frozenset[str], effect: Effect) -> dict[str, frozenset[str]]:
    """For each step that can be come to: what holds there whichever way was taken from `start`."""
    onward = ways(flow)
    held = {flow.first: start}
    ahead = [flow.first]
    while ahead:
        here = ahead.pop()
        for edge in onward.get(here, ()):
            # An earlier visit needs no care: whatever way leads on, a first visit could take it.
            after = effect(flow.step(here), edge, held[here])
            if edge.to in held:
                after &= held[edge.to]
            if edge.to not in held or after != held[edge.to]:
                held[edge.to] = after
                ahead.append(edge.to)
    return held


def way_lacking(flow: Flow, start: frozenset[str], effect: Effect, to: str, name: str) -> tuple[str, ...]:
    """A shortest way to a step on which `name` does not hold there; empty when there is none."""
    onward = ways(flow)
    first = (flow.first, name in start)
    origin: dict[tuple[str, bool], tuple[tuple[str, bool] | None, str]] = {first: (None, flow.first)}
    ahead = [first]
    for place in ahead:
        if place == (to, False):
            return _way(origin, place)
        for edge in onward.get(place[0], ()):
            before = frozenset({name}) if place[1] else NOTHING
            following = (edge.to, name in effect(flow.step(place[0]), edge, before))
            if following not in origin:
                by_cancelling = edge.way == Way.CALLED_OFF
                origin[following] = (place, f"(called off) {edge.to}" if by_cancelling else edge.to)
                ahead.append(following)
    return ()


def _way(
    origin: Mapping[tuple[str, bool], tuple[tuple[str, bool] | None, str]], place: tuple[str, bool] | None
) -> tuple[str, ...]:
    way: list[str] = []
    while place is not None:
        place, said = origin[place]
        way.insert(0, said)
    return tuple(way)


def shown(way: tuple[str, ...]) -> str:
    """A way in words; of a long one its end."""
    return " > ".join(way if len(way) <= LONGEST_WAY else ("...", *way[-LONGEST_WAY:]))
