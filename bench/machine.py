"""One machine for one turn: a server, a mail sink and a worker of its own, in a folder of its own."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from bench.kinds import Kind
from config.settings import Settings
from starter.cli.machine import machine, prepare_books
from starter.clock import now
from starter.server.part import Part
from starter.server.plan import Plan
from starter.server.ports import any_free
from starter.server.supervisor import Supervisor


class OtherMachine(Supervisor):
    """As `orders up`, with the worker of a workflow by hand, and a server with no more than a file."""

    def __init__(self, plan: Plan, kind: Kind) -> None:
        self._kind = kind
        super().__init__(plan, now, quiet)

    def _parts(self) -> list[Part]:
        return [self._other(part) for part in super()._parts()]

    def _other(self, part: Part) -> Part:
        if part.name == "worker":
            return replace(part, command=(*part.command[:-1], "bench.worker", self._kind.workflow))
        if part.name == "Temporal" and not self._kind.tuned:
            return replace(part, command=default_server(part.command))
        return part


def default_server(command: tuple[str, ...]) -> tuple[str, ...]:
    """What `temporal server start-dev --db-filename FILE` starts, where we want it."""
    wanted = ("--ip", "--port", "--db-filename")
    kept = [word for pair in pairwise(command) if pair[0] in wanted for word in pair]
    return (command[0], "server", "start-dev", "--headless", *kept)


@asynccontextmanager
async def running(kind: Kind, data: Path) -> AsyncIterator[Settings]:
    """
    Everything one turn needs, answering, until the context closes.

    :raises SettingsRefused: a part does not come up.
    """
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(data)})
    if not kind.workflow:
        async with machine(settings, quiet, temporal_port=any_free()):
            yield settings
        return
    await asyncio.to_thread(_prepare, settings)
    plan = Plan(data, any_free(), any_free(), settings.task_queue, os.environ)
    other = OtherMachine(plan, kind)
    try:
        await other.start()
        yield settings
    finally:
        await other.stop()


def _prepare(settings: Settings) -> None:
    settings.data.mkdir()
    prepare_books(settings)


def quiet(_line: str) -> None:
    """What is stopped and started again and again need not be told."""
