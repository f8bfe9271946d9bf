"""One order of the past, played through the flows of today."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.act import Act, ActKind, Outcome
from domain.errors import AuthorizationExpired
from domain.journal import EntryKind, WaitOpened
from domain.step import Call, StepResult
from flow.backtest.case import Case, Dated
from flow.engine.state import Phase
from flow.model import Flow
from flow.scenario import Scenario
from flow.scenario_play import main_flow
from flow.scenario_world import World
from flow.shop import Shop
from flow.simulator import Simulator
from flow.values import instant

CAPTURE, VOID = "payment.capture", "payment.void"
LONGEST = timedelta(days=400)
# Waits that somebody may be too late for.
ANSWERED = ("ask", "event")
Where = tuple[str, str]  # flow, step


@dataclass(frozen=True, slots=True)
class Waited:
    """`missed` is past what was promised, `late` past what the flow waits for."""

    where: Where
    length: timedelta
    missed: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Told:
    """
    What became of a case. `end` is the title of its end, or of where it still stands. `left` names each
    act that found nothing to act on.
    """

    number: str
    end: str
    ended: bool
    steps: tuple[Where, ...]
    waits: tuple[Waited, ...]
    expired: bool
    shipped_late: bool
    never_left: bool
    left: tuple[str, ...]


class PastWorld(World):
    """As a scenario's, but a card's authorisation that has run out cannot be captured."""

    expired = False
    shipped: datetime | None = None

    def do(self, action: str, call: Call) -> StepResult:
        """:raises AuthorizationExpired: what was held is held no longer."""
        payment = call.facts["order"]["payment"]
        until = payment["expires_at"]
        if action in (CAPTURE, VOID) and until and instant(until) < call.now:
            self.expired = self.expired or action == CAPTURE or payment["state"] == "authorized"
            if action == CAPTURE:
                raise AuthorizationExpired(f"The authorisation of order {call.order} has run out.")
        result = super().do(action, call)
        if action == "shipping.hand_over" and self.shipped is None:
            self.shipped = call.now
        return result


def play(case: Case, shop: Shop, flow: Flow) -> Told:
    """
    Its dated events come when they came then; an answer whose task is not open yet waits for it.

    :raises FlowRefused: a rule of the shop asks for a fact that this order does not have.
    """
    return _Past(case, shop, flow).told()


class _Past:
    def __init__(self, case: Case, shop: Shop, flow: Flow) -> None:
        scenario = Scenario(case.number, flow.name, flow.level, deepcopy(case.order), case.starts)
        main = main_flow(scenario, shop)
        self._case = case
        self._world = PastWorld(scenario, shop, main)
        self._left: list[str] = []
        self._early: list[Dated] = []  # not done yet: answers whose task is not open
        self._n = 0
        self._life = Simulator(
            case.number, scenario.order, shop.flows, main, self._world, shop.calendars, case.starts
        )

    def told(self) -> Told:
        for dated in sorted(self._case.events, key=lambda each: each.at):
            self._pass_until(dated.at)
            self._early.append(dated)
            self._answer_early()
        self._pass_until(self._life.now + LONGEST)
        self._left += [f"“{each.answer}” of {each.target}: it never came to that" for each in self._early]
        return self._summed_up()

    def _pass_until(self, at: datetime) -> None:
        while not self._life.ended and (moment := self._life.next_moment) is not None and moment <= at:
            self._life.pass_time(max(moment - self._life.now, timedelta(0)))
            self._answer_early()
        if not self._life.ended:
            self._life.pass_time(max(at - self._life.now, timedelta(0)))

    def _answer_early(self) -> None:
        """Each answer that is done may open the task of another."""
        while done := next((each for each in self._early if self._do(each)), None):
            self._early.remove(done)

    def _do(self, dated: Dated) -> bool:
        """Whether it is done, or never will be."""
        act = self._act(dated)
        if act is None:
            return False
        if self._life.ended:
            self._left.append(f"{_named(dated)}: it had ended")
            return True
        result = self._life.act(act)
        if result is not None and result.outcome == Outcome.REFUSED:
            self._left.append(f"{_named(dated)}: refused")
        return True

    def _act(self, dated: Dated) -> Act | None:
        lane = f"{self._case.number}-{dated.part}" if dated.part else ""
        target = dated.target
        if dated.kind == ActKind.ANSWER:
            task = self._task(dated.target, lane)
            if task is None:
                return None
            target, lane = task.id, ""
        elif lane not in self._life.engine.state.lanes:
            lane = ""
        self._n += 1
        return Act(f"past-{self._n}", dated.kind, target, dated.answer, lane, values=dict(dated.values))

    def _task(self, step: str, lane: str) -> WaitOpened | None:
        """That of this lane, or else of any: today's parcels may be others than those of then."""
        open_ = [wait for wait in self._life.tasks.values() if wait.step == step]
        return next((wait for wait in open_ if wait.lane == lane), open_[0] if open_ else None)

    def _summed_up(self) -> Told:
        root, ship_by = self._life.engine.state.root, self._case.ship_by
        flow = self._life.flows[root.sha256]
        shipped = self._world.shipped
        return Told(
            number=self._case.number,
            end=flow.by_id[root.end or root.step].title,
            ended=root.phase == Phase.ENDED,
            steps=tuple(dict.fromkeys(self._steps())),
            waits=tuple(self._waits()),
            expired=self._world.expired,
            shipped_late=ship_by is not None and shipped is not None and shipped > ship_by,
            never_left=ship_by is not None and shipped is None,
            left=tuple(self._left),
        )

    def _steps(self) -> Iterator[Where]:
        lanes = self._life.engine.state.lanes
        for entry in self._life.entries:
            if entry.step and entry.kind not in (EntryKind.HOLD, EntryKind.MOVE):
                yield lanes[entry.lane].flow, entry.step

    def _waits(self) -> Iterator[Waited]:
        lanes = self._life.engine.state.lanes
        opened = {wait.id: wait for batch in self._life.batches for wait in batch.opened}
        for closed in (closed for batch in self._life.batches for closed in batch.closed):
            wait = opened[closed.id]
            if wait.kind not in ANSWERED:
                continue
            deadlines = self._life.deadlines[wait.id]
            yield Waited(
                where=(lanes[wait.lane].flow, wait.step),
                length=closed.at - wait.since,
                missed=deadlines.due is not None and closed.at > deadlines.due,
                late=deadlines.late is not None and closed.at >= deadlines.late,
            )


def _named(dated: Dated) -> str:
    if dated.kind == ActKind.ANSWER:
        return f"“{dated.answer}” of {dated.target}"
    return dated.target if dated.kind == ActKind.EVENT else f"{dated.kind} {dated.target}".strip()
