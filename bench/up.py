"""`orders up` as a shop starts it, and how long it takes until it says `ready`."""

import asyncio
import os
import signal
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domain.errors import SettingsRefused
from starter.server.ports import any_free

ORDERS = Path(sysconfig.get_path("scripts")) / "orders"
PATIENCE_SECONDS = 60.0


async def seconds_to_ready(data: Path) -> float:
    """
    From the command to `ready`; it is stopped again.

    :raises SettingsRefused: it ended without being ready.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    async with ready(data):
        return clock() - began


@asynccontextmanager
async def ready(data: Path, *options: str) -> AsyncIterator[None]:
    """
    Runs as long as this context does.

    :raises SettingsRefused: it ended without being ready.
    """
    up = await asyncio.create_subprocess_exec(
        ORDERS,
        *("up", "--data", str(data), "--temporal-port", str(any_free()), *options),
        stdin=DEVNULL,
        stdout=PIPE,
        env=dict(os.environ),
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _heard(up)
        yield
    finally:
        if up.returncode is None:
            up.send_signal(signal.SIGINT)
        await up.communicate()


async def _heard(up: asyncio.subprocess.Process) -> None:
    assert up.stdout is not None
    while (line := await up.stdout.readline()).strip() != b"ready":
        if not line:
            raise SettingsRefused("`orders up` ended before it was ready.")
