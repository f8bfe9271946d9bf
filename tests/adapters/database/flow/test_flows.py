"""Definitions never change; what new orders take does."""

from datetime import timedelta

import pytest

from adapters.database.flow.flows import FlowShelf
from domain.errors import FlowRefused, NotFound
from domain.moving import FlowVersion
from flow.model import End, Flow, Level, Pause, Step, dumps
from tests.adapters.database.desk.test_desk import write
from tests.adapters.database.given import NOW, a_batch, a_lane, a_placement, an_order, place


def a_flow(length: str = "1 hour", name: str = "standard", level: Level = Level.ORDER) -> Flow:
    pause = Step("nap", "Ein Nickerchen, 😴", Pause(length), then="done")
    return Flow(name, level, f"Pause {length}", (pause,), (End("done", "Rested", "completed"),))


def test_new_orders_take_the_version_published_last(database):
    shelf = FlowShelf(database.url)
    assert shelf.current() == {}
    one, two, other = a_flow("1 hour"), a_flow("2 hours"), a_flow(name="pickup")
    assert shelf.publish([dumps(one), dumps(other)], "Ops", "first", NOW) == [one.sha256, other.sha256]
    shelf.publish([dumps(two)], "Ops", "longer", NOW)
    assert shelf.current() == {"standard": two.sha256, "pickup": other.sha256}


def test_a_definition_comes_back_to_the_last_byte_for_ever(database):
    shelf = FlowShelf(database.url)
    shelf.publish([dumps(a_flow("1 hour"))], "Ops", "first", NOW)
    shelf.publish([dumps(a_flow("2 hours"))], "Ops", "longer", NOW)
    assert shelf.definition(a_flow("1 hour").sha256) == dumps(a_flow("1 hour"))
    with pytest.raises(NotFound):
        shelf.definition("ab" * 32)


def test_going_back_to_an_earlier_version_is_a_publication_too(database):
    shelf = FlowShelf(database.url)
    for days, (length, why) in enumerate([("1 hour", "first"), ("2 hours", "longer"), ("1 hour", "back")]):
        shelf.publish([dumps(a_flow(length))], "Ops", why, NOW + timedelta(days=days))
    assert shelf.current() == {"standard": a_flow("1 hour").sha256}
    assert [version.why for version in shelf.versions()] == ["back", "longer", "first"]


def test_what_is_no_definition_is_refused_and_publishes_nothing(database):
    shelf = FlowShelf(database.url)
    with pytest.raises(FlowRefused):
        shelf.publish([dumps(a_flow()), '{"name": "half"}'], "Ops", "typo", NOW)
    assert shelf.current() == {}


def test_versions_count_the_open_orders_that_follow_them(database):
    order_flow, lane_flow = a_flow(), a_flow(name="warehouse", level=Level.FULFILMENT)
    shelf = FlowShelf(database.url)
    shelf.publish([dumps(order_flow), dumps(lane_flow)], "Ops", "first", NOW)
    book = place(database.url)
    flows = {"standard": order_flow.sha256, "warehouse": lane_flow.sha256}
    for number in ("1001", "1002", "1003"):
        book.place(an_order(number), a_placement(number, flows=flows), NOW)
    parts = [a_lane(f"1001-F{n}", flow="warehouse", flow_hash=lane_flow.sha256) for n in (1, 2)]
    write(database, a_batch(order="1001", lanes=tuple(parts)))
    write(database, a_batch(order="1003", ended="completed"))
    lane, order = shelf.versions()
    assert order == FlowVersion(
        "standard", order_flow.sha256, "Pause 1 hour", "order", NOW, "Ops", "first", open_orders=2
    )
    assert (lane.name, lane.open_orders) == ("warehouse", 1)
