"""One Temporal server and one mail sink for all lives; each has its own database, queue and worker."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.database.stock.room import StockRoom
from adapters.mail.sink import sink
from domain.errors import TemporalUnavailable
from starter.client import connect
from starter.clock import now
from starter.server import leash
from starter.server.plan import NAMESPACE, Plan, temporal_command
from starter.server.ports import LOOPBACK, any_free
from tests.crash.life import GOODS, PATIENCE_SECONDS, Ground, hasty_config, stocked
from tests.goods import ship_by

CONFIGS: dict[str, dict[str, str]] = {"hasty": {}, "lost": {"after: 14 days,": "after: 1s,"}}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A Temporal as `orders up` starts it."""
    data = tmp_path_factory.mktemp("temporal")
    plan = Plan(data, any_free(), 0, "", os.environ)
    command = [sys.executable, "-I", leash.__file__, str(os.getpid()), *temporal_command(plan)]
    with (data / "log").open("wb") as log:
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
    yield plan.temporal
    running.kill()
    running.communicate()


@pytest.fixture(scope="session")
async def temporal(server):
    """Where it answers."""
    await answers(server)
    return server


async def answers(address: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                client = await connect(address, NAMESPACE)
            except TemporalUnavailable:
                await asyncio.sleep(0.1)
            else:
                assert client.namespace == NAMESPACE
                return


@pytest.fixture(scope="session")
async def ground(temporal, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("lives")
    for name, changes in CONFIGS.items():
        settings = stocked(folder / "ready" / name, hasty_config(folder / "config" / name, changes))
        shelves = StockRoom(settings.database_url, ship_by)
        for sku, quantity, place in GOODS:
            shelves.receive(sku, quantity, place, sku.title(), "tests", now())
        with shelves.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shelves.close()
    async with sink(folder / "mail", LOOPBACK, 0, now) as port:
        yield Ground(temporal, f"{LOOPBACK}:{port}", folder / "mail", folder)
