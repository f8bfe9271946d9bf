"""An order whose parcels take too long together: support looks at it while they go on."""

from datetime import timedelta

import pytest

from domain.act import Act, ActKind, ActResult, Outcome
from flow.simulator import Simulator
from tests.fakes import MONDAY, FakeShop, facts
from tests.flow.engine.conftest import World
from tests.versions import another

LATE = (
    "    use: fulfilment.flow\n    if_late: {after: 1 day, go: late_order}\n    then: sum_up\n\n"
    "  - id: late_order\n    title: The order takes too long\n    ask: support\n    answers:\n"
    "      wait: {label: Wait on, go: ship}\n    due: 1 day\n    if_late: {after: 9 days, go: ship}\n"
)


@pytest.fixture
def late(rules):
    """An order at the given shop, one day after its parcels were opened."""

    def begin(shop: FakeShop) -> Simulator:
        flows = rules.flows | {"standard": another("standard", ("    use: fulfilment.flow\n", LATE))}
        known, world = facts(shop.number), World(shop)
        life = Simulator(shop.number, known, flows, "standard", world, rules.calendars, MONDAY)
        life.pass_time(timedelta(days=1))
        return life

    return begin


def cancel(life) -> ActResult | None:
    return life.act(Act("c", ActKind.CANCEL))


def test_a_parcel_split_off_meanwhile_goes_its_way(late):
    life = late(FakeShop())
    assert life.engine.state.root.step == "late_order"

    life.answer("pack", "short", missing=[{"sku": "CUP", "quantity": "1"}])

    assert life.engine.state.lanes["1001-F2"].step == "arrival"


def test_it_can_still_be_cancelled_whole(late):
    shop = FakeShop()
    life = late(shop)

    assert cancel(life) == ActResult(Outcome.DONE)

    assert life.ended == "cancelled"
    assert not shop.held


def test_once_a_parcel_has_left_the_order_goes_by_its_parcels(late):
    shop = FakeShop(locations={"berlin": {"TEAPOT": 2}, "hamburg": {"CUP": 5}})
    life = late(shop)
    life.answer("pack", "packed", parcel_weight=900)

    assert cancel(life) == ActResult(Outcome.DONE)  # the other parcel

    life.answer("late_order", "wait")
    life.event("carrier.delivered", lane="1001-F1")
    assert life.ended == "completed"
    assert not shop.held
