"""The relay: whatever was kept arrives, in order, and one stubborn order holds up nobody else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.errors import DatabaseUnavailable, OrderError
from starter.relay import IDLE_SECONDS, LONGEST_WAIT_SECONDS, PAGE, Relay

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DONE = ActResult(Outcome.DONE)
KEPT = ActResult(Outcome.KEPT)


class World:
    """Our books, the doors that read them, Temporal and the clock, in one."""

    def __init__(self) -> None:
        self.now = NOON
        self.serving = True
        self.broken = False
        self.kept: list[str] = []
        self.kept_returns: list[str] = []
        self.acts: list[ActRecord] = []
        self.arrived: list[str] = []
        self.tried: list[str] = []
        self.stubborn: dict[str, Exception | ActResult] = {}  # order -> what bringing it something does

    def clock(self) -> datetime:
        return self.now

    async def temporal(self) -> bool:
        return self.serving

    def unstarted(self, limit: int) -> Sequence[str]:
        if self.broken:
            raise DatabaseUnavailable("The database does not answer.")
        return self.kept[:limit]

    def unstarted_returns(self, limit: int) -> Sequence[str]:
        return self.kept_returns[:limit]

    def pending(self, limit: int) -> Sequence[ActRecord]:
        return [record for record in self.acts if record.result is None][:limit]

    async def begin(self, number: str) -> ActResult:
        result = self._meet(number, number)
        if result == DONE:
            self.kept.remove(number)
        return result

    async def begin_return(self, id: str) -> ActResult:
        result = self._meet(id, id)
        if result == DONE:
            self.kept_returns.remove(id)
        return result

    async def carry(self, record: ActRecord) -> ActResult:
        result = self._meet(record.order, record.act.id)
        if result.outcome != Outcome.KEPT:
            place = self.acts.index(record)
            self.acts[place] = replace(record, result=result)
        return result

    def _meet(self, order: str, what: str) -> ActResult:
        self.tried.append(what)
        met = self.stubborn.get(order, DONE)
        if isinstance(met, Exception):
            raise met
        if met.outcome != Outcome.KEPT:
            self.arrived.append(what)
        return met


def an_act(id: str, order: str = "1001", at: datetime = NOON - timedelta(minutes=1)) -> ActRecord:
    act = Act(id, ActKind.CANCEL)
    return ActRecord(act=act, order=order, by="ada", role="support", reason="asked", at=at)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def relay(world: World) -> Relay:
    return a_relay(world)


def a_relay(world: World, *reporters: Callable[[datetime], object]) -> Relay:
    return Relay(world, world, world.clock, world.temporal, reporters)


async def test_a_kept_order_is_started_once_its_door_has_had_a_moment(world: World, relay: Relay):
    world.kept = ["1001", "1002"]

    assert await relay.round() == IDLE_SECONDS
    assert world.arrived == []

    assert await relay.round() == 0
    assert world.arrived == ["1001", "1002"]
    assert world.kept == []


async def test_acts_of_one_order_arrive_in_the_order_they_were_asked_for(world: World, relay: Relay):
    world.acts = [an_act("hold"), an_act("release"), an_act("cancel")]

    await relay.round()

    assert world.arrived == ["hold", "release", "cancel"]


async def test_a_fresh_act_is_left_to_the_door_that_carries_it(world: World, relay: Relay):
    world.acts = [an_act("hold", at=NOON)]

    await relay.round()
    assert world.tried == []

    world.now += timedelta(seconds=4)
    await relay.round()
    assert world.arrived == ["hold"]


async def test_an_act_from_a_machine_whose_clock_is_ahead_is_carried_too(world: World, relay: Relay):
    world.acts = [an_act("hold", at=NOON + timedelta(hours=1))]

    await relay.round()
    world.now += timedelta(seconds=4)
    await relay.round()

    assert world.arrived == ["hold"]


async def test_a_later_act_does_not_overtake_one_that_waits(world: World, relay: Relay):
    world.acts = [an_act("hold", at=NOON), an_act("release")]

    await relay.round()

    assert world.tried == []


async def test_an_act_that_does_not_arrive_holds_back_those_after_it(world: World, relay: Relay):
    world.acts = [an_act("hold"), an_act("release"), an_act("other", order="1002")]
    world.stubborn = {"1001": KEPT}

    await relay.round()

    assert sorted(world.tried) == ["hold", "other"]
    assert world.arrived == ["other"]


async def test_a_stubborn_order_is_asked_more_and_more_rarely_until_it_takes_its_acts(
    world: World, relay: Relay
):
    world.acts = [an_act("hold")]
    world.stubborn = {"1001": KEPT}

    for _ in range(70):
        await relay.round()
        world.now += timedelta(seconds=1)
    assert len(world.tried) == 7  # after 0, 1, 3, 7, 15, 31 and 61 seconds

    world.stubborn = {}
    world.now += timedelta(seconds=30)
    await relay.round()
    assert world.arrived == ["hold"]


async def test_a_refused_act_is_settled_and_the_next_goes_on(world: World, relay: Relay):
    world.acts = [an_act("hold"), an_act("release")]
    world.stubborn = {"1001": ActResult(Outcome.REFUSED, "It has been shipped.")}

    await relay.round()

    assert world.arrived == ["hold", "release"]


async def test_stubborn_orders_do_not_crowd_out_the_others(world: World, relay: Relay):
    world.kept = [f"S{n}" for n in range(PAGE)]
    world.acts = [an_act(f"stuck-{n}", order=f"A{n}") for n in range(PAGE)]
    world.stubborn = dict.fromkeys((*world.kept, *(act.order for act in world.acts)), KEPT)
    world.kept.append("1001")
    world.acts.append(an_act("late", order="1002"))

    for _ in range(3):
        await relay.round()

    assert set(world.arrived) == {"1001", "late"}


async def test_an_order_that_breaks_the_door_rests_and_the_others_go_on(
    world: World, relay: Relay, caplog: pytest.LogCaptureFixture
):
    world.kept = ["1001", "1002"]
    world.stubborn = {"1001": OrderError("Temporal answered: too large")}

    await relay.round()
    await relay.round()
    await relay.round()

    assert world.arrived == ["1002"]
    assert world.tried.count("1001") == 1
    assert "order 1001 cannot be carried" in caplog.text


async def test_with_temporal_down_nothing_is_tried_and_the_waits_grow(world: World, relay: Relay):
    world.acts = [an_act("hold")]
    world.serving = False

    waits = [await relay.round() for _ in range(6)]

    assert waits == [1, 2, 4, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]
    assert world.tried == []

    world.serving = True
    await relay.round()
    assert world.arrived == ["hold"]


async def test_an_idle_relay_does_not_ask_after_temporal(world: World, relay: Relay):
    world.serving = False

    assert await relay.round() == IDLE_SECONDS


async def test_partners_report_each_round_and_one_that_fails_is_passed_over(world: World):
    heard: list[datetime] = []

    def broken(_now: datetime) -> None:
        raise RuntimeError("no news today")

    relay = a_relay(world, broken, heard.append)
    await relay.round()
    await relay.round()

    assert heard == [NOON, NOON]


async def test_the_loop_outlives_a_database_that_does_not_answer(world: World):
    waited: list[float] = []

    class Over(BaseException):
        """The test has seen enough."""

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        world.broken = False
        if len(waited) == 3:
            raise Over

    world.broken = True
    world.kept = ["1001"]
    relay = Relay(world, world, world.clock, world.temporal, pause=pause)
    with pytest.raises(Over):
        await relay.run()

    assert waited == [2 * IDLE_SECONDS, IDLE_SECONDS, 0]
    assert world.arrived == ["1001"]


async def test_a_kept_return_begins_like_an_order_and_its_acts_wait_for_nobody_else():
    world = World()
    world.kept_returns = ["1001-R1"]
    act = Act("a1", ActKind.ANSWER, target="1001-R1.arrival.1", answer="arrived")
    stuck = Act("a2", ActKind.CANCEL)
    world.acts = [
        ActRecord(each, "1001", "Ann", "returns", "", NOON - timedelta(minutes=1)) for each in (stuck, act)
    ]
    relay = Relay(world, world, world.clock, world.temporal)

    await relay.round()
    world.now += timedelta(seconds=5)
    await relay.round()

    assert world.kept_returns == []
    assert {"1001-R1", "a1", "a2"} <= set(world.tried)
