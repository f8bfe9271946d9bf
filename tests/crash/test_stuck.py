"""A bug in the program: its orders stand still, say so, and go on when it is mended."""

import asyncio
import json
import os
import subprocess
from functools import partial
from typing import Any

import pytest

from adapters.database.desk.bugs import Bugs
from domain.errors import ActRefused
from starter.words import answer_line
from tests.crash.broken import BrokenOrder
from tests.crash.life import PATIENCE_SECONDS
from tests.crash.plays import SUE, at_the_gateway, delivered, pack
from tests.e2e.conftest import LOOK_SECONDS, an_order
from tests.e2e.test_up import ORDERS, ROOT
from workflows.order import OrderWorkflow


@pytest.mark.timeout(600)
async def test_an_order_stuck_on_a_bug_is_an_incident_and_goes_on_after_the_fix(ground):
    async with ground.life("stuck-1") as life:
        life.worker.orders = BrokenOrder
        await life.shop.place(an_order("stuck-1"))
        await pack(life.shop, "stuck-1-F1")
        bugs = Bugs(life.open.settings.database_url)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not bugs.open_bugs():
                await asyncio.sleep(LOOK_SECONDS)

        found = await orders(life, "incidents")
        assert [(each["id"], each["kind"]) for each in found] == [("stuck-1.bug", "bug")]
        assert found[0]["what"] == "A bug: the program fails on this order (ZeroDivisionError)."
        assert "Stopped at The program itself" in answer_line(life.shop.view("stuck-1"), life.shop.now)
        assert "workflow-stuck" in {each["rule"] for each in await orders(life, "reconcile")}
        with pytest.raises(ActRefused, match="Start a mended worker"):
            await life.open.orders.retry("stuck-1.bug", SUE)
        with pytest.raises(ActRefused, match="Start a mended worker"):
            await life.open.orders.skip("stuck-1.bug", SUE, "I want to go home")

        life.worker.orders = OrderWorkflow
        life.worker.kill()
        await delivered(life.shop, "stuck-1-F1")

        assert await life.has_closed("stuck-1") == "completed"
        assert at_the_gateway(life.shop, "stuck-1") == (1, 1, 0)
        assert await orders(life, "incidents") == []
        assert life.differences() == []


async def orders(life, command: str) -> list[Any]:
    """What a command says in JSON."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        "ORDERKEEPER_DATA": str(life.open.settings.data),
        "ORDERKEEPER_CONFIG": str(life.open.settings.config),
    }
    ask = partial(subprocess.run, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    told = await asyncio.to_thread(ask, [*ORDERS, command, "--json"])
    assert told.stdout, told.stderr
    said: list[Any] = json.loads(told.stdout)
    return said
