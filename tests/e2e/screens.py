"""Takes the README's pictures of the console: the demo's shop, with orders that wait for somebody."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import SHIPPED
from domain.order import Order
from starter.cli.saying import say
from starter.clock import now
from starter.demo.samples import Play, cast, goods_for
from starter.demo.scenarios import SCENARIOS
from starter.demo.stages import BEGINS, stage
from tests.e2e.office import Office, open_office
from tests.e2e.test_up import ORDERS, ROOT

FOLDER = ROOT / "docs" / "screens"
SIZE = {"width": 1280, "height": 800}
SETTLE_SECONDS = 60
# Their second visit waits where the picture shows it.
AGAIN = 2 * len(SCENARIOS)


async def take(office: Office) -> None:
    pat = await office.sit_down("root", viewport=SIZE, color_scheme="light", device_scale_factor=1.5)

    async def picture(name: str, path: str, *, whole: bool = False) -> None:
        await pat.goto(path)
        await pat.wait_for_timeout(300)
        await pat.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
        say(f"docs/screens/{name}.png")

    task = next(each for each in office.shop.open.desk.tasks("warehouse", now()) if each.scan)
    await picture("inbox", "/inbox")
    await picture("order", f"/orders/{task.order}")
    await picture("pack", f"/pack/{task.id}")
    await picture("orders", "/orders?state=open")
    await picture("flow", "/flows/warehouse")


async def open_orders(office: Office) -> None:
    """The same customers once more, and nobody who sees to them."""
    plays = cast(SHIPPED / "samples", AGAIN, now())[len(SCENARIOS) :]
    for goods in goods_for(plays):
        office.shop.open.stock_room.receive(
            goods.sku, goods.quantity, goods.location, goods.title or goods.sku, "buyer", now()
        )
    for hours, play in zip(range(len(plays), 0, -1), plays, strict=True):
        await office.shop.place_order(_placed(play, hours), imported=False, speed=1.0)
    # Some wait for what the clock on the wall brings in an hour: they are shown as they stand.
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            for play in plays:
                await office.shop.until(play.order.number, lambda view: stage(view.row) != BEGINS)


def _placed(play: Play, hours: int) -> Order:
    return replace(play.order, placed_at=now() - timedelta(hours=hours))


async def main() -> None:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("there is no `chromium` here; Debian's package of that name does")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "ORDERKEEPER_DATA": folder}
        demo = await asyncio.create_subprocess_exec(*ORDERS, "demo", "--keep", env=environment)
        assert await demo.wait() == 0
        async with open_office(Path(folder) / "demo", program) as office:
            await open_orders(office)
            await take(office)


if __name__ == "__main__":
    asyncio.run(main())
