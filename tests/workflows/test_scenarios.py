"""The shipped scenarios once more, on Temporal: they go as on the virtual clock, step by step."""

from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.catalogue import ACTIONS
from config.shop import config_files, read_shop
from domain.journal import EntryKind
from flow.load.scenarios import Shelf
from flow.model import Level
from flow.scenario import Does
from flow.scenario_files import scenarios_of
from flow.scenario_play import Play, main_flow
from flow.scenario_world import World
from starter.ids import order_workflow, return_workflow
from tests.fake_returns import FakeReturns
from tests.workflows.conftest import living, pinned
from workflows.order import OrderStart, OrderWorkflow
from workflows.returns import ReturnStart, ReturnWorkflow

CONFIG = Path("config")


def shipped():
    shop = read_shop(CONFIG, ACTIONS)
    shelf = Shelf(shop.flows, shop.catalogue, shop.calendars)
    scenarios, findings = scenarios_of(config_files(CONFIG), shelf, lambda _: {})
    assert not findings
    return scenarios


class Stage(FakeReturns):
    """The shop's ports, played by the world of a scenario."""

    def __init__(self, scenario, world) -> None:
        super().__init__(scenario.number)
        self._scenario, self._world, self._lock = scenario, world, Lock()

    def do(self, action, call):
        with self._lock:  # parcels act side by side, each in a thread
            return self._world.do(action, call)

    def begin(self, id, known):
        return {"order": known, "return": self._scenario.returned}


def begin(env, rules, scenario, world):
    main, stage = main_flow(scenario, rules), Stage(scenario, world)
    pins, number = pinned(rules), scenario.number
    if scenario.level == Level.RETURN:
        id = scenario.lane("return")
        returned = ReturnStart(number, id, main, pins)
        return living(
            env, rules, stage, scenario.order, ReturnWorkflow, returned, return_workflow(id), 1000
        )
    start = OrderStart(number, main, pins, scenario.held)
    return living(env, rules, stage, scenario.order, OrderWorkflow, start, order_workflow(number), 1000)


def told(entries):
    """What each part went through; side by side, their order among each other is chance."""
    entries = [entry for entry in entries if not renewed(entry)]
    lanes = {entry.lane for entry in entries}
    return {lane: [(e.kind, e.step, e.text) for e in entries if e.lane == lane] for lane in sorted(lanes)}


def renewed(entry) -> bool:
    """
    Whether money was held anew beside the step. The server may skip past that moment and a deadline a day
    later at once; where the deadline then ends the order, there is nothing left to hold.
    """
    return entry.kind == EntryKind.STEP and entry.step == "ship"


class Twins:
    """One scenario on both clocks."""

    def __init__(self, play: Play, life, world: World) -> None:
        self.play, self.life, self.world = play, life, world

    async def agree(self) -> None:
        try:
            await self.life.until(self.alike)
        except TimeoutError:
            assert self.seen() == self.wanted()

    def alike(self) -> bool:
        return self.seen() == self.wanted()

    def seen(self):
        return told(self.life.journal.entries), sorted(self.life.post.sent), self.world.undone

    def wanted(self):
        sim = self.play.life
        return told(sim.entries), sorted(notice.id for notice in sim.notices), self.play.world.undone

    async def do(self, happening) -> None:
        before, done = self.play.life.now, len(self.play.acts)
        assert self.play.do(happening) == ""
        if happening.does == Does.GIVEN:
            self.world.give(happening.givens)
        for act in self.play.acts[done:]:
            await self.act(happening, act)
        if self.play.life.now > before:
            await self.life.env.sleep(self.play.life.now - before)
        await self.agree()

    async def act(self, happening, act) -> None:
        if happening.does in (Does.RETRY, Does.SKIP):
            lane = max((lane for lane in self.play.lanes if act.target.startswith(f"{lane}.")), key=len)
            self.world.ask_again(lane, act.target.removeprefix(f"{lane}.").split(".")[0])
        if happening.refused:
            with pytest.raises(WorkflowUpdateFailedError) as no:
                await self.life.act(act)
            assert happening.refused in str(no.value.cause)
        elif self.play.life.engine.result(act.id) is None:
            await self.life.handle.signal(OrderWorkflow.answer, act)  # it is decided later
        else:
            await self.life.act(act)


# All of them play on the virtual clock, by `orders flow test`; here every fifth has to do.
@pytest.mark.parametrize("scenario", shipped()[::5], ids=lambda each: f"{each.flow}: {each.title}")
async def test_a_scenario_goes_on_temporal_as_on_the_virtual_clock(skipping, rules, scenario):
    begins = replace(scenario, starts=await skipping.get_current_time())
    world = World(begins, rules, main_flow(begins, rules))
    async with begin(skipping, rules, begins, world) as life:
        twins = Twins(Play(begins, rules), life, world)
        await twins.agree()
        for happening in begins.story:
            await twins.do(happening)

        if twins.play.life.ended:
            assert await life.end() == twins.play.life.ended
