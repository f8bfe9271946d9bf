"""
Records histories of whole orders and returns into this folder: `python -m tests.histories.record 0.1`.

Add the histories of a release before it ships; never change or remove those that stand: they are left.
"""

import asyncio
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.catalogue import ACTIONS
from activities.clock import OneClock
from activities.errors import NamedErrors
from config.shop import read_shop
from domain.act import Act, ActKind
from starter.client import data_converter
from tests.fake_returns import FakeReturns
from tests.fakes import FakeShop, facts
from tests.versions import another
from tests.workflows.conftest import FakeJournal, FakePost, InMemory, Life, every_activity, pinned
from workflows.order import OrderStart, OrderWorkflow
from workflows.returns import ReturnStart, ReturnWorkflow

HERE = Path(__file__).parent
TRACE = re.compile(r'("stackTrace": )"(?:[^"\\]|\\.)*"')


def answer(id: str, task: str, name: str, **values) -> Act:
    return Act(id, ActKind.ANSWER, target=task, answer=name, values=values)


async def clean(life: Life) -> None:
    await life.act(answer("a", await life.task("pack"), "packed", parcel_weight=900))
    await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))


async def reviewed_held_and_short(life: Life) -> None:
    task = await life.task("review")
    await life.act(Act("h", ActKind.HOLD, target="INCORRECT_ADDRESS"))
    await life.act(Act("r", ActKind.RELEASE, target="INCORRECT_ADDRESS"))
    await life.handle.signal(OrderWorkflow.answer, answer("a", task, "approve"))
    await life.act(answer("b", await life.task("pack"), "short", missing=[{"sku": "CUP", "quantity": "1"}]))
    await life.act(Act("s", ActKind.EVENT, target="stock.arrived", lane="1001-F2"))
    await life.act(answer("c", "1001-F1.pack.2", "packed", parcel_weight=800))
    await life.act(answer("d", "1001-F2.pack.1", "packed", parcel_weight=100))
    for n in (1, 2):
        await life.act(Act(f"e{n}", ActKind.EVENT, target="carrier.delivered", lane=f"1001-F{n}"))


async def three_lanes(life: Life) -> None:
    for n in (3, 1, 2):
        await life.until(lambda n=n: f"1001-F{n}.pack.1" in life.journal.open_tasks)
        await life.act(answer(f"p{n}", f"1001-F{n}.pack.1", "packed", parcel_weight=100 * n))
    for n in (2, 3, 1):
        await life.act(Act(f"e{n}", ActKind.EVENT, target="carrier.delivered", lane=f"1001-F{n}"))


async def nobody_packs(life: Life) -> None:
    """Reminded, escalated, given up: every deadline of the pack step."""


async def cancelled(life: Life) -> None:
    await life.task("pack")
    await life.act(Act("c", ActKind.CANCEL))


async def cancelled_in_temporal(life: Life) -> None:
    await life.task("pack")
    await life.handle.cancel()


async def moved_to_another_version(life: Life) -> None:
    sealed = another("warehouse", ("{label: Packed, go: capture", "{label: Packed and sealed, go: capture"))
    life.journal.published[sealed.sha256] = sealed
    task = await life.task("pack")
    await life.act(Act("m", ActKind.MOVE, values={"flows": {"warehouse": sealed.sha256}}))
    await life.act(answer("a", task, "packed", parcel_weight=900))
    await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))


async def came_back_mixed(life: Life) -> None:
    one = [{"sku": "TEAPOT", "quantity": "1"}]
    await life.act(answer("a", await life.task("arrival"), "arrived"))
    await life.act(answer("b", await life.task("inspect"), "accepted", goods=one))
    await life.act(answer("c", "1001-R1.inspect.2", "refused", goods=one))


async def never_sent_back(life: Life) -> None:
    """Closed by its deadline."""


async def kept_and_refund_failed(life: Life) -> None:
    await life.act(answer("a", await life.task("check"), "right"))
    await life.act(answer("b", await life.task("refund_failed"), "paid"))


THREE_PLACES = {"a": {"TEAPOT": 1}, "b": {"TEAPOT": 1}, "c": {"CUP": 1}}
LIVES = {
    "clean": (clean, FakeShop),
    "reviewed-held-short": (reviewed_held_and_short, lambda: FakeShop(score=62)),
    "three-lanes": (three_lanes, lambda: FakeShop(locations={k: dict(v) for k, v in THREE_PLACES.items()})),
    "nobody-packs": (nobody_packs, FakeShop),
    "cancelled": (cancelled, FakeShop),
    "cancelled-in-temporal": (cancelled_in_temporal, FakeShop),
    "moved": (moved_to_another_version, FakeShop),
    "return-mixed": (came_back_mixed, FakeReturns),
    "return-never-sent": (never_sent_back, FakeReturns),
    "return-kept-refund-failed": (
        kept_and_refund_failed,
        lambda: FakeReturns(claim="damaged", declines={"payment.refund"}),
    ),
}


async def record(version: str) -> None:
    rules = read_shop(Path("config"), ACTIONS)
    server = shutil.which("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server, data_converter=data_converter()
    ) as env:
        for name, (play, shop) in LIVES.items():
            file = HERE / f"{version}-{name}.json"
            if not file.exists():
                file.write_text(await _play(env, rules, name, play, shop()) + "\n")


async def _play(env, rules, name, play, shop) -> str:
    workflow, start = _beginning(rules, name, shop)
    memory, journal, post = InMemory(shop), FakeJournal(rules, facts(shop.number)), FakePost()
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            env.client,
            task_queue=name,
            workflows=[workflow],
            activities=every_activity(memory, journal, post),
            activity_executor=threads,
            interceptors=[NamedErrors(), OneClock()],
        ):
            handle = await env.client.start_workflow(workflow.run, start, id=name, task_queue=name)
            await play(Life(env, handle, shop, journal, post))
            await handle.result()
            return without_traces((await handle.fetch_history()).to_json())


def without_traces(history: str) -> str:
    """A trace tells where the code stood on the machine that recorded it, and replays without."""
    return TRACE.sub(r'\1""', history)


def _beginning(rules, name: str, shop):
    if not isinstance(shop, FakeReturns):
        return OrderWorkflow, OrderStart(shop.number, "standard", pinned(rules))
    flow = "return-keep" if "kept" in name else "return"
    return ReturnWorkflow, ReturnStart(shop.number, shop.id, flow, {flow: pinned(rules)[flow]})


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
