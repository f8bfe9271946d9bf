"""
A hundred orders on a shop's first day: posted at once to `orders up`, until each waits to be packed.

    python -m bench.first_day --orders 100
"""

import asyncio
import json
import os
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from typer import Option

from bench.shop import SAMPLE
from bench.up import ORDERS, ready
from domain.errors import SettingsRefused
from starter.cli.saying import complain, say
from starter.clock import now
from starter.server.ports import any_free

Json = dict[str, Any]

TAKEN = 201
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class FirstDay:
    """Seconds from the first order posted on; whether the inbox names the oldest first."""

    accepted: float
    at_the_packers: float
    in_order_of_age: bool


def bench(orders: Annotated[int, Option(min=1, help="Orders posted at once.")] = 100) -> None:
    """Measure how soon a new shop has taken its first orders and brought them to its packers."""
    with tempfile.TemporaryDirectory(prefix="first-day-") as folder:
        day = asyncio.run(_day(Path(folder), orders))
    say(
        f"{orders} orders: taken within {day.accepted:.1f} s, to be packed after {day.at_the_packers:.1f} s"
    )
    if day.in_order_of_age:
        say("The inbox names the oldest first.")
        return
    complain("The inbox does not name the oldest first.")
    raise typer.Exit(1)


async def _day(data: Path, count: int) -> FirstDay:
    port = any_free()
    async with ready(data, "--port", str(port)):
        shop = Shop(data)
        wanted = _a_queue_of(count)
        token = await shop.opened(wanted[0])
        return await _measured(shop, f"http://127.0.0.1:{port}", token, wanted)


async def _measured(shop: "Shop", url: str, token: str, wanted: list[Json]) -> FirstDay:
    clock = asyncio.get_running_loop().time
    began = clock()
    async with httpx.AsyncClient(
        base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=60
    ) as web:
        await asyncio.gather(*(_post(web, order) for order in wanted))
        accepted = clock() - began
    async with asyncio.timeout(PATIENCE_SECONDS):
        found = await shop.to_pack()
        while len(found) < len(wanted):
            await asyncio.sleep(LOOK_SECONDS)
            found = await shop.to_pack()
    return FirstDay(accepted, clock() - began, found == [order["number"] for order in wanted])


async def _post(web: httpx.AsyncClient, order: Json) -> None:
    """:raises SettingsRefused: it was not taken."""
    answer = await web.post("/api/orders", json=order)
    if answer.status_code != TAKEN:
        raise SettingsRefused(f"Order {order['number']} was not taken: {answer.status_code} {answer.text}")


def _a_queue_of(count: int) -> list[Json]:
    """Placed a second apart, the last one just now."""
    sample, last = json.loads(SAMPLE.read_text()), now()
    return [
        sample
        | {
            "number": f"B{n:06}",
            "placed_at": (last - timedelta(seconds=count - n)).isoformat(),
            "customer": {"email": f"ada+{n}@example.org", "name": "Ada Lovelace"},
        }
        for n in range(count)
    ]


class Shop:
    """A new shop, seen through the commands of the people in it."""

    def __init__(self, data: Path) -> None:
        self._environment = {**os.environ, "ORDERKEEPER_DATA": str(data)}

    async def opened(self, sample: Json) -> str:
        """Goods on the shelf; a token for the web shop."""
        for line in sample["lines"]:
            await self._told("stock", "receive", line["sku"], "1000000")
        await self._told("accounts", "add", "web", "--role", "shop")
        made = await self._told("accounts", "token", "web", "--label", "first day", "--json")
        return str(json.loads(made)["token"])

    async def to_pack(self) -> list[str]:
        """Orders that wait to be packed, as the inbox names them."""
        tasks: list[Mapping[str, Any]] = json.loads(await self._told("tasks", "--json"))
        return [str(task["order"]) for task in tasks if task["step"] == "pack"]

    async def _told(self, *command: str) -> str:
        """:raises SettingsRefused: the command failed."""
        run = await asyncio.create_subprocess_exec(
            ORDERS, *command, env=self._environment, stdout=PIPE, stderr=PIPE
        )
        said, complaint = await run.communicate()
        if run.returncode:
            raise SettingsRefused(f"orders {' '.join(command)}: {complaint.decode()}")
        return said.decode()


if __name__ == "__main__":
    typer.run(bench)
