"""
The engine: what an order does next, given where it stands and what just happened.

Pure: no Temporal, no clock, no I/O. A driver carries out the commands it finds in `take()`, and reports
each outcome with the time at which it came. Between outcomes `state` is whole and serialisable.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.act import Act, ActResult, Outcome
from domain.facts import Facts
from domain.journal import Batch, Deadlines, EntryKind
from domain.notice import Notice
from domain.step import StepResult
from flow.catalogue import Changes
from flow.engine import acts, edits, events, holds, incidents, leaving, moving, renewals
from flow.engine.commands import Command
from flow.engine.machine import BEFORE, TAKE_OUT, Machine
from flow.engine.state import Lane, Phase, State
from flow.engine.verbs import ENTER, load, open_lanes, send
from flow.model import Ask, Each, End, Flow, Level, Step, WaitFor


class Engine:
    """`flows` holds definitions by hash, as they come in."""

    def __init__(self, state: State, flows: dict[str, Flow] | None = None) -> None:
        self._m = Machine(state, flows if flows is not None else {})

    @classmethod
    def for_order(cls, order: str, flow: str, flows: dict[str, str], speed: float = 1.0) -> "Engine":
        """An order that has not begun; `flows` pins each flow's hash, `speed` divides every duration."""
        return cls._at(State(order, flows, order, speed), Level.ORDER, flow)

    @classmethod
    def for_return(cls, order: str, id: str, flow: str, flows: dict[str, str]) -> "Engine":
        """A return that has not begun: a walk through a flow of its own."""
        return cls._at(State(order, flows, id), Level.RETURN, flow)

    @classmethod
    def _at(cls, state: State, level: Level, flow: str) -> "Engine":
        state.lanes[state.subject] = Lane(state.subject, level, flow, state.flows[flow], BEFORE)
        return cls(state)

    @property
    def state(self) -> State:
        return self._m.state

    @property
    def ended(self) -> str:
        """The order's end state, once every lane has ended and every notice is out or an incident."""
        if any(lane.phase != Phase.ENDED for lane in self.state.lanes.values()):
            return ""
        if any(telling.incident is None for telling in self.state.notices.values()):
            return ""
        return self.state.root.state

    def take(self) -> list[Command]:
        commands, self._m.out = self._m.out, []
        return commands

    @property
    def has_news(self) -> bool:
        return not self._m.page.blank

    @property
    def writes_first(self) -> bool:
        """Whether something changes in our books that the next steps read there."""
        return bool(self._m.page.readdressed)

    def take_batch(self, now: datetime, speed: float) -> Batch:
        self._m.now = now
        ended = self.ended
        if ended:
            self._refuse_the_rest()
        return self._m.take_batch(speed, ended)

    def start(
        self, facts: Facts, now: datetime, held: Iterable[str] = (), returned: Facts | None = None
    ) -> None:
        """`facts` are the order's, `returned` those of the return that this is."""
        self._m.now = now
        self.state.facts = facts
        self.state.returned = returned or {}
        for kind in held:
            holds.begin_hold(self._m, kind)
        load(self._m, self.state.root)
        self._run()

    def flow_loaded(self, flow: Flow, now: datetime) -> None:
        """A definition is here: every lane that waits for it begins."""
        self._m.now = now
        self._m.flows[flow.sha256] = flow
        for lane in self.state.lanes.values():
            if lane.phase == Phase.LOADING and lane.sha256 == flow.sha256:
                self._m.go(lane, flow.first)
        moving.go_on(self._m)
        self._run()

    def flow_missing(self, sha256: str, why: str, now: datetime) -> None:
        self._m.now = now
        moving.give_up(self._m, sha256, why)
        for lane in self.state.lanes.values():
            if lane.phase != Phase.LOADING or lane.sha256 != sha256:
                continue
            if not leaving.stop_at_boundary(self._m, lane):
                lane.step = lane.flow
                self._m.stop_and_ask(lane, why, "load", role="ops")
        self._run()

    @property
    def standing(self) -> str:
        """Where each open lane stands, for engineers who look at the workflow; no personal data."""
        lanes = [lane for lane in self.state.lanes.values() if lane.phase != Phase.ENDED]
        lines = [f"- {lane.id}: {self._m.title(lane, lane.step)} ({lane.phase})" for lane in lanes]
        return "\n".join([*lines, *(f"- on hold: {kind}" for kind in self.state.holds)])

    def performed(self, lane: str, key: str, result: StepResult, now: datetime) -> None:
        self._m.now = now
        if renewals.is_renewal(self._m, key):
            renewals.renewed(self._m, result)
            self._run()
            return
        at = self.state.lanes[lane]
        work = at.work
        assert work is not None
        assert work.key == key
        at.work = None
        self._learn(at, result)
        step, _ = self._m.doing(at, work)
        if work.step == TAKE_OUT.id:
            edits.taken_out(self._m, at, work)
        elif work.undo:
            self._m.say(at, EntryKind.UNDO, result.said or f"Taken back: {step.title}.")
            leaving.undo_next(self._m, at)
        else:
            at.results[work.step] = result.values
            at.passed.append(work.step)
            self._m.say(
                at, EntryKind.STEP, f"{step.title}: {result.said}" if result.said else f"{step.title}."
            )
            self._m.go(at, step.then)
        self._open_new_lanes(at)
        self._run()

    def refused(self, lane: str, key: str, name: str, message: str, now: datetime) -> None:
        """A definite no, under its name: the flow says where that leads."""
        self._m.now = now
        if renewals.is_renewal(self._m, key):
            renewals.refused(self._m, name, message)
            self._run()
            return
        at = self.state.lanes[lane]
        work = at.work
        assert work is not None
        assert work.key == key
        _, run = self._m.doing(at, work)
        if work.step == TAKE_OUT.id:
            self.gave_up(lane, key, message, now)
            return
        if work.undo or name not in run.on_error:
            self.gave_up(lane, key, message, now)
            return
        at.work = None
        if at.undo and at.undo[-1].step == work.step and at.undo[-1].visit == work.visit:
            at.undo.pop()  # it definitely did not happen
        self._m.say(at, EntryKind.STEP, f"{self._m.title(at, work.step)}: {message}")
        self._m.go(at, run.on_error[name])
        self._run()

    def gave_up(self, lane: str, key: str, message: str, now: datetime) -> None:
        """No answer after every try, or a refusal nobody routes: stop and ask."""
        self._m.now = now
        if renewals.is_renewal(self._m, key):
            renewals.gave_up(self._m, message)
            self._run()
            return
        at = self.state.lanes[lane]
        work = at.work
        assert work is not None
        _, run = self._m.doing(at, work)
        if work.step == TAKE_OUT.id:
            at.work = None
            edits.not_taken_out(self._m, at, message)
            self._run()
            return
        # A failed undo can be mended by hand; a failed step only where the flow says so.
        may_skip = ("admin", run.owner) if work.undo else run.may_skip
        # What may have left cannot be called back: a person finds out first.
        if at.cancel and run.changes != Changes.SHIPS:
            # The unknown effect, if any, is taken back by the undo that was noted before it.
            at.work = None
            if leaving.stop_at_boundary(self._m, at):
                self._run()
                return
            at.work = work
        self._m.stop_and_ask(at, message, "work", role=run.owner, may_skip=may_skip)
        self._run()

    def told(self, notice: str, sent: bool, why: str, now: datetime) -> None:
        """A notice is out, or was left out on purpose; with a `why`, a person has to mend something."""
        self._m.now = now
        if sent or not why:
            del self.state.notices[notice]
        else:
            incidents.tell_failed(self._m, notice, why)

    def scheduled(self, deadlines: Iterable[Deadlines]) -> None:
        """The journal has worked out when open waits are due."""
        waits = {lane.wait.id: lane.wait for lane in self.state.lanes.values() if lane.wait}
        for deadline in deadlines:
            wait = waits.get(deadline.id)
            if wait is not None:
                wait.due, wait.remind, wait.late = deadline.due, deadline.remind, deadline.late

    def refusal(self, act: Act) -> str:
        """Why this act cannot be done now; empty when it can. Changes nothing."""
        return acts.refusal(self._m, act)

    def act(self, act: Act, now: datetime) -> None:
        """Do what was asked for; `result(act.id)` says how it ended, as soon as it has."""
        self._m.now = now
        acts.apply(self._m, act)
        self._run()

    def result(self, act: str) -> ActResult | None:
        return self.state.acts.get(act)

    def _refuse_the_rest(self) -> None:
        """The order is over: answers to tasks that never opened are refused."""
        for task, acts_ in self.state.early.items():
            for act in acts_:
                self._m.settle(act.id, ActResult(Outcome.REFUSED, f"Task {task} never opened."))
        self.state.early.clear()

    def next_deadline(self) -> tuple[datetime, str] | None:
        """The nearest moment at which waiting changes something, and what for."""
        clock = renewals.next_moment(self._m)
        if self.state.holds:
            return clock
        moments = [] if clock is None else [clock]
        moments += [
            (at, self._m.title(lane, lane.wait.step))
            for lane in self.state.lanes.values()
            if lane.wait
            for at in (lane.wait.remind, lane.wait.late)
            if at is not None
        ]
        return min(moments, default=None)

    def tick(self, now: datetime) -> None:
        """Time has passed: remind and turn late whatever is over its moment."""
        self._m.now = now
        renewals.turn_late(self._m)
        if not self.state.holds:
            for lane in list(self.state.lanes.values()):
                self._remind(lane)
                self._turn_late(lane)
        self._run()

    def _remind(self, lane: Lane) -> None:
        wait = lane.wait
        if wait is None or wait.remind is None or wait.remind > self._m.now:
            return
        wait.remind = None
        step = self._m.flow(lane).step(wait.step)
        assert isinstance(step.does, Ask)
        id = f"{wait.id}.reminder"
        values = {"task": wait.id, "title": step.title, "role": step.does.role}
        send(self._m, Notice(id, self.state.order, lane.id, "task_reminder", step.does.role, values=values))
        self._m.say(lane, EntryKind.REMINDER, f"Reminded {step.does.role}: {step.title}.")

    def _turn_late(self, lane: Lane) -> None:
        wait = lane.wait
        if wait is None or wait.late is None or wait.late > self._m.now:
            return
        self._m.close_wait(lane)
        step = self._m.flow(lane).step(wait.step)
        does = step.does
        lane.passed.append(wait.step)
        if isinstance(does, Ask | WaitFor | Each) and does.if_late is not None:
            lane.late.append(wait.step)
            next_title = self._m.title(lane, does.if_late.go)
            self._m.say(lane, EntryKind.LATE, f"{step.title} took too long: “{next_title}”.")
            self._m.go(lane, does.if_late.go)
        else:
            self._m.go(lane, step.then)

    def _learn(self, lane: Lane, result: StepResult) -> None:
        self._m.learn(self.state.facts, result.order)
        self._m.learn(self.state.returned, result.returned)
        if lane.id in self.state.fulfilments:
            self._m.learn(self.state.fulfilments[lane.id], result.fulfilment)
        for facts in result.fulfilments:
            self._m.learn(self.state.fulfilments.setdefault(facts["id"], {}), facts)

    def _open_new_lanes(self, origin: Lane) -> None:
        """A split brings a new fulfilment while the order's lanes are open, even if they run late."""
        root, known = self.state.root, len(self.state.lanes)
        opener = None if origin is root else self._m.opener(root)
        if opener is not None:
            open_lanes(self._m, root, opener)
            for lane in list(self.state.lanes.values())[known:]:
                leaving.follow(self._m, lane, origin)

    def _run(self) -> None:
        """Enter step after step until every lane waits, works or has ended."""
        while self._m.entering:
            id, place = self._m.entering.popleft()
            self._enter(self.state.lanes[id], place)
        renewals.look(self._m)

    def _enter(self, lane: Lane, place: str) -> None:
        if leaving.stop_at_boundary(self._m, lane):
            return
        leaving.turn_back(self._m, lane, place)
        if lane.gives and not lane.stopping:
            edits.give(self._m, lane, place)
            return
        held = self.state.holds and not lane.stopping
        if held or renewals.keeps_waiting(self._m, lane, place):
            lane.step = place
            self._m.touch(lane, Phase.PARKED)
            return
        found = self._m.flow(lane).by_id[place]
        lane.step = place
        if isinstance(found, End):
            leaving.leave(self._m, lane, found)
        elif self._count_visit(lane, found):
            ENTER[type(found.does)](self._m, lane, found)
            if self.state.unwanted and isinstance(found.does, Each):
                edits.share_out(self._m)
            self._serve_what_came_early(lane)

    def _count_visit(self, lane: Lane, step: Step) -> bool:
        lane.visit = lane.visits.get(step.id, 0) + 1
        lane.visits[step.id] = lane.visit
        if lane.visit <= step.visits + lane.granted.get(step.id, 0):
            return True
        what = f"The order came here {lane.visit} times; its flow allows {step.visits}."
        self._m.stop_and_ask(lane, what, "step", role="ops")
        return False

    def _serve_what_came_early(self, lane: Lane) -> None:
        if lane.wait is not None:
            acts.answer_early(self._m, lane)
        if lane.wait is not None:
            events.serve_kept(self._m, lane)
