"""
A worker that dies, as if by `kill -9`, at a named place of a named operation; once at each.

It is the shop's worker with its ports wrapped; nothing outside the tests knows of it.
"""

import asyncio
import inspect
import logging
import os
import signal
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event

import worker
from adapters.database.engine import Database
from adapters.database.payment.ledger import Ledger
from adapters.mail.letter import Shop
from adapters.mail.post import Post
from adapters.mail.server import Conversation, MailServer
from adapters.mail.templates import Templates
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from adapters.payment.tariff import USUAL
from config.settings import Settings
from starter.cli.shop import whereabouts
from starter.server.stopping import on_signals
from worker import Ports
from workflows import life, steps
from workflows.steps import Tries

# The operation under way: a commit knows by it whose it is.
DOING: ContextVar[str] = ContextVar("doing", default="")


@dataclass(frozen=True)
class Crash:
    """
    Die at the `nth` passing of a place. `place` is `before` the operation, `uncommitted` (its rows are
    written and not committed), or `after` it, before anybody hears of it. `done` exists once it has.
    """

    operation: str
    place: str
    nth: int
    done: Path


Crashes = tuple[Crash, ...]


class Fuse:
    def __init__(self, crashes: Crashes) -> None:
        self._crashes = crashes
        self._passed: Counter[tuple[str, str]] = Counter()

    def passing(self, operation: str, place: str) -> None:
        self._passed[operation, place] += 1
        for crash in self._crashes:
            here = (crash.operation, crash.place) == (operation, place)
            if here and self._passed[operation, place] >= crash.nth and not crash.done.exists():
                crash.done.touch()
                os.kill(os.getpid(), signal.SIGKILL)

    def committing(self, _connection: object) -> None:
        self.passing(DOING.get(), "uncommitted")

    def around(self, operation: str, work: Callable[..., Any]) -> Callable[..., Any]:
        async def slowly(*args: Any, **named: Any) -> Any:
            with self._doing(operation):
                return await cast(Awaitable[Any], work(*args, **named))

        def at_once(*args: Any, **named: Any) -> Any:
            with self._doing(operation):
                return work(*args, **named)

        return slowly if inspect.iscoroutinefunction(work) else at_once

    @contextmanager
    def _doing(self, operation: str) -> Iterator[None]:
        before = DOING.set(operation)
        try:
            self.passing(operation, "before")
            yield
            self.passing(operation, "after")
        finally:
            DOING.reset(before)


class Fused:
    """`inner`, every method of which may be the last that this process does."""

    def __init__(self, inner: object, name: str, fuse: Fuse) -> None:
        self._inner, self._name, self._fuse = inner, name, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._fuse.around(f"{self._name}.{name}", found) if callable(found) else found


class FusedServer:
    """The mail server, as the post knows it."""

    def __init__(self, server: MailServer, fuse: Fuse) -> None:
        self._server, self._fuse = server, fuse

    def conversation(self) -> Conversation:
        line = self._server.conversation()
        vars(line)["send"] = self._fuse.around("smtp.send", line.send)
        return line


def fused(settings: Settings, crashes: Crashes) -> Ports:
    """The shop's ports; what they ask of gateway and mail server is wrapped too."""
    fuse, ports, url = Fuse(crashes), worker.adapters(settings), settings.database_url
    database = Database(url)
    event.listen(database.engine, "commit", fuse.committing)
    gateway = cast(Any, Fused(SimulatedGateway(url, tariff=USUAL), "gateway", fuse))
    server = cast(Any, FusedServer(MailServer.parse(worker._smtp_url(settings)), fuse))
    shop = Shop(settings.shop_name, settings.shop_url, settings.reply_to)
    post = Post(database, Templates(settings.config / "mail"), server, shop, settings.mail_from)
    ports = replace(ports, payments=Cashier(Ledger(url), gateway), post=post)
    names = [
        field.name for field in fields(Ports) if field.name not in ("shop", "reporters", "watches", "own")
    ]
    guarded: dict[str, Any] = {name: Fused(getattr(ports, name), name, fuse) for name in names}
    guarded["reporters"] = tuple(fuse.around(_whose(report), report) for report in ports.reporters)
    return replace(ports, **guarded)


def _whose(report: Callable[..., Any]) -> str:
    """`NewsBook.report`."""
    return f"{type(cast(Any, report).__self__).__name__}.{report.__name__}"


def run(settings: Settings, orders: type, crashes: Crashes) -> None:
    """The life of one worker process; `orders` is the workflow of its orders."""
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    log = settings.data / "worker.log"
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, filename=log, force=True, format=form)
    vars(worker)["OrderWorkflow"] = orders
    _lose_no_time()
    asyncio.run(_serve(settings, crashes))


async def _serve(settings: Settings, crashes: Crashes) -> None:
    stop = on_signals(signal.SIGTERM)
    place = whereabouts(settings)
    ports = fused(settings, crashes)
    await worker._work(settings, ports, place, await worker._client(place), stop)


def _lose_no_time() -> None:
    """What a killed worker held is tried again after seconds: a shop waits longer, and just as surely."""
    vars(life)["MAIL_TRIES"] = Tries(timedelta(seconds=3), 100, timedelta(seconds=1))
    vars(steps)["LONGEST_WAIT"] = timedelta(seconds=1)


def _end_with_the_tests() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
