"""Which branches of a flow were taken, and which never."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.act import Act, ActKind
from domain.journal import EntryKind
from flow.conditions import Verdict
from flow.engine.engine import Engine
from flow.engine.machine import Machine
from flow.engine.state import Lane, Phase, State
from flow.graph import Edge, Way, edges, edges_of, reachable
from flow.model import Ask, Decide, Each, End, Flow, Pause, Run, Step, Tell, WaitFor

SPOKEN = {
    Way.ANSWER: "answer {name}",
    Way.ROW: "if {name}",
    Way.OTHERWISE: "otherwise",
    Way.CHOICE: "chosen {name}",
    Way.LATE: "late after {name}",
    Way.REFUSAL: "refused: {name}",
}
FILE = ("the file",)
ANYTHING = frozenset([None, *EntryKind])
SAID: dict[type, frozenset[EntryKind | None]] = {
    Run: frozenset([EntryKind.STEP]),
    Tell: frozenset([EntryKind.NOTICE]),
}
THEN = {Run: "done", WaitFor: "{event} comes", Pause: "over", Each: "every parcel has ended"}


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on. `step` is empty for a cancellation; `where` is its place in the flow's file."""

    flow: str
    step: str
    name: str
    where: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.step}: {self.name}" if self.step else self.name


def branches(flow: Flow) -> tuple[Branch, ...]:
    """Every branch that a scenario can take, in the order of the file."""
    ways = tuple(_branch(flow, edge) for edge in edges(flow))
    if not _lingers(flow):
        return (*ways, cancelled(flow, before=True))
    return (*ways, cancelled(flow, before=True), cancelled(flow, before=False))


def _lingers(flow: Flow) -> bool:
    """Whether a cancellation can come too late: not where the flow runs to its end at once from there."""
    if not flow.cancel_until:
        return False
    point = flow.step(flow.cancel_until)
    # What was refused is not done, and can still be called off.
    onward = frozenset(edge.to for edge in edges_of(point) if edge.way != Way.REFUSAL)
    after = (flow.by_id[id] for id in reachable(flow, onward))
    return any(isinstance(step, Step) and not isinstance(step.does, Tell | Decide) for step in after)


def cancelled(flow: Flow, *, before: bool) -> Branch:
    point = f" {'before' if before else 'after'} {flow.cancel_until} was done" if flow.cancel_until else ""
    return Branch(flow.name, "", f"cancelled{point}", (*FILE, "cancel_until"))


def _branch(flow: Flow, edge: Edge) -> Branch:
    does = flow.step(edge.start).does
    spoken = THEN.get(type(does), "done") if edge.way == Way.THEN else SPOKEN[edge.way]
    event = does.event if isinstance(does, WaitFor) else ""
    return Branch(flow.name, edge.start, spoken.format(name=edge.name, event=event), edge.where)


class Watched(Engine):
    """An engine that notes each branch as it is taken."""

    def __init__(self, state: State, flows: dict[str, Flow] | None = None) -> None:
        super().__init__(state, flows)
        self._m = self._watching = _Watching(state, self._m.flows)

    @property
    def taken(self) -> frozenset[Branch]:
        return frozenset(self._watching.taken)

    def act(self, act: Act, now: datetime) -> None:
        if act.kind == ActKind.CANCEL:
            self._watching.note_too_late(act.lane)
        super().act(act, now)

    def refused(self, lane: str, key: str, name: str, message: str, now: datetime) -> None:
        self._watching.refusals[lane] = name
        super().refused(lane, key, name, message, now)
        self._watching.refusals.pop(lane, None)  # nobody routed it


class _Watching(Machine):
    """
    Sees a lane go from one step to another. What it said before it went, what it had asked itself and
    what it was refused tell which way it took.
    """

    def __init__(self, state: State, flows: dict[str, Flow]) -> None:
        super().__init__(state, flows)
        self.taken: set[Branch] = set()
        self.refusals: dict[str, str] = {}
        self._said: dict[str, EntryKind] = {}
        self._verdicts: dict[str, list[bool]] = {}
        self._stopped: set[str] = set()

    def note_too_late(self, asked: str) -> None:
        """A cancellation is asked for; of lanes that are past their point it changes nothing."""
        for lane in self.state.lanes.values():
            flow = self.flows.get(lane.sha256)
            over = lane.phase == Phase.ENDED or lane.stopping
            if flow and asked in ("", lane.id) and not over and flow.cancel_until in lane.passed:
                self.taken.add(cancelled(flow, before=False))

    def say(self, lane: Lane, kind: EntryKind, text: str, act: str = "") -> None:
        self._said[lane.id] = kind
        super().say(lane, kind, text, act)

    def evaluate(self, lane: Lane, expression: str) -> Verdict:
        verdict = super().evaluate(lane, expression)
        self._verdicts.setdefault(lane.id, []).append(bool(verdict.value))
        return verdict

    def go(self, lane: Lane, place: str) -> None:
        said, refusal = self._said.pop(lane.id, None), self.refusals.pop(lane.id, "")
        verdicts = self._verdicts.pop(lane.id, [])
        flow = self.flows.get(lane.sha256)
        step = flow.by_id.get(lane.step) if flow else None
        if flow and self._turns(lane, step):
            self.taken.add(cancelled(flow, before=True))
        elif flow and isinstance(step, Step):
            way = _way(lane, step, said, refusal, verdicts)
            found = [edge for edge in edges_of(step) if (edge.way, _name(edge)) == way]
            self.taken.update(_branch(flow, edge) for edge in found)
        super().go(lane, place)

    def _turns(self, lane: Lane, step: Step | End | None) -> bool:
        """Whether it is only now on the way out that a cancellation takes."""
        if not lane.stopping or lane.id in self._stopped:
            return False
        self._stopped.add(lane.id)
        return not (isinstance(step, Step) and isinstance(step.does, Each))


Known = tuple[Way, str] | None


def _name(edge: Edge) -> str:
    """Rows are known by their number: two may ask the same."""
    return edge.where[-2] if edge.way == Way.ROW else edge.name


def _way(lane: Lane, step: Step, said: EntryKind | None, refusal: str, verdicts: list[bool]) -> Known:
    """The way out of `step` that the lane takes; none when it only goes there once more."""
    does, here = step.does, step.id
    if refusal and said == EntryKind.STEP:
        return Way.REFUSAL, refusal
    if not lane.passed or lane.passed[-1] != here or said == EntryKind.INCIDENT:
        return None
    if said == EntryKind.LATE and isinstance(does, Ask | WaitFor | Each) and does.if_late:
        return Way.LATE, does.if_late.after
    if isinstance(does, Decide):
        return (Way.ROW, str(len(verdicts) - 1)) if verdicts and verdicts[-1] else (Way.OTHERWISE, "")
    if isinstance(does, Ask | WaitFor):
        return _chosen(does, lane.results.get(here, {}))
    return (Way.THEN, "") if said in SAID.get(type(does), ANYTHING) else None


def _chosen(does: Ask | WaitFor, values: Mapping[str, Any]) -> Known:
    if isinstance(does, Ask):
        return Way.ANSWER, values["answer"]
    return next(((Way.CHOICE, each) for each in values.values() if each in does.choices), (Way.THEN, ""))
