"""Simulated staff: each task and event is seen to once, as its scenario says."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from config.settings import SHIPPED
from domain.act import ActResult, Outcome
from domain.errors import ActRefused, DatabaseUnavailable
from starter.demo.doings import PEOPLE, Doors
from starter.demo.samples import Play, cast
from starter.demo.scenarios import SCENARIOS
from starter.demo.staff import Staff

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DONE = ActResult(Outcome.DONE)
TWO_ROUNDS = cast(SHIPPED / "samples", 2 * len(SCENARIOS), NOON)


@dataclass
class Shop:
    """Its inbox and its doors: what waits there, what was done and when; the clock goes by pauses."""

    open: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    done: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    passed: timedelta = timedelta(0)

    def clock(self):
        return NOON + self.passed

    async def pause(self, seconds):
        self.passed += timedelta(seconds=seconds)

    def tasks(self, role, now):
        return self.open

    def show(self, number):
        return SimpleNamespace(waiting_for=self.events)

    def _next(self, *what):
        self.done.append(what)
        result = self.answers.pop(0) if self.answers else DONE
        if isinstance(result, Exception):
            raise result
        return result

    async def answer(self, task, answer, fields, person):
        return self._next(task, answer, fields, person.name)

    async def event(self, number, name, fields, kinds, person, *, fulfilment=""):
        assert set(fields) <= set(kinds)
        return self._next(number, name, fields, person.name, fulfilment)

    async def cancel(self, number, person, reason, *, fulfilment=""):
        return self._next("cancel", number, fulfilment)

    async def hold(self, number, kind, person, reason):
        return self._next("hold", number, self.passed)

    async def release(self, number, kind, person):
        return self._next("release", number, self.passed)

    async def send_back(self, wish, faster):
        return self._next("return", wish.order, dict(wish.goods), faster, wish.by)

    def receive(self, sku, quantity, location, title, by, at):
        self._next("receive", sku, quantity, by)
        return []


def the_play(name: str, round: int = 0) -> Play:
    return [play for play in TWO_ROUNDS if play.scenario.name == name][round]


def a_task(play: Play, step: str, lane: str = "", visit: int = 1, role: str = "warehouse"):
    at = f"{play.order.number}{lane and f'-{lane}'}"
    return SimpleNamespace(
        id=f"{at}.{step}.{visit}", order=play.order.number, lane=at, step=step, role=role, since=NOON
    )


def an_event(play: Play, event: str, lane: str = "", since: datetime = NOON):
    at = f"{play.order.number}{lane and f'-{lane}'}"
    return SimpleNamespace(lane=at, step="wait", role="", event=event, since=since)


def a_row(play: Play, *waiting_for: str, state: str = "open"):
    return SimpleNamespace(number=play.order.number, waiting_for=waiting_for, state=state)


def staff_of(shop: Shop, *plays: Play, speed: float = 3_600.0) -> Staff:
    doors = Doors(shop, shop, lambda _: {"amount": "money"}, shop.clock, shop.send_back, str)
    return Staff(doors, shop, {play.order.number: play for play in plays}, speed, shop.pause)


async def seen_to(staff: Staff, *rows) -> None:
    await staff.look(rows)
    for _ in range(50):
        await asyncio.sleep(0)
    while staff._errands:  # a step in a thread takes as long as it takes
        await asyncio.wait(staff._errands)


async def test_what_is_to_be_packed_is_packed_once_and_not_before_its_time():
    play = the_play("clean")
    shop = Shop(open=[a_task(play, "pack", "F1")])
    staff = staff_of(shop, play)

    await seen_to(staff)
    await seen_to(staff)

    packed = {"parcel_weight": "1200"}
    assert shop.done == [("1002-F1.pack.1", "packed", packed, PEOPLE["warehouse"])]
    assert shop.passed == timedelta(seconds=3)  # three hours of the order's clock


async def test_a_short_pick_names_the_goods_of_its_own_round_and_is_packed_the_second_time():
    play = the_play("short-from-annex", round=1)
    shop = Shop(open=[a_task(play, "pack", "F1"), a_task(play, "pack", "F2")])
    staff = staff_of(shop, play)

    await seen_to(staff)
    shop.open = [a_task(play, "pack", "F1", visit=2)]
    await seen_to(staff)

    told = {task: (answer, fields) for task, answer, fields, _ in shop.done}
    number = play.order.number
    assert told[f"{number}-F1.pack.1"] == ("short", {"missing": "VASE-GLASS-2=1"})
    assert told[f"{number}-F2.pack.1"][0] == "packed"
    assert told[f"{number}-F1.pack.2"][0] == "packed"


async def test_a_task_that_is_slept_through_is_left_to_its_deadline():
    play = the_play("nobody-reviews")
    shop = Shop(open=[a_task(play, "review", role="fraud")])

    await seen_to(staff_of(shop, play))

    assert shop.done == []


async def test_a_wrong_transfer_is_reported_and_then_the_right_one():
    play = the_play("wrong-transfer")
    shop = Shop(events=[an_event(play, "payment.received")])
    staff = staff_of(shop, play)

    await seen_to(staff, a_row(play, "payment.received"))
    await seen_to(staff, a_row(play, "payment.received"))
    shop.events = [an_event(play, "payment.received", since=NOON + timedelta(hours=1))]
    await seen_to(staff, a_row(play, "payment.received"))

    assert [fields["amount"] for _, _, fields, _, _ in shop.done] == ["7.74", "77.40"]


async def test_goods_come_in_for_the_order_that_waits_for_them():
    play = the_play("backorder", round=1)
    shop = Shop(events=[an_event(play, "stock.arrived", "F1"), an_event(play, "carrier.delivered", "F2")])

    await seen_to(staff_of(shop, play), a_row(play, "stock.arrived"))

    assert shop.done == [("receive", "BELL-BIKE-2", "1", PEOPLE["buyer"])]


async def test_one_parcel_of_two_is_cancelled():
    play = the_play("one-parcel-cancelled")
    shop = Shop(open=[a_task(play, "pack", "F2")])

    await seen_to(staff_of(shop, play))

    assert shop.done == [("cancel", "1022", "1022-F2")]


async def test_a_held_order_is_released_before_it_is_packed():
    play = the_play("on-hold")
    shop = Shop(open=[a_task(play, "pack", "F1")])

    await seen_to(staff_of(shop, play))

    assert [what[0] for what in shop.done] == ["hold", "release", "1023-F1.pack.1"]
    assert shop.done[1][2] - shop.done[0][2] == timedelta(seconds=20)


async def test_an_order_with_a_speed_of_its_own_is_seen_to_by_its_own_clock():
    play = the_play("hold-runs-out")
    shop = Shop(open=[a_task(play, "pack", "F1")])

    await seen_to(staff_of(shop, play, speed=43_200))

    assert shop.passed == timedelta(minutes=80) / 300


async def test_what_is_refused_is_told_and_what_is_unavailable_is_tried_again():
    play = the_play("clean")
    shop = Shop(open=[a_task(play, "pack", "F1"), a_task(play, "pack", "F2"), a_task(play, "pack", "F3")])
    refused = ActResult(Outcome.REFUSED, "It was answered before.")
    shop.answers = [DatabaseUnavailable("busy"), refused, ActRefused("There is no such answer.")]
    staff = staff_of(shop, play)

    await seen_to(staff)

    assert len(shop.done) == 4
    assert sorted(trouble.partition(": ")[2] for trouble in staff.troubles) == [
        "It was answered before.",
        "There is no such answer.",
    ]


async def test_orders_of_somebody_else_are_left_alone():
    play = the_play("clean")
    task = replace_order(a_task(play, "pack", "F1"), "4711")
    shop = Shop(open=[task])

    await seen_to(staff_of(shop, play), SimpleNamespace(number="4711", waiting_for=("payment.received",)))

    assert shop.done == []


def replace_order(task, number):
    return SimpleNamespace(**{**vars(task), "order": number})


def test_every_scenario_speaks_of_parts_steps_and_events_only():
    places = {place.rpartition(".")[0] for play in TWO_ROUNDS for place in play.scenario.script}

    assert places <= {"", "F1", "F2", "payment", "stock", "carrier", "partner"}
    assert replace(SCENARIOS[0], script={}).doings("F1", "pack", 0)


async def test_what_a_customer_does_not_want_is_sent_back_once_it_has_arrived():
    play = the_play("return-never-sent", 1)
    shop = Shop()
    staff = staff_of(shop, play)

    await seen_to(staff, a_row(play))
    assert shop.done == []
    for _ in range(2):
        await seen_to(staff, a_row(play, state="completed"))

    assert shop.done == [("return", play.order.number, {"ATLAS-WORLD-2": 1}, 4, PEOPLE["support"])]
