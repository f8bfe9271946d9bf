"""Parts killed, locked or away while a shop works: whatever was acknowledged is done, and once."""

import asyncio
import os
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from signal import SIGKILL

import pytest
from sqlalchemy import text

from adapters.mail.sink import sink
from config.settings import Settings
from domain.act import ActResult, Outcome
from domain.errors import DatabaseUnavailable
from domain.view import OrderView
from starter.cli.reconcile import differences
from starter.clock import now
from starter.server.ports import LOOPBACK, any_free
from tests.crash.life import PATIENCE_SECONDS, CalmShop, connected, notices_in
from tests.crash.plays import at_the_gateway, delivered, pack
from tests.e2e.conftest import Shop, an_order
from tests.e2e.test_up import Machine

# A day of 24 hours takes 144 seconds.
SPEED = 600.0
AN_HOUR_SECONDS = 3_600 / SPEED
AT_ONCE = 10
ORDER_PATIENCE_SECONDS = 480
NOTICES = Counter(("confirmation", "shipped", "delivered"))
pytestmark = pytest.mark.timeout(900)


@asynccontextmanager
async def opened(machine: Machine):
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(machine.data)})
    async with connected(settings) as found:
        yield CalmShop(found, machine)


@pytest.fixture
async def machines(tmp_path):
    """Starts `orders up` on one data folder, again and again."""
    running: list[Machine] = []

    async def up() -> Machine:
        machine = Machine(tmp_path / "shop")
        running.append(machine)
        await asyncio.to_thread(machine.hear, "\nready\n")
        return machine

    yield up
    for machine in running:
        await kill(machine)


async def kill(machine: Machine) -> None:
    with suppress(ProcessLookupError):
        machine.process.kill()
    assert machine.process.stdout is not None
    await asyncio.to_thread(machine.process.wait)
    machine.process.stdout.close()


def stock(shop: Shop) -> None:
    shop.open.stock_room.receive("TEAPOT", "1000", "main", "Teapot", "tests", now())


async def comes_back(machine: Machine, killed: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await asyncio.to_thread(machine.parts)).get("Temporal", killed) == killed:
            await asyncio.sleep(0.1)


async def a_few_at_once(work: Callable[[str], Awaitable[None]], numbers: Sequence[str]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> None:
        async with gate:
            await work(number)

    await asyncio.gather(*(one(number) for number in numbers))


async def insist(ask: Callable[[], Awaitable[ActResult]]) -> ActResult:
    """Like a person in front of a door that answers with an error: again, with the same form."""
    while True:
        try:
            return await ask()
        except DatabaseUnavailable:
            await asyncio.sleep(0.5)


async def all_complete(shop: Shop, numbers: Sequence[str]) -> None:
    """Each order has ended, charged and shipped once, and nothing in the books disagrees."""
    for number in numbers:
        view = await ended(shop, number)
        assert (view.row.state, view.row.payment) == ("completed", "captured"), number
        assert at_the_gateway(shop, number) == (1, 1, 0), number
        kinds = Counter(line.kind for line in view.timeline)
        assert (kinds["answer"], view.pending_acts, view.incidents) == (1, 0, ()), number
        assert Counter(notice.template for notice in view.notices) == NOTICES
        await told_once(shop, number, len(NOTICES))
    assert promised(shop) == dict.fromkeys(numbers, 1)
    assert shipped(shop) == {(number, -2000): 1 for number in numbers}
    assert await differences(shop.open) == []


async def told_once(shop: Shop, number: str, mails: int) -> None:
    """Every notice is out, and one that came twice is the same mail, to the byte."""
    async with asyncio.timeout(ORDER_PATIENCE_SECONDS):
        while any(notice.state != "sent" for notice in shop.view(number).notices):
            await asyncio.sleep(0.1)
    came = notices_in(shop.machine.data / "mail", number)
    assert [len(copies) for copies in came.values()] == [1] * mails, number


async def ended(shop: Shop, number: str) -> OrderView:
    """What is said of it once it has ended, and the relay has settled the acts whose doors were killed."""
    async with asyncio.timeout(ORDER_PATIENCE_SECONDS):
        while not _is_over(view := shop.view(number)):
            await asyncio.sleep(0.25)
    return view


def _is_over(view: OrderView) -> bool:
    return view.row.state in ("completed", "cancelled") and not view.pending_acts


def promised(shop: Shop) -> dict[str, int]:
    """Order -> its reservations; each is of one line."""
    with shop.open.book.read() as session:
        rows = session.connection().execute(text('SELECT "order", count(*) FROM reservation GROUP BY 1'))
        return {row[0]: row[1] for row in rows}


def shipped(shop: Shop) -> dict[tuple[str, int], int]:
    """(order, thousandths of a piece) -> how often they left."""
    sql = "SELECT \"order\", quantity, count(*) FROM stock_movement WHERE kind = 'ship' GROUP BY 1, 2"
    with shop.open.book.read() as session:
        return {(row[0], row[1]): row[2] for row in session.connection().execute(text(sql))}


async def test_temporal_killed_three_times_during_200_placements_loses_no_order(machines):
    machine = await machines()
    numbers = [f"t-{n}" for n in range(200)]
    placed: dict[str, ActResult] = {}
    async with opened(machine) as shop:
        stock(shop)

        async def place(number: str) -> None:
            placed[number] = await shop.place(an_order(number, payment={"method": "card", "state": "due"}))

        async def kill_temporal() -> None:
            for n in (40, 90, 140):
                while len(placed) < n:
                    await asyncio.sleep(0.01)
                killed = machine.parts()["Temporal"]
                os.kill(killed, SIGKILL)
                await comes_back(machine, killed)

        await asyncio.gather(kill_temporal(), a_few_at_once(place, numbers))
        assert set(placed) == set(numbers)
        assert {result.outcome for result in placed.values()} <= {Outcome.DONE, Outcome.KEPT}
        async with asyncio.timeout(ORDER_PATIENCE_SECONDS):
            while {task.order for task in shop.open.desk.tasks("", now())} != set(numbers):
                await asyncio.sleep(0.5)
        authorised = [at_the_gateway(shop, number) for number in numbers]
        assert authorised == [(1, 0, 0)] * len(numbers)
        assert promised(shop) == dict.fromkeys(numbers, 1)
        for number in numbers:
            await told_once(shop, number, 1)
        assert await differences(shop.open) == []


async def test_everything_killed_three_times_while_orders_are_placed_and_packed(machines):
    numbers = [f"g-{n}" for n in range(30)]
    acknowledged: set[str] = set()
    for life in range(4):
        machine = await machines()
        async with opened(machine) as shop:
            if life == 0:
                stock(shop)

            async def work(number: str, shop: Shop = shop) -> None:
                await insist(lambda: shop.place(an_order(number)))
                acknowledged.add(number)
                await pack(shop, f"{number}-F1")
                await delivered(shop, f"{number}-F1")

            working = asyncio.ensure_future(a_few_at_once(work, numbers))
            if life == 3:
                await working
                await all_complete(shop, numbers)
                return
            while len(acknowledged) < 10 * (life + 1) and not working.done():
                await asyncio.sleep(0.05)
            await kill(machine)
            working.cancel()
            await asyncio.wait((working,))


async def test_a_database_locked_for_half_a_minute_holds_everybody_up_and_loses_nothing(machines):
    machine = await machines()
    before, during = [f"b-{n}" for n in range(10)], [f"d-{n}" for n in range(10)]
    async with opened(machine) as shop:
        stock(shop)
        for number in before:
            await shop.place(an_order(number))

        async def work(number: str) -> None:
            await insist(lambda: shop.place(an_order(number)))
            await shop.task(number, "pack")
            await insist(lambda: shop.pack(number))
            await insist(lambda: shop.tell(number, "carrier.delivered", id=f"{number}-delivered"))

        locked = sqlite3.connect(machine.data / "orderkeeper.db", isolation_level=None)
        locked.execute("BEGIN IMMEDIATE")
        working = asyncio.gather(a_few_at_once(work, before), a_few_at_once(work, during))
        await asyncio.sleep(30)
        locked.execute("ROLLBACK")
        locked.close()
        await working

        await all_complete(shop, [*before, *during])


async def test_mail_down_for_an_hour_comes_late_and_once(ground, tmp_path):
    port = any_free()
    async with ground.life("no-mail", smtp=f"{LOOPBACK}:{port}") as life:
        shop, numbers = life.shop, [f"m-{n}" for n in range(5)]
        for number in numbers:
            await shop.place(an_order(number), speed=SPEED)
            await pack(shop, f"{number}-F1")
            await delivered(shop, f"{number}-F1")
        await asyncio.sleep(AN_HOUR_SECONDS)
        assert all(shop.view(number).captured.minor for number in numbers)  # nothing waited for the mail

        async with sink(tmp_path / "mail", LOOPBACK, port, now):
            for number in numbers:
                assert await life.has_closed(number) == "completed"
        life.mails = tmp_path / "mail"
        for number in numbers:
            assert sorted(len(copies) for copies in life.notices(number).values()) == [1, 1, 1]
            assert shop.view(number).incidents == ()
        assert life.differences() == []


async def test_a_worker_away_for_an_hour_finds_what_staff_did_meanwhile(ground):
    numbers = [f"w-{n}" for n in range(10)]
    async with ground.life("no-worker") as life:
        shop = life.shop
        for number in numbers:
            await shop.place(an_order(number), speed=SPEED)
            await shop.task(number, "pack")
        await life.worker.stop()
        results = await asyncio.gather(*(shop.pack(number) for number in numbers))
        late = await shop.place(an_order("w-late"), speed=SPEED)
        await asyncio.sleep(AN_HOUR_SECONDS)

        assert {result.outcome for result in results} == {Outcome.KEPT}
        assert late.outcome in (Outcome.DONE, Outcome.KEPT)
        assert {shop.view(number).pending_acts for number in numbers} == {1}

        life.worker.start()
        await shop.pack("w-late")
        for number in [*numbers, "w-late"]:
            await delivered(shop, f"{number}-F1")
            assert await life.has_closed(number) == "completed"
        assert [at_the_gateway(shop, number) for number in numbers] == [(1, 1, 0)] * len(numbers)
        assert life.differences() == []
