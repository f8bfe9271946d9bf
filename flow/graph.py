"""Where a flow can lead: its edges, and what each of them leaves known."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flow.catalogue import Catalogue
from flow.model import Ask, Decide, Each, Flow, Run, Step, WaitFor


class Way(StrEnum):
    """Why a flow goes from one step to another."""

    THEN = "then"
    ANSWER = "answer"
    ROW = "row"
    OTHERWISE = "otherwise"
    CHOICE = "choice"
    LATE = "late"
    REFUSAL = "refusal"


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


def entries(flow: Flow) -> frozenset[str]:
    """Where orders come in: the first step, and the step a cancellation leads to."""
    return frozenset({flow.first} | ({flow.on_cancel} - {"undo"}))


def known_before(flow: Flow, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """For each step that can be come to: the results that are there whichever way was taken."""
    known: dict[str, frozenset[str]] = dict.fromkeys(entries(flow), frozenset())
    ahead = list(known)
    while ahead:
        step = flow.by_id.get(ahead.pop())
        if not isinstance(step, Step):
            continue
        for edge in edges_of(step):
            # Results of an earlier visit need no care: whatever way leads on, a first visit could take it.
            after = known[step.id] | known_after(step, edge, catalogue)
            if edge.to in known:
                after &= known[edge.to]
            if edge.to not in known or after != known[edge.to]:
                known[edge.to] = after
                ahead.append(edge.to)
    return known


def way_without(flow: Flow, catalogue: Catalogue, to: str, name: str) -> tuple[str, ...]:
    """A shortest way to a step on which `name` (`step.field`) is not known; empty when there is none."""
    origin: dict[tuple[str, bool], tuple[str, bool] | None] = {}
    ahead: list[tuple[str, bool]] = []
    for entry in sorted(entries(flow)):
        origin[entry, False] = None
        ahead.append((entry, False))
    for place in ahead:
        if place == (to, False):
            return _way(origin, place)
        step = flow.by_id.get(place[0])
        if isinstance(step, Step):
            for edge in edges_of(step):
                following = (edge.to, place[1] or name in known_after(step, edge, catalogue))
                if following not in origin:
                    origin[following] = place
                    ahead.append(following)
    return ()


def _way(
    origin: dict[tuple[str, bool], tuple[str, bool] | None], place: tuple[str, bool] | None
) -> tuple[str, ...]:
    way: list[str] = []
    while place is not None:
        way.insert(0, place[0])
        place = origin[place]
    return tuple(way)
