"""What a picture of a flow shows: its steps and ends as cards, their ways out in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from flow.diagram.happy import happy_path
from flow.diagram.words import GOOD, spoken, under
from flow.graph import Edge, Way, edges_of, way_out
from flow.model import Ask, Decide, Each, End, Flow, Pause, Run, Step, Tell, WaitFor

LOOKS: dict[type, str] = {
    Run: "run",
    Ask: "ask",
    Decide: "decide",
    WaitFor: "wait",
    Pause: "wait",
    Tell: "tell",
    Each: "each",
}


class Kind(StrEnum):
    """How a way is drawn."""

    PLAIN = "plain"
    LATE = "late"
    REFUSAL = "refusal"


KINDS = {Way.LATE: Kind.LATE, Way.REFUSAL: Kind.REFUSAL}


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out. `where` is its place in the file; a `plain_then` straight down needs no words."""

    to: str
    kind: Kind
    text: str
    where: tuple[str, ...]
    plain_then: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """`look` names mark and colours: a verb, or how an end leaves it. `note`: what else leads here."""

    id: str
    title: str
    under: str
    look: str
    note: str = ""
    exits: tuple[Exit, ...] = ()

    @property
    def is_pill(self) -> bool:
        return self.look in {"good", "off", "over"}


@dataclass(frozen=True)
class Sketch:
    """Nodes in the order of the file, ends after steps; `happy` is the way straight down."""

    nodes: tuple[Node, ...]
    happy: tuple[str, ...]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}


def sketch(flow: Flow) -> Sketch:
    return Sketch(tuple(_nodes(flow)), happy_path(flow))


def _nodes(flow: Flow) -> Iterator[Node]:
    notes = {way_out(flow): _called_off(flow)}
    for step in flow.steps:
        exits = tuple(_exit(step, edge) for edge in edges_of(step))
        yield Node(step.id, step.title, under(step), LOOKS[type(step.does)], notes.get(step.id, ""), exits)
    for end in flow.ends:
        yield Node(end.id, end.title, "", _leaves(end), notes.get(end.id, ""))


def _exit(step: Step, edge: Edge) -> Exit:
    kind = KINDS.get(edge.way, Kind.PLAIN)
    silent = edge.way == Way.THEN and isinstance(step.does, Run | Tell | Pause)
    return Exit(edge.to, kind, spoken(step, edge), edge.where, plain_then=silent)


def _leaves(end: End) -> str:
    if end.state in GOOD:
        return "good"
    return "off" if end.state == "cancelled" else "over"


def _called_off(flow: Flow) -> str:
    until = flow.by_id.get(flow.cancel_until)
    return f"when called off, until “{until.title}” is done" if until else "when called off"
