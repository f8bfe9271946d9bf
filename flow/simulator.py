"""A flow on a virtual clock: the same engine, with nobody outside and all the time in the world."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from domain.act import Act, ActKind, ActResult
from domain.calendar import WorkingCalendar
from domain.duration import Duration
from domain.errors import Refused, Unavailable
from domain.facts import Facts
from domain.journal import Batch, Deadlines, Entry, WaitOpened
from domain.notice import Notice
from domain.step import StepResult
from flow.engine.commands import Command, LoadFlow, Perform, Send
from flow.engine.engine import Engine
from flow.model import Flow

LONGEST_WAIT = timedelta(minutes=5)


class World(Protocol):
    """What answers the steps of a simulated order."""

    def perform(self, step: Perform, now: datetime) -> StepResult:
        """
        :raises Refused: a named no.
        :raises Unavailable: no answer; it is asked again as the flow says.
        """
        ...


@dataclass(order=True)
class _Soon:
    at: datetime
    n: int
    happen: Callable[[], None] = field(compare=False)


class Simulator:
    """
    One order, or the return whose facts are `returned`. Everything that can happen at once has happened
    whenever a method returns; time passes only through `pass_time` and `until_idle`.
    """

    def __init__(
        self,
        order: str,
        facts: Facts,
        flows: Mapping[str, Flow],
        flow: str,
        world: World,
        calendars: Mapping[str, WorkingCalendar],
        now: datetime,
        held: Sequence[str] = (),
        returned: Facts | None = None,
        engine: type[Engine] = Engine,
    ) -> None:
        self.now = now
        self.entries: list[Entry] = []
        self.batches: list[Batch] = []
        self.notices: list[Notice] = []
        self.undone: list[str] = []
        self.tasks: dict[str, WaitOpened] = {}
        self.deadlines: dict[str, Deadlines] = {}  # of every wait there was, by its id
        self._world = world
        self._calendars = calendars
        self.flows = {flow.sha256: flow for flow in flows.values()}
        self._soon: list[_Soon] = []
        self._n = 0
        pinned = {name: f.sha256 for name, f in flows.items()}
        if returned is None:
            self.engine = engine.for_order(order, flow, pinned)
        else:
            self.engine = engine.for_return(order, returned["id"], flow, pinned)
        self.engine.start(facts, now, held, returned)
        self._settle()

    @property
    def ended(self) -> str:
        return self.engine.ended

    def answer(self, step: str, answer: str, **values: Any) -> ActResult | None:
        """Answer the open task of this step; with several lanes, the one that opened first."""
        task = next(id for id, wait in self.tasks.items() if wait.step == step)
        return self.act(Act(self._new_id(), ActKind.ANSWER, target=task, answer=answer, values=values))

    def event(self, name: str, lane: str = "", **values: Any) -> ActResult | None:
        return self.act(Act(self._new_id(), ActKind.EVENT, target=name, lane=lane, values=values))

    def act(self, act: Act) -> ActResult | None:
        """The result, or None while the order still makes up its mind."""
        self.engine.act(act, self.now)
        self._settle()
        return self.engine.result(act.id)

    def pass_time(self, length: timedelta) -> None:
        """Let this much time pass, with everything that falls due on the way."""
        until = self.now + length
        while (at := self.next_moment) is not None and at <= until:
            self._move_to(at)
        self.now = until

    def until_idle(self, most: timedelta = timedelta(days=365)) -> None:
        """Let time pass until the order has ended, or nothing more happens by itself."""
        until = self.now + most
        while not self.ended and (at := self.next_moment) is not None and at <= until:
            self._move_to(at)

    @property
    def next_moment(self) -> datetime | None:
        """When something will happen by itself; None when nothing will."""
        deadline = self.engine.next_deadline()
        moments = [soon.at for soon in self._soon[:1]] + ([deadline[0]] if deadline else [])
        return min(moments, default=None)

    def _move_to(self, at: datetime) -> None:
        self.now = max(self.now, at)
        while self._soon and self._soon[0].at <= self.now:
            heapq.heappop(self._soon).happen()
        self.engine.tick(self.now)
        self._settle()

    def _settle(self) -> None:
        while True:
            commands = self.engine.take()
            for command in commands:
                self._carry_out(command)
            if self.engine.has_news or (self.ended and not self.batches[-1].ended):
                self._write_down()
            elif not commands:
                return

    def _carry_out(self, command: Command) -> None:
        if isinstance(command, LoadFlow):
            flow = self.flows.get(command.sha256)
            if flow is None:
                self.engine.flow_missing(command.sha256, "Its flow is not here.", self.now)
            else:
                self.engine.flow_loaded(flow, self.now)
        elif isinstance(command, Send):
            self.notices.append(command.notice)
            self.engine.told(command.notice.id, sent=True, why="", now=self.now)
        else:
            self._perform(command, 1)

    def _perform(self, step: Perform, n: int) -> None:
        try:
            result = self._world.perform(step, self.now)
        except Refused as no:
            self.engine.refused(step.lane, step.key, type(no).__name__, str(no), self.now)
        except Unavailable as away:
            self._try_again(step, n, str(away))
        else:
            if step.title.startswith("Undo: "):
                self.undone.append(step.action)
            self.engine.performed(step.lane, step.key, result, self.now)

    def _try_again(self, step: Perform, n: int, why: str) -> None:
        if n >= step.tries:
            self.engine.gave_up(step.lane, step.key, why, self.now)
            return
        wait = min(Duration.parse(step.first_wait).plain * 2 ** (n - 1), LONGEST_WAIT)
        self._n += 1
        heapq.heappush(self._soon, _Soon(self.now + wait, self._n, lambda: self._perform(step, n + 1)))

    def _write_down(self) -> None:
        batch = self.engine.take_batch(self.now, speed=1.0)
        self.batches.append(batch)
        self.entries.extend(batch.entries)
        self.tasks.update({wait.id: wait for wait in batch.opened if wait.kind == "ask"})
        self.tasks.update({wait.id: wait for wait in batch.rewritten if wait.kind == "ask"})
        for closed in batch.closed:
            self.tasks.pop(closed.id, None)
        opened = [self._deadlines(wait) for wait in batch.opened]
        moved = [Deadlines(each.id, each.due, each.remind, each.late) for each in batch.moved]
        self.deadlines.update({each.id: each for each in (*opened, *moved)})
        self.engine.scheduled(opened)

    def _deadlines(self, wait: WaitOpened) -> Deadlines:
        moments = [self._after(wait, words) for words in (wait.due, wait.remind, wait.late)]
        return Deadlines(wait.id, *moments)

    def _after(self, wait: WaitOpened, words: str) -> datetime | None:
        if not words:
            return None
        length = Duration.parse(words)
        if not length.working:
            return self.now + length.plain
        return self._calendars[wait.calendar].after(self.now, length)

    def _new_id(self) -> str:
        self._n += 1
        return f"act-{self._n}"
