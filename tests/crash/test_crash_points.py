"""A worker killed at any point of any step: the order ends as if nothing had happened."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from starter.ids import order_workflow
from tests.crash.life import Ground, Life, Place
from tests.crash.plays import PLAYS, at_the_gateway, what_happened

AT_ONCE = 4
pytestmark = pytest.mark.timeout(900)
ROOMS = ("domain", "flow", "workflows", "activities", "adapters", "starter", "config", "console")


@dataclass(frozen=True)
class Deaths:
    """Where the worker of a play dies, one time after the other: at each place once."""

    play: str
    places: tuple[Place, ...] = ()

    @property
    def name(self) -> str:
        """As short as an order's number has to be: `clean-reserve-u1-a1`."""
        parts = [self.play, *([] if self.places else ["whole"])]
        for operation, place, nth in self.places:
            what = operation.rpartition(".")[2]
            parts += [*([what] if what not in parts else []), f"{place[0]}{nth}"]
        return "-".join(parts)


def ours(play: str, operation: str, nth: int = 1) -> Deaths:
    """
    Our own books, one transaction: not committed (which is as if it had not begun), and committed but
    not reported.
    """
    return Deaths(play, ((operation, "uncommitted", nth), (operation, "after", nth)))


def outside(play: str, asked: str, till: str, nth: int = 1) -> Deaths:
    """Not asked; done by the other side and not recorded; recorded and not reported."""
    return Deaths(play, ((asked, "before", nth), (asked, "after", nth), (till, "after", nth)))


POINTS = [
    outside("clean", "gateway.authorize", "payments.authorize"),
    outside("clean", "gateway.capture", "payments.capture"),
    outside("cancelled", "gateway.void", "payments.void"),
    outside("lost", "gateway.refund", "payments.refund"),
    outside("one-of-two", "gateway.void", "payments.void"),
    outside("authorised", "gateway.adopt", "payments.authorize"),
    Deaths("renewed", (("gateway.authorize", "after", 2),)),
    Deaths("renewed", (("gateway.void", "after", 1), ("payments.renew", "after", 1))),
    outside("paid-cancelled", "gateway.adopt_payment", "payments.authorize"),
    outside("paid-cancelled", "gateway.refund", "payments.void"),
    Deaths("disputed", (("NewsBook.report", "uncommitted", 1),)),
    outside("clean", "smtp.send", "post.send"),
    Deaths("clean", (("smtp.send", "after", 2),)),
    ours("transfer", "payments.receive"),
    ours("clean", "shipping.hand_over"),
    ours("dropped", "partners.order"),
    ours("dropped", "partners.hand_over"),
    ours("dropped-cancelled", "partners.cancel"),
    ours("picked-up", "pickups.code"),
    ours("picked-up", "pickups.check"),
    ours("clean", "stock.reserve"),
    ours("clean", "stock.commit"),
    ours("cancelled", "stock.release"),
    ours("short", "stock.split"),
    ours("sent-back", "stock.restock"),
    outside("sent-back", "gateway.refund", "payments.refund"),
    ours("clean", "results.first"),
    ours("clean", "journal.write"),
    ours("clean", "journal.write", 3),
    Deaths("clean", (("journal.begin", "before", 1), ("journal.begin", "after", 1))),
    Deaths("clean", (("journal.flow", "before", 1), ("journal.flow", "after", 1))),
]


# Other pairs: CRASH_SEED=2 CRASH_PAIRS=10 make test
SEED = int(os.environ.get("CRASH_SEED", "1"))
PAIRS = int(os.environ.get("CRASH_PAIRS", "2"))


def pairs(seed: int, many: int) -> list[Deaths]:
    """Two deaths of one play at places of two operations; the second may come before the first."""
    dice = Random(seed)
    once = [(point.play, place) for point in POINTS for place in point.places if place[2] == 1]
    found: list[Deaths] = []
    while len(found) < many:
        (play, first), (other, second) = dice.sample(once, 2)
        if play == other and first[0] != second[0]:
            found.append(Deaths(play, (first, second)))
    return found


@dataclass
class Told:
    """What became of one life."""

    happened: dict[str, Any]
    gateway: tuple[int, ...]
    notices: dict[str, set[str]]
    differences: list[Any]
    ended: str
    status: WorkflowExecutionStatus | None
    deaths: list[int | None]
    crashed: int


async def live(ground: Ground, point: Deaths) -> Told:
    play = PLAYS[point.play]
    async with ground.life(point.name, play.config, point.places) as life:
        await play.place(life.shop, point.name)
        await play.go(life.shop, point.name)
        ended = await life.has_closed(point.name)
        # The relay settles what a door gave up on.
        await life.shop.until(point.name, lambda view: not view.pending_acts)
        return await told(life, point.name, ended)


async def told(life: Life, number: str, ended: str) -> Told:
    handle = life.open.temporal().get_workflow_handle(order_workflow(number))
    return Told(
        # In a thread, so that the other lives go on meanwhile.
        await asyncio.to_thread(what_happened, life.shop, number),
        at_the_gateway(life.shop, number),
        life.notices(number),
        await asyncio.to_thread(life.differences),
        ended,
        (await handle.describe()).status,
        life.worker.deaths,
        len(list(life.open.settings.data.glob("crashed*"))),
    )


@pytest.fixture(scope="session")
def lives(ground, request):
    """All that this run asks for, a few at a time: each is mostly waiting."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def in_turn(point: Deaths) -> Told:
        async with gate:
            return await live(ground, point)

    asked = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    points = dict.fromkeys(params["point"] for params in asked if "point" in params)
    plain = dict.fromkeys(Deaths(point.play) for point in points)
    return {point: asyncio.ensure_future(in_turn(point)) for point in [*plain, *points]}


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
async def test_a_worker_killed_at_any_point_changes_nothing_of_how_an_order_ends(lives, point):
    await changes_nothing(lives, point)


@pytest.mark.parametrize("point", pairs(SEED, PAIRS), ids=lambda point: f"seed{SEED}-{point.name}")
async def test_a_worker_killed_at_two_points_changes_nothing_of_how_an_order_ends(lives, point):
    await changes_nothing(lives, point)


async def changes_nothing(lives, point: Deaths) -> None:
    crashed, plain = await lives[point], await lives[Deaths(point.play)]
    play = PLAYS[point.play]

    assert crashed.crashed == len(point.places), "the worker never came to this point"
    assert crashed.deaths == [-SIGKILL] * len(point.places)
    assert plain.deaths == []
    assert (crashed.ended, crashed.happened["end"][1]) == (play.state, play.payment)
    assert crashed.differences == []
    assert crashed.gateway == play.money
    assert crashed.happened == plain.happened
    assert mails(crashed) == mails(plain)


def mails(told: Told) -> int:
    """How many notices came; one that came twice is the same mail, to the byte."""
    assert all(len(copies) == 1 for copies in told.notices.values())
    return len(told.notices)


def test_nothing_of_a_release_knows_how_to_die():
    root = Path(__file__).parents[2]
    files = [file for room in ROOMS for file in (root / room).glob("**/*.py")] + [root / "worker.py"]

    assert len(files) > 100
    for file in files:
        said = file.read_text()
        assert "tests.crash" not in said, file
        # `orders up` may have to kill its own parts.
        assert "SIGKILL" not in said or file.parent.name == "server", file
