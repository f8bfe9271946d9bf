"""A scenario on the virtual clock: the order and its parcels live together, and are looked at."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

from domain.act import Act, ActKind, ActResult, Outcome
from domain.duration import Duration
from domain.journal import IncidentOpened, WaitOpened
from flow.coverage import Branch, Watched
from flow.engine.state import Lane, Phase, Wait
from flow.model import Level
from flow.scenario import Does, Happening, Scenario, Spot
from flow.scenario_world import World
from flow.shop import Shop
from flow.simulator import Simulator

ACTS = {
    Does.ANSWER: ActKind.ANSWER,
    Does.EVENT: ActKind.EVENT,
    Does.HOLD: ActKind.HOLD,
    Does.RELEASE: ActKind.RELEASE,
    Does.CANCEL: ActKind.CANCEL,
    Does.RETRY: ActKind.RETRY,
    Does.SKIP: ActKind.SKIP,
}


@dataclass
class Play:
    """
    A scenario's order, begun. `acts` are those done so far, in their order.

    :raises FlowRefused: a rule of the shop asks for a fact that this order does not have.
    """

    scenario: Scenario
    shop: Shop
    world: World = field(init=False)
    life: Simulator = field(init=False)
    opened: dict[str, WaitOpened] = field(default_factory=dict)  # id -> every wait there was
    incidents: list[IncidentOpened] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    _seen: int = 0

    def __post_init__(self) -> None:
        scenario, main = self.scenario, main_flow(self.scenario, self.shop)
        self.world = World(scenario, self.shop, main)
        self.life = Simulator(
            scenario.number,
            deepcopy(scenario.order),  # an order learns; its scenario may be played again
            self.shop.flows,
            main,
            self.world,
            self.shop.calendars,
            scenario.starts,
            scenario.held,
            deepcopy(scenario.returned),
            Watched,
        )
        self._look()

    @property
    def taken(self) -> frozenset[Branch]:
        engine = self.life.engine
        assert isinstance(engine, Watched)
        return engine.taken

    @property
    def lanes(self) -> Mapping[str, Lane]:
        return self.life.engine.state.lanes

    def do(self, happening: Happening) -> str:
        """Let it happen; empty, or why it cannot or did not go as it should."""
        match happening.does:
            case Does.GIVEN:
                self.world.give(happening.givens)
                why = ""
            case Does.LATE:
                why = self._be_late(happening)
            case Does.AFTER:
                self.life.pass_time(self._plain(Duration.parse(happening.word)))
                why = ""
            case _:
                why = self._act(happening)
        self._look()
        return why

    def _look(self) -> None:
        for batch in self.life.batches[self._seen :]:
            self.opened.update({wait.id: wait for wait in batch.opened})
            self.incidents += batch.incidents_opened
        self._seen = len(self.life.batches)

    def _act(self, happening: Happening) -> str:
        act = self.act_of(happening)
        if isinstance(act, str):
            return act
        if self.life.ended:
            return f"nothing can happen any more: it has ended {self.life.ended}"
        if happening.does in (Does.RETRY, Does.SKIP):
            lane = next(lane for lane in self.lanes.values() if f"{lane.id}." in act.target)
            self.world.ask_again(lane.id, lane.step)
        self.acts.append(act)
        return _wrong(happening, self.life.act(act))

    def act_of(self, happening: Happening) -> Act | str:
        """The act this is now, or why it cannot be any."""
        target = happening.word
        if happening.does == Does.ANSWER:
            assert happening.spot is not None
            wait = self._wait_of(happening.spot, "ask")
            if wait is None:
                return f"there is no open task of {happening.spot}; {self.standing()}"
            target = wait.id
        if happening.does in (Does.RETRY, Does.SKIP):
            assert happening.spot is not None
            incident = self._incident_of(happening.spot)
            if incident is None:
                return f"{happening.spot} has not stopped in an incident; {self.standing()}"
            target = incident
        lane = self.scenario.lane(happening.part) if happening.part not in ("", *Level) else ""
        answer = happening.word if happening.does == Does.ANSWER else ""
        id, values = f"act-{len(self.acts) + 1}", dict(happening.values)
        return Act(id, ACTS[happening.does], target, answer, lane, happening.tracking, values)

    def _be_late(self, happening: Happening) -> str:
        assert happening.spot is not None
        wait = self._wait_of(happening.spot)
        if wait is None:
            return f"nothing waits at {happening.spot}; {self.standing()}"
        if wait.late is None:
            return f"{happening.spot} never runs late"
        if self.life.engine.state.holds:
            return f"{happening.spot} does not run late while the order is on hold"
        self.life.pass_time(max(wait.late - self.life.now, timedelta(0)))
        return ""

    def _plain(self, length: Duration) -> timedelta:
        if not length.working:
            return length.plain
        calendar = self.shop.flows[self.scenario.flow].calendar
        return self.shop.calendars[calendar].after(self.life.now, length) - self.life.now

    def _wait_of(self, spot: Spot, kind: str = "") -> Wait | None:
        for lane in self._lanes_of(spot):
            if lane.wait and lane.wait.step == spot.step and kind in ("", lane.wait.kind):
                return lane.wait
        return None

    def _incident_of(self, spot: Spot) -> str | None:
        found = [lane.incident for lane in self._lanes_of(spot) if lane.step == spot.step]
        ids = [incident.id for incident in found if incident]
        stuck = self.life.engine.state.notices.values()
        ids += [each.incident.id for each in stuck if each.incident and spot.step in each.incident.id]
        return ids[0] if ids else None

    def _lanes_of(self, spot: Spot) -> list[Lane]:
        lanes = list(self.lanes.values())
        if not spot.part:
            return lanes
        return [lane for lane in lanes if lane.id == self.scenario.lane(spot.part)]

    def standing(self) -> str:
        """Where it is, in words."""
        if self.life.ended:
            return f"it has ended {self.life.ended}"
        open_ = [lane for lane in self.lanes.values() if lane.phase != Phase.ENDED]
        places = [f"{self.spot(lane.id, lane.step)} ({lane.phase})" for lane in open_]
        return f"it is at {' and '.join(places)}"

    def spot(self, lane: str, step: str) -> Spot:
        """A step as a scenario names it: with the part, where there are several that may have it."""
        parcels = len(self.lanes) > (2 if self.scenario.level != Level.RETURN else 1)
        named = parcels and lane != self.life.engine.state.subject
        return Spot(step, self.scenario.part(lane) if named else "")


def _wrong(happening: Happening, result: ActResult | None) -> str:
    why = result.why if result and result.outcome == Outcome.REFUSED else ""
    if happening.refused and happening.refused.casefold() not in why.casefold():
        return f"it was refused: {why}" if why else "it was not refused"
    return f"it was refused: {why}" if why and not happening.refused else ""


def main_flow(scenario: Scenario, shop: Shop) -> str:
    """The flow that the order, or return, takes as a whole."""
    return shop.route_order(scenario.order) if scenario.level == Level.FULFILMENT else scenario.flow
