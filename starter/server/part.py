"""One part of `orders up`: a program of its own, started again whenever it dies."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import SettingsRefused
from starter.server import leash

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 15.0
# One that ran for this long begins with the first pause again.
STEADY_SECONDS = 30.0
LOOK_SECONDS = 0.1
# A part that dies this often before it ever answered will not come up.
FIRST_TRIES = 3

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """
    `answers` says whether it does its work, given when it was started. `stop_seconds` is what it gets
    to end by itself once it is asked to.
    """

    name: str
    where: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    answers: Callable[[datetime], Awaitable[bool]]
    stop_seconds: float


class Keeper:
    """Keeps one part running, and says what becomes of it."""

    def __init__(self, part: Part, clock: Callable[[], datetime], say: Say) -> None:
        self.part = part
        self.ready = asyncio.Event()
        self._clock = clock
        self._say = say
        self._stopping = asyncio.Event()
        self._process: Process | None = None
        self._been_ready = False
        self._deaths = 0
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def came_up(self, seconds: float) -> None:
        """:raises SettingsRefused: it does not answer, or died too often before it did."""
        assert self._keeping is not None
        up = asyncio.create_task(self.ready.wait())
        await asyncio.wait((up, self._keeping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if not self.ready.is_set():
            raise SettingsRefused(f"{self.part.name} does not come up: {self._last_words()}")

    async def stop(self) -> None:
        """Ask it to end; kill it when it takes too long."""
        self._stopping.set()
        process = self._process
        if process is not None and process.returncode is None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.part.stop_seconds)
            except TimeoutError:
                self.kill()
        if self._keeping is not None:
            await self._keeping

    def kill(self) -> None:
        self._stopping.set()
        self._signal(signal.SIGKILL)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            self._deaths += 1
            if not self._been_ready and self._deaths >= FIRST_TRIES:
                return
            if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._say(f"{self.part.name} ended ({ending(code)}); starting it again in {pause:g} s")
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _run_once(self) -> int:
        self._process = await _spawn(self.part)
        if self._stopping.is_set():
            self._signal(signal.SIGTERM)
        watching = asyncio.create_task(self._watch(self._clock()))
        try:
            return await self._process.wait()
        finally:
            watching.cancel()
            self.ready.clear()

    async def _watch(self, started: datetime) -> None:
        while not await self.part.answers(started):  # noqa: ASYNC110 - other programs send no event
            await asyncio.sleep(LOOK_SECONDS)
        if self._been_ready:
            self._say(f"{self.part.name} is back")
        self._been_ready = True
        self.ready.set()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _signal(self, number: signal.Signals) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(number)

    def _last_words(self) -> str:
        lines = self.part.log.read_text(encoding="utf-8", errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f"{said[-1] if said else 'it said nothing'} (more in {self.part.log})"


async def _spawn(part: Part) -> Process:
    # Its own session: Ctrl-C in the terminal reaches `orders up` alone, which stops the parts in order.
    with part.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            leash.__file__,
            str(os.getpid()),
            *part.command,
            stdin=PIPE,
            stdout=log,
            stderr=log,
            env=dict(part.environment),
            start_new_session=True,
        )


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
