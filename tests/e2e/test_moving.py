"""An ops engineer publishes another version and moves the orders that are under way."""

import pytest

from domain.act import Outcome
from flow.model import dumps
from starter.carrying import Person
from starter.moving import verdicts
from tests.e2e.conftest import ANN, an_order
from tests.versions import another

OPS = Person("Olga Ops", "ops")
SEALED = another("warehouse", ("{label: Packed, go: capture", "{label: Packed and sealed, go: capture"))
RENAMED = another(
    "warehouse",
    ("id: pack\n", "id: pick\n"),
    ("go: pack", "go: pick"),
    ("then: pack", "then: pick"),
    ("otherwise: pack", "otherwise: pick"),
    ("ActRefused: pack", "ActRefused: pick"),
    ("pack.missing", "pick.missing"),
)


@pytest.fixture
async def published(shop):
    """Lets new orders take a flow for the length of a test."""

    def publish(flow) -> dict[str, str]:
        shop.open.shelf.publish([dumps(flow)], "Olga Ops", "for a test", shop.now)
        return shop.open.shelf.current()

    yield publish
    publish(another("warehouse"))


def verdict_on(shop, number, flow):
    return next(each for each in verdicts(shop.open.shelf, {flow.name: flow}) if each.at.subject == number)


async def test_an_order_under_way_moves_and_goes_on_under_the_new_version(shop, published):
    await shop.place(an_order("move-1"))
    task = await shop.task("move-1", "pack")
    assert verdict_on(shop, "move-1", SEALED).can_move

    at = verdict_on(shop, "move-1", SEALED).at
    moved = await shop.open.orders.move(at, published(SEALED), OPS, "seals are the law now")

    assert moved.outcome == Outcome.DONE
    rewritten = shop.open.desk.task(task.id)
    assert [answer.label for answer in rewritten.answers] == ["Packed and sealed", "Item missing"]
    assert rewritten.due == task.due
    view = shop.view("move-1")
    assert {part.flow_version for part in view.fulfilments} == {SEALED.sha256[:12]}
    (line,) = [line for line in view.timeline if line.kind == "move"]
    assert (line.by, line.why) == ("Olga Ops", "seals are the law now")
    await shop.open.orders.answer(task.id, "packed", {"parcel_weight": "900"}, ANN)
    await shop.tell("move-1", "carrier.delivered")
    assert (await shop.end("move-1")).row.state == "completed"


async def test_an_order_that_cannot_move_stays_and_says_why(shop, published):
    await shop.place(an_order("move-2"))
    task = await shop.task("move-2", "pack")
    found = verdict_on(shop, "move-2", RENAMED)
    assert found.why == "move-2-F1: there is no step 'pack' any more"

    result = await shop.open.orders.move(found.at, published(RENAMED), OPS, "a better name")

    assert result.outcome == Outcome.REFUSED
    assert found.why in result.why
    await shop.open.orders.answer(task.id, "packed", {"parcel_weight": "900"}, ANN)
    await shop.tell("move-2", "carrier.delivered")
    assert (await shop.end("move-2")).row.state == "completed"
