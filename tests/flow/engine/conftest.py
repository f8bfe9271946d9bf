"""Orders that live on a virtual clock."""

from pathlib import Path

import pytest

from activities.catalogue import ACTIONS
from config.shop import read_shop
from domain.step import Call, StepResult
from flow.engine.commands import Perform
from flow.simulator import Simulator
from tests.fakes import MONDAY, FakeShop, facts


class World:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    def perform(self, step: Perform, now) -> StepResult:
        call = Call(self.shop.number, step.lane, step.step, step.visit, step.key, now, 1.0, step.args)
        return self.shop.do(step.action, call)


@pytest.fixture(scope="session")
def rules():
    return read_shop(Path("config"), ACTIONS)


@pytest.fixture
def order(rules):
    """Begins an order at the given shop, with the shipped flows."""

    def begin(shop: FakeShop, held=(), **changes) -> Simulator:
        known = facts(shop.number, **changes)
        world = World(shop)
        return Simulator(shop.number, known, rules.flows, "standard", world, rules.calendars, MONDAY, held)

    return begin
