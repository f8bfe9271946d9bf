"""A shop of its own for each test: database, task queue, and a worker started again whenever it dies."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from signal import SIGKILL
from typing import cast

from adapters.database.reconcile.auditor import Auditor
from adapters.mail.sink import ENDING
from config.settings import SHIPPED, Settings
from domain.errors import NotFound
from domain.reconcile import Difference
from domain.view import OrderView, TaskView
from starter.cli.machine import prepare_books
from starter.cli.shop import OpenShop, open_shop
from starter.clock import now
from starter.ids import order_workflow
from starter.server.plan import NAMESPACE
from starter.server.whereabouts import Whereabouts
from tests.crash import worker as killable
from tests.crash.worker import Crash, Crashes
from tests.e2e.conftest import Shop
from tests.e2e.test_up import Machine
from workflows.order import OrderWorkflow

PATIENCE_SECONDS = 240
# Many lives look at once, in the process that takes their mail.
LOOK_SECONDS = 0.6
MESSAGE_ID = re.compile(r"^Message-ID:\s*<(\S+)>", re.MULTILINE)
# A process that has loaded everything once; workers are forked from it in a moment.
READY = get_context("forkserver")
READY.set_forkserver_preload(["tests.crash.worker"])

# An operation, a place of it, and which passing.
Place = tuple[str, str, int]

GOODS = (
    ("TEAPOT", "100", "main"),
    ("TEAPOT", "100", "annex"),
    ("CUP", "100", "main"),
    ("JUG", "100", "annex"),
)


def hasty_config(folder: Path, changes: Mapping[str, str]) -> Path:
    """Our own config folder, with steps that are tried again after a second or two."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for file in (folder / "flows").glob("*.yaml"):
        text = re.sub(r"\n    retry: .*", "", file.read_text())
        text = re.sub(r"( +)timeout: \d+s", r"\1timeout: 3s\n\1retry: {tries: 30, first_wait: 1s}", text)
        for old, new in changes.items():
            text = text.replace(old, new)
        file.write_text(text)
    return folder


def stocked(data: Path, config: Path) -> Settings:
    """A shop that has never sold anything, with goods on its shelves."""
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(data), "ORDERKEEPER_CONFIG": str(config)})
    data.mkdir(parents=True)
    prepare_books(settings)
    return settings


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[OpenShop]:
    """A shop that has found its Temporal, however busy the machine is."""
    while True:
        async with open_shop(settings, connected=True) as opened:
            if opened.client is not None:
                yield opened
                return
        await asyncio.sleep(LOOK_SECONDS)


@dataclass
class Worker:
    """Started again whenever it was killed; `deaths` are the exit codes so far."""

    settings: Settings
    crashes: Crashes = ()
    orders: type = OrderWorkflow
    deaths: list[int | None] = field(default_factory=list)
    _process: ForkServerProcess | None = None
    _keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """At once, as a power cut would."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()

    async def _keep(self) -> None:
        while True:
            arguments = (self.settings, self.orders, self.crashes)
            self._process = READY.Process(target=killable.run, args=arguments, daemon=True)
            self._process.start()
            while self._process.exitcode is None:
                await asyncio.sleep(0.05)
            self.deaths.append(self._process.exitcode)
            assert self._process.exitcode == -SIGKILL, "the worker ended by itself: see its log"


class CalmShop(Shop):
    """Looks at its order now and then, and lets the other lives go on meanwhile."""

    async def until(self, number: str, seen: Callable[[OrderView], bool]) -> OrderView:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (view := await asyncio.to_thread(self._seen, number, seen)) is None:
                await asyncio.sleep(LOOK_SECONDS)
        return view

    def _seen(self, number: str, seen: Callable[[OrderView], bool]) -> OrderView | None:
        try:
            view = self.view(number)
        except NotFound:
            return None
        return view if seen(view) else None

    async def task(self, number: str, step: str) -> TaskView:
        def task() -> TaskView | None:
            tasks = self.open.desk.tasks("", self.now)
            return next((each for each in tasks if (each.order, each.step) == (number, step)), None)

        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := await asyncio.to_thread(task)) is None:
                await asyncio.sleep(LOOK_SECONDS)
        return found


@dataclass
class Life:
    """`shop` is as a door sees it."""

    shop: Shop
    worker: Worker
    mails: Path

    @property
    def open(self) -> OpenShop:
        return self.shop.open

    def differences(self) -> list[Difference]:
        return list(Auditor(self.open.settings.database_url).differences(now()))

    def notices(self, number: str) -> dict[str, set[str]]:
        """Message-ID -> the mails that came under it, byte for byte."""
        return notices_in(self.mails, number)

    async def has_closed(self, number: str) -> str:
        """What the order's workflow came to."""
        handle = self.open.temporal().get_workflow_handle(order_workflow(number), result_type=str)
        return str(await asyncio.wait_for(handle.result(), PATIENCE_SECONDS))


def notices_in(folder: Path, number: str) -> dict[str, set[str]]:
    """Message-ID -> the mails of this order that came under it, byte for byte."""
    found: dict[str, set[str]] = {}
    # The mails of all orders lie there: to parse each of them for every order took a minute.
    for path in folder.glob(f"[!.]*-{number}-*{ENDING}"):
        mail = path.read_text()
        message_id = MESSAGE_ID.search(mail)
        assert message_id is not None, path
        if message_id[1].startswith((f"{number}.", f"{number}-F")):
            found.setdefault(message_id[1], set()).add(mail)
    return found


@dataclass(frozen=True)
class Ground:
    """What every life of these tests stands on."""

    temporal: str
    smtp: str
    mails: Path
    folder: Path

    def settings(self, name: str, config: str, smtp: str) -> Settings:
        """A new shop with the goods and flows of the ready-made one of this config."""
        data, ready = self.folder / "lives" / name, self.folder / "ready" / config
        shutil.copytree(ready, data)
        settings = Settings.from_env(
            {"ORDERKEEPER_DATA": str(data), "ORDERKEEPER_CONFIG": str(self.folder / "config" / config)}
        )
        here = Whereabouts(self.temporal, NAMESPACE, smtp, name, speed=1.0, pid=0)
        here.write(data)
        return settings

    @asynccontextmanager
    async def life(
        self, name: str, config: str = "hasty", crashes: Sequence[Place] = (), smtp: str = ""
    ) -> AsyncIterator[Life]:
        """Each of `crashes` is an operation, a place and which passing of it kills the worker."""
        settings = self.settings(name, config, smtp or self.smtp)
        fuses = (Crash(*each, done=settings.data / f"crashed{n}") for n, each in enumerate(crashes))
        worker = Worker(settings, tuple(fuses))
        async with connected(settings) as opened:
            worker.start()
            try:
                yield Life(CalmShop(opened, cast(Machine, None)), worker, self.mails)
            finally:
                await worker.stop()
