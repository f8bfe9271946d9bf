"""What every part of the engine stands on: the state, the page being written, what to do next."""

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from domain.act import ActResult
from domain.facts import Facts
from domain.fulfilment import FulfilmentState
from domain.journal import (
    Batch,
    Entry,
    EntryKind,
    IncidentClosed,
    IncidentOpened,
    LaneStatus,
    WaitClosed,
    Walk,
)
from flow.conditions import Verdict, compile  # noqa: A004 (a condition is compiled)
from flow.engine.commands import Command, Perform
from flow.engine.page import Page
from flow.engine.state import Incident, Lane, Phase, State, Wait, Work
from flow.model import Each, Flow, Level, Run, Step

BEFORE = datetime.min.replace(tzinfo=UTC)
# What a parcel called off before its flow came was promised goes back all the same.
PUT_BACK = Step(
    "_put_back",
    "Put the goods back",
    Run("stock.release", timeout="10s", regular=False, undo_regular=False, owner="warehouse-lead"),
    then="",
)
# Goods are taken out of a parcel by hand, beside its flow.
TAKE_OUT = Step(
    "_take_out",
    "Take goods out of it",
    Run("stock.take_out", timeout="10s", regular=False, undo_regular=False, owner="warehouse-lead"),
    then="",
)
BESIDE = {step.id: step for step in (PUT_BACK, TAKE_OUT)}


class Machine:
    """State, flows by hash, and three hands: `say`, `go` (enter a step soon) and `out` (commands)."""

    def __init__(self, state: State, flows: dict[str, Flow]) -> None:
        self.state = state
        self.flows = flows
        self.page = Page()
        self.out: list[Command] = []
        self.entering: deque[tuple[str, str]] = deque()
        self.now = BEFORE

    def flow(self, lane: Lane) -> Flow:
        return self.flows[lane.sha256]

    def title(self, lane: Lane, place: str) -> str:
        flow = self.flows.get(lane.sha256)
        found = flow.by_id.get(place) if flow else None
        return found.title if found else place

    def opener(self, root: Lane) -> Step | None:
        """The step that opened the order's lanes."""
        begun = (step for step in self.flow(root).steps if step.id in root.visits)
        return next((step for step in begun if isinstance(step.does, Each)), None)

    def go(self, lane: Lane, place: str) -> None:
        self.entering.append((lane.id, place))

    def touch(self, lane: Lane, phase: Phase) -> None:
        lane.phase = phase
        lane.since = self.now
        self.page.lanes[lane.id] = None

    def say(self, lane: Lane, kind: EntryKind, text: str, act: str = "") -> None:
        self.state.entries += 1
        entry = Entry(self.state.entries, self.now, kind, lane.id, lane.step, text, act)
        self.page.entries.append(entry)

    def scope(self, lane: Lane) -> dict[str, Any]:
        """What this lane's conditions see."""
        scope: dict[str, Any] = {"order": self.state.facts, **lane.results}
        if lane.level == Level.FULFILMENT:
            scope["fulfilment"] = self.state.fulfilments[lane.id]
        if lane.level == Level.RETURN:
            scope["return"] = self.state.returned
        return scope

    def evaluate(self, lane: Lane, expression: str) -> Verdict:
        """:raises ConditionFailed: a fact it reads is missing."""
        return self.evaluate_in(self.scope(lane), expression)

    def evaluate_in(self, scope: Mapping[str, Any], expression: str) -> Verdict:
        return compile(expression).evaluate(scope)

    def settle(self, act: str, result: ActResult) -> None:
        self.state.acts[act] = result
        self.page.acts[act] = result

    def perform(self, lane: Lane, work: Work) -> None:
        """Start an action, or try it again under its old key."""
        step, run = self.doing(lane, work)
        lane.work = work
        if not work.undo:
            self.touch(lane, Phase.RUNNING)
        self.out.append(self._command(lane, work, step, run))

    def doing(self, lane: Lane, work: Work) -> tuple[Step, Run]:
        """The step that an action under way is of."""
        step = BESIDE.get(work.step) or self.flow(lane).step(work.step)
        assert isinstance(step.does, Run)
        return step, step.does

    def _command(self, lane: Lane, work: Work, step: Step, run: Run) -> Perform:
        return Perform(
            lane=lane.id,
            step=work.step,
            visit=work.visit,
            key=work.key,
            action=work.action,
            title=f"Undo: {step.title}" if work.undo else step.title,
            args=work.args,
            facts=self.known_to(lane),
            timeout=run.timeout,
            tries=run.retry.tries,
            first_wait=run.retry.first_wait,
            local=not (run.undo_regular if work.undo else run.regular),
        )

    def known_to(self, lane: Lane) -> dict[str, Any]:
        """The facts an action of this lane is given, as they stand now."""
        if lane.level == Level.RETURN:
            known = {"order": self.state.facts, "return": self.state.returned}
        else:
            known = {"order": self.state.facts, "fulfilment": self.state.fulfilments.get(lane.id, {})}
        known = deepcopy(known)
        if self.state.unwanted:
            known["order"]["unwanted"] = {sku: f"{n:f}" for sku, n in self.state.unwanted.items()}
        return known

    def key(self, lane: Lane, action: str) -> str:
        """`{order}:{op}:{seq}`: the same for every try, another for every asking."""
        lane.runs[action] = lane.runs.get(action, 0) + 1
        part = lane.id.removeprefix(f"{self.state.order}-") if lane.id != self.state.order else "O"
        return f"{self.state.order}:{action}:{part}.{lane.runs[action]}"

    def close_wait(self, lane: Lane, act: str = "") -> Wait:
        wait = lane.wait
        assert wait is not None
        lane.wait = None
        self.page.closed.append(WaitClosed(wait.id, self.now, act))
        return wait

    def stop_and_ask(
        self, lane: Lane, what: str, cause: str, *, role: str, may_skip: tuple[str, ...] = ()
    ) -> None:
        """Open an incident: the lane stands still until a person retries, skips or cancels."""
        incident = self.incident(lane, what, cause, role=role, may_skip=may_skip)
        lane.incident = incident
        self.touch(lane, Phase.INCIDENT)

    def incident(
        self, lane: Lane, what: str, cause: str, *, role: str, may_skip: tuple[str, ...]
    ) -> Incident:
        lane.incidents += 1
        id = f"{lane.id}.{lane.step}.i{lane.incidents}"
        title = self.title(lane, lane.step)
        opened = IncidentOpened(id, lane.id, lane.step, title, what, role, may_skip, self.now)
        self.page.incidents_opened.append(opened)
        self.say(lane, EntryKind.INCIDENT, f"{title}: {what} A person has to decide.")
        return Incident(id, what, cause, may_skip)

    def close_incident(self, lane: Lane, how: str, act: str = "") -> Incident:
        incident = lane.incident
        assert incident is not None
        lane.incident = None
        self.page.incidents_closed.append(IncidentClosed(incident.id, self.now, how, act))
        return incident

    def learn(self, facts: Facts, news: Mapping[str, Any]) -> None:
        """Merge what an action found out, key by key."""
        for name, value in news.items():
            if isinstance(value, dict) and isinstance(facts.get(name), dict):
                self.learn(facts[name], value)
            else:
                facts[name] = value

    def status(self, lane: Lane) -> LaneStatus:
        loaded = lane.sha256 in self.flows and lane.step != ""
        step = self.flow(lane).by_id.get(lane.step) if loaded else None
        then = step.then if isinstance(step, Step) else ""
        return LaneStatus(
            id=lane.id,
            flow=lane.flow,
            flow_hash=lane.sha256,
            step=lane.end or lane.step,
            title=self.title(lane, lane.end or lane.step) if loaded else "",
            then=self.title(lane, then) if then else "",
            phase=lane.phase.value,
            since=lane.since,
            state=lane.state,
            facts=self.state.returned or self.state.fulfilments.get(lane.id, {}),
            walk=self.walk(lane),
            leaving=lane.cancel or lane.stopping,
        )

    def walk(self, lane: Lane) -> Walk:
        return Walk(
            passed=tuple(lane.passed),
            undo=tuple((work.step, work.action) for work in lane.undo),
            known={step: tuple(result) for step, result in lane.results.items()},
        )

    def take_batch(self, speed: float, ended: str) -> Batch:
        """The page so far, numbered; a new one begins."""
        page, self.page = self.page, Page()
        self.state.batches += 1
        return Batch(
            order=self.state.order,
            subject=self.state.subject,
            n=self.state.batches,
            now=self.now,
            speed=speed,
            entries=tuple(page.entries),
            opened=tuple(page.opened),
            closed=tuple(page.closed),
            moved=tuple(page.moved),
            rewritten=tuple(page.rewritten),
            flows=page.flows,
            incidents_opened=tuple(page.incidents_opened),
            incidents_closed=tuple(page.incidents_closed),
            acts=page.acts,
            kept_events=tuple(page.kept_events),
            readdressed=tuple(page.readdressed),
            lanes=tuple(self.status(self.state.lanes[lane]) for lane in page.lanes),
            holds=tuple(self.state.holds),
            ended=ended,
        )


def is_open(fulfilment: Facts) -> bool:
    return fulfilment["state"] in (FulfilmentState.OPEN, FulfilmentState.BACKORDERED)


def has_shipped(fulfilment: Facts) -> bool:
    return fulfilment["state"] in (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)
