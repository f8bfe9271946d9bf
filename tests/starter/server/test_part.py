"""A part that dies is started again; one that is asked to stop stays down."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import SettingsRefused
from starter.server.part import FIRST_TRIES, Keeper, Part, ending

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
# Says who it is once it can be asked to stop, then waits.
WAITS = """
import os, pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
while True:
    signal.pause()
"""
DEAF = WAITS.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
FAILS = "import sys; sys.exit('SettingsRefused: there is no folder /shop')"


class Room:
    """A part and what was said about it."""

    def __init__(self, folder: Path, script: str) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.file = folder / "pid"
        self.seen = ""
        part = Part(
            name="worker",
            where="here",
            command=(sys.executable, "-c", script, str(self.file)),
            environment=os.environ,
            log=folder / "worker.log",
            answers=self.answers,
            stop_seconds=0.3,
        )
        self.keeper = Keeper(part, lambda: NOON, self.said.put_nowait)

    async def answers(self, started: datetime) -> bool:
        """Whether one has come up that is not the last we saw."""
        assert started == NOON
        pid = self.file.read_text() if self.file.exists() else ""
        if not pid or pid == self.seen:
            return False
        self.seen = pid
        return True

    async def pid(self) -> int:
        await self.keeper.came_up(20)
        return int(self.seen)


async def is_gone(pid: int) -> bool:
    state = await asyncio.to_thread(
        subprocess.run, ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip()[:1] in ("", "Z")


@pytest.fixture
async def room(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    made = Room(tmp_path, getattr(request, "param", WAITS))
    made.keeper.start()
    yield made
    await made.keeper.stop()


async def test_a_part_that_was_killed_comes_back(room: Room):
    first = await room.pid()
    os.kill(first, signal.SIGKILL)

    assert await room.said.get() == "worker ended (by SIGKILL); starting it again in 0.25 s"
    assert await room.said.get() == "worker is back"
    assert await room.pid() != first


async def test_a_part_that_is_asked_to_stop_is_not_started_again(room: Room):
    pid = await room.pid()

    await room.keeper.stop()

    assert await is_gone(pid)
    assert room.said.empty()


@pytest.mark.parametrize("room", [DEAF], indirect=True)
async def test_a_part_that_does_not_listen_is_killed(room: Room):
    pid = await room.pid()

    await room.keeper.stop()

    assert await is_gone(pid)


@pytest.mark.parametrize("room", [FAILS], indirect=True)
async def test_a_part_that_never_comes_up_is_given_up_with_its_last_words(room: Room):
    with pytest.raises(SettingsRefused, match=r"there is no folder /shop \(more in .*worker.log\)"):
        await room.keeper.came_up(30)

    assert room.said.qsize() == FIRST_TRIES - 1


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (1, "exit code 1"), (-6, "by SIGABRT"), (-99, "by signal 99")]
)
def test_how_a_part_ended_is_said_in_words(code: int, words: str):
    assert ending(code) == words
