"""How long `orders up` takes until it says `ready`."""

import asyncio
import os
import signal
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE
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
    up = await asyncio.create_subprocess_exec(
        ORDERS,
        *("up", "--data", str(data), "--temporal-port", str(any_free())),
        stdin=DEVNULL,
        stdout=PIPE,
        env=dict(os.environ),
    )
    assert up.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (line := await up.stdout.readline()).strip() != b"ready":
                if not line:
                    raise SettingsRefused("`orders up` ended before it was ready.")
        return clock() - began
    finally:
        if up.returncode is None:
            up.send_signal(signal.SIGINT)
        await up.communicate()
