"""
The mail sink of `orders up`, a program of its own.

    python -m starter.cli.sink PORT FOLDER
"""

import asyncio
import signal
import sys
from pathlib import Path

from adapters.mail.sink import sink
from starter.clock import now
from starter.server.ports import LOOPBACK
from starter.server.stopping import on_signals


async def serve(port: int, folder: Path) -> None:
    """Until SIGTERM."""
    stop = on_signals(signal.SIGTERM, signal.SIGINT)
    async with sink(folder, LOOPBACK, port, now):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
