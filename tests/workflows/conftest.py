"""Real order workflows on Temporal's time-skipping server, over a shop in memory."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.catalogue import ACTIONS
from activities.clock import OneClock
from activities.errors import NamedErrors
from activities.fraud import FraudActivities
from activities.journal import JournalActivities
from activities.mail import MailActivities
from activities.partner import PartnerActivities
from activities.payment import PaymentActivities
from activities.pickup import PickupActivities
from activities.returns import ReturnActivities
from activities.shipping import ShippingActivities
from activities.stock import StockActivities
from config.shop import read_shop
from domain.duration import Duration
from domain.errors import NotFound
from domain.journal import Batch, Deadlines, WaitOpened
from domain.notice import Posted
from domain.step import Call, StepResult
from flow.model import Flow, dumps
from starter.client import data_converter
from starter.ids import order_workflow, return_workflow
from tests.fake_returns import FakeReturns, InMemoryReturns
from tests.fakes import FakeShop, facts
from workflows.order import OrderStart, OrderWorkflow
from workflows.returns import ReturnStart, ReturnWorkflow


class FakeJournal:
    def __init__(self, rules, known) -> None:
        self._rules = rules
        self._known = known
        self.batches: dict[int, Batch] = {}
        self.published: dict[str, Flow] = {flow.sha256: flow for flow in rules.flows.values()}

    def begin(self, order: str):
        return self._known

    def flow(self, sha256: str) -> str:
        if sha256 not in self.published:
            raise NotFound(f"No flow with the hash {sha256[:12]} was ever published here.")
        return dumps(self.published[sha256])

    def write(self, batch: Batch) -> tuple[Deadlines, ...]:
        self.batches[batch.n] = batch
        return tuple(
            Deadlines(w.id, *[self._after(batch, w.calendar, t) for t in (w.due, w.remind, w.late)])
            for w in batch.opened
        )

    def _after(self, batch: Batch, calendar: str, words: str) -> datetime | None:
        if not words:
            return None
        return self._rules.calendars[calendar].after(batch.now, Duration.parse(words))

    @property
    def open_waits(self) -> list[WaitOpened]:
        """The tasks that are open, by id."""
        closed = {w.id for b in self.batches.values() for w in b.closed}
        tasks = {w.id: w for b in self.batches.values() for w in b.opened if w.kind == "ask"}
        return [tasks[id] for id in sorted(tasks.keys() - closed)]

    @property
    def open_tasks(self) -> list[str]:
        return [wait.id for wait in self.open_waits]

    @property
    def open_incidents(self) -> list[str]:
        closed = {i.id for b in self.batches.values() for i in b.incidents_closed}
        opened = [i.id for b in self.batches.values() for i in b.incidents_opened]
        return [id for id in opened if id not in closed]

    @property
    def entries(self):
        return [entry for _, batch in sorted(self.batches.items()) for entry in batch.entries]


class FakePost:
    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        self.refuses: set[str] = set()

    async def send(self, notices, now):
        for notice in notices:
            if notice.template not in self.refuses:
                self.sent[notice.id] = notice.template
        return tuple(
            Posted(n.id, n.id in self.sent, "" if n.id in self.sent else "No such box.") for n in notices
        )


class InMemory:
    """Every port of the steps, over one FakeShop."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    def first(self, call: Call, work) -> StepResult:
        return self.shop.do("fraud.screen", call)

    def screen(self, facts) -> StepResult:
        raise AssertionError("`first` answers in its place")

    def reserve(self, call: Call) -> StepResult:
        return self.shop.do("stock.reserve", call)

    def split(self, call: Call) -> StepResult:
        return self.shop.do("stock.split", call)

    def release(self, call: Call) -> StepResult:
        return self.shop.do("stock.release", call)

    def commit(self, call: Call) -> StepResult:
        return self.shop.do("stock.commit", call)

    async def authorize(self, call: Call) -> StepResult:
        return self.shop.do("payment.authorize", call)

    async def renew(self, call: Call) -> StepResult:
        return self.shop.do("payment.renew", call)

    async def capture(self, call: Call) -> StepResult:
        return self.shop.do("payment.capture", call)

    async def receive(self, call: Call) -> StepResult:
        return self.shop.do("payment.receive", call)

    async def collect(self, call: Call) -> StepResult:
        return self.shop.do("payment.collect", call)

    async def void(self, call: Call) -> StepResult:
        return self.shop.do("payment.void", call)

    async def refund(self, call: Call) -> StepResult:
        return self.shop.do("payment.refund", call)

    async def pay_back(self, call: Call) -> StepResult:
        return self.shop.do("payment.pay_back", call)

    def keep(self, call: Call) -> StepResult:
        return self.shop.do("stock.keep", call)

    def take_out(self, call: Call) -> StepResult:
        return self.shop.do("stock.take_out", call)

    def restock(self, call: Call) -> StepResult:
        return self.shop.do("stock.restock", call)

    async def hand_over(self, call: Call) -> StepResult:
        return self.shop.do("shipping.hand_over", call)


class InMemoryPartners:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    async def order(self, call: Call) -> StepResult:
        return self.shop.do("partner.order", call)

    async def cancel(self, call: Call) -> StepResult:
        return self.shop.do("partner.cancel", call)

    async def hand_over(self, call: Call) -> StepResult:
        return self.shop.do("partner.hand_over", call)


class InMemoryPickups:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    def code(self, call: Call) -> StepResult:
        return self.shop.do("pickup.code", call)

    def check(self, call: Call) -> StepResult:
        return self.shop.do("pickup.check", call)


class Life:
    """One running order, and what its test can see and do."""

    def __init__(self, env, handle, shop, journal, post) -> None:
        self.env, self.handle, self.shop, self.journal, self.post = env, handle, shop, journal, post

    async def act(self, act):
        return await self.handle.execute_update(OrderWorkflow.act, act, id=act.id)

    async def until(self, seen) -> None:
        """Wait, in real time, until the shop's books show it."""
        async with asyncio.timeout(120):
            while not seen():
                await asyncio.sleep(0.02)

    async def task(self, step: str) -> str:
        await self.until(lambda: any(f".{step}." in task for task in self.journal.open_tasks))
        return next(task for task in self.journal.open_tasks if f".{step}." in task)

    async def end(self) -> str:
        return await self.handle.result()


@pytest.fixture(scope="session")
def rules():
    return read_shop(Path("config"), ACTIONS)


@pytest.fixture(scope="session")
async def skipping():
    server = shutil.which("temporal-test-server") or str(Path(".venv/bin/temporal-test-server"))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server) as env:
        yield env


def connected(env) -> Client:
    config = env.client.config()
    config["data_converter"] = data_converter()
    return Client(**config)


@asynccontextmanager
async def living(env, rules, shop: FakeShop, known, workflow, start, name: str, cache: int):
    """A workflow of `start` at the given shop, whose order has the facts `known`."""
    client = connected(env)
    memory, post, journal = InMemory(shop), FakePost(), FakeJournal(rules, known)
    queue = uuid4().hex
    with ThreadPoolExecutor(8) as threads:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[workflow],
            activities=every_activity(memory, journal, post),
            activity_executor=threads,
            interceptors=[NamedErrors(), OneClock()],
            max_cached_workflows=cache,
        ):
            handle = await client.start_workflow(
                workflow.run, start, id=f"{name}-{queue}", task_queue=queue
            )
            yield Life(env, handle, shop, journal, post)
            # An order left open, or terminated, would keep the server's clock from skipping for others.
            if (await handle.describe()).close_time is None:
                await handle.cancel()
                await asyncio.wait_for(handle.result(), 20)


@pytest.fixture
def live(skipping, rules):
    """Runs an order at the given shop: `async with live(shop) as life`."""

    def run(shop: FakeShop, *, holds=(), cache=1000, **changes):
        known = facts(shop.number, **changes)
        start = OrderStart(shop.number, "standard", pinned(rules), tuple(holds))
        name = order_workflow(shop.number)
        return living(skipping, rules, shop, known, OrderWorkflow, start, name, cache)

    return run


@pytest.fixture
def come_back(skipping, rules):
    """Runs a return at the given desk: `async with come_back(shop) as life`."""

    def run(shop: FakeReturns, flow: str = "return", *, cache=1000):
        known = facts(shop.number)
        start = ReturnStart(shop.number, shop.id, flow, pinned(rules))
        name = return_workflow(shop.id)
        return living(skipping, rules, shop, known, ReturnWorkflow, start, name, cache)

    return run


def pinned(rules) -> dict[str, str]:
    return {name: flow.sha256 for name, flow in rules.flows.items()}


def every_activity(memory: InMemory, journal: FakeJournal, post: FakePost):
    nouns = (
        JournalActivities(journal),
        FraudActivities(memory, memory),
        StockActivities(memory),
        PaymentActivities(memory),
        ReturnActivities(InMemoryReturns(memory.shop, journal.begin(memory.shop.number))),
        ShippingActivities(memory),
        PartnerActivities(InMemoryPartners(memory.shop)),
        PickupActivities(InMemoryPickups(memory.shop)),
        MailActivities(post),
    )
    return [
        method
        for noun in nouns
        for name in dir(noun)
        if hasattr(method := getattr(noun, name), "__temporal_activity_definition")
    ]
