"""A shop's own action, in a flow of its own, in a real worker."""

import asyncio
import json
import shutil
import subprocess

from adapters.database.desk.desk import Desk
from config.settings import SHIPPED, Settings
from tests.e2e.conftest import LOOK_SECONDS, PATIENCE_SECONDS, an_order
from tests.e2e.test_up import ORDERS, ROOT, Machine, clean_environment

ACTIONS = """
from activities.own import action
from domain.step import Call, StepResult


@action("erp.announce", "Tells the ERP that a parcel is being packed.", result={"shelf": "text"})
def announce(call: Call) -> StepResult:
    return StepResult(values={"shelf": "B7"}, said=f"The ERP gives shelf B7 to {call.lane}.")
"""
STEP = """  - id: announce
    title: Announce the parcel to the ERP
    run: erp.announce
    timeout: 10s

  - id: pack
    title: Pick and pack
"""


async def test_a_step_in_the_shops_own_python_runs_and_is_told(tmp_path):
    here = own_shop(tmp_path)
    machine = Machine(tmp_path / "data", **here)
    try:
        await asyncio.to_thread(machine.hear, "\nready\n")
        here["ORDERKEEPER_DATA"] = str(machine.data)
        typed(here, "stock", "receive", "TEAPOT", "10", "--title", "Teapot")
        order = tmp_path / "order.json"
        order.write_text(json.dumps(an_order("own-1")))
        typed(here, "place", str(order))
        desk = Desk(Settings.from_env(here).database_url)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any("shelf B7" in entry.text for entry in desk.show("own-1").timeline):
                await asyncio.sleep(LOOK_SECONDS)
        assert "shelf B7" in typed(here, "show", "own-1")
    finally:
        assert await asyncio.to_thread(machine.stop) == 0


def own_shop(folder) -> dict[str, str]:
    """The environment of a shop whose warehouse announces each parcel to its ERP."""
    file, config = folder / "actions.py", folder / "config"
    file.write_text(ACTIONS)
    shutil.copytree(SHIPPED / "flows", config / "flows")
    flow = config / "flows" / "warehouse.yaml"
    text = flow.read_text().replace("  - id: pack\n    title: Pick and pack\n", STEP)
    flow.write_text(text.replace("otherwise: pack\n", "otherwise: announce\n", 1))
    return {"ORDERKEEPER_ACTIONS": str(file), "ORDERKEEPER_CONFIG": str(config)}


def typed(here: dict[str, str], *words: str) -> str:
    command = [*ORDERS, *words]
    told = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment() | here, cwd=ROOT, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout
