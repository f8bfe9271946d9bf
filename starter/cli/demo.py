"""`orders demo`: sample orders played through by simulated staff, in a shop of their own."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from adapters.database.shipping.pickups import Pickups
from config.settings import SHIPPED, Settings
from domain.act import ActResult
from domain.order import Order
from starter.cli.demo_board import Progress, tell_differences, tell_endings, tell_sums
from starter.cli.machine import STOPS, machine
from starter.cli.reconcile import differences
from starter.cli.saying import say
from starter.cli.shop import OpenShop, open_shop
from starter.clock import now
from starter.demo.doings import Doors
from starter.demo.run import Played, Stage, receive
from starter.demo.samples import Play, cast, goods_for
from starter.demo.scenarios import SCENARIOS
from starter.demo.summary import Ending
from starter.placing import prepare
from starter.returning import Wish, prepare_return
from starter.server.ports import any_free
from starter.server.whereabouts import LOCK, alone

# A day of the shop in two seconds.
SPEED = 43_200.0
MOST_MOVEMENTS = 1_000_000
DAY_SECONDS = 86_400
# The exit code of programs that Ctrl-C ended.
STOPPED = 130


def demo(
    orders: Annotated[int, Option(min=1, max=2_000, help="How many orders.")] = len(SCENARIOS),
    speed: Annotated[
        float, Option(min=1, max=200_000, help="How many times faster than life the shop's clocks run.")
    ] = SPEED,
    keep: Annotated[
        bool, Option("--keep", help="Leave everything in the folder `demo` of the data folder.")
    ] = False,
) -> None:
    """Play sample orders through with simulated staff, and tell what it came to."""
    folder = _kept() if keep else Path(tempfile.mkdtemp(prefix="orderkeeper-demo-"))
    _work_in(folder)
    with _left(folder, keep=keep):
        good = asyncio.run(_demo(orders, speed))
        if not good:
            raise typer.Exit(1)


@contextmanager
def _left(folder: Path, *, keep: bool) -> Iterator[None]:
    """What is wrong can be looked at; a demo that was stopped leaves nothing, nor does a good one."""
    try:
        yield
    except (asyncio.CancelledError, KeyboardInterrupt) as stopped:
        if not keep:
            shutil.rmtree(folder)
        raise typer.Exit(STOPPED) from stopped
    except BaseException:
        _tell_where(folder)
        raise
    if keep:
        _tell_where(folder)
    else:
        shutil.rmtree(folder)


def _tell_where(folder: Path) -> None:
    say(f"Everything is kept. To look at it: ORDERKEEPER_DATA={folder} orders list")


def _kept() -> Path:
    """
    The folder of a demo that stays, emptied of what an earlier one left there.

    :raises SettingsRefused: another demo is playing there.
    """
    folder = Settings.from_env(os.environ).data / "demo"
    with alone(folder):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
    return folder


def _work_in(folder: Path) -> None:
    """Whatever this process and its parts do, they do in `folder`: never in the shop's own books."""
    for name in [name for name in os.environ if name.startswith(("ORDERKEEPER_", "TEMPORAL_"))]:
        del os.environ[name]
    os.environ["ORDERKEEPER_DATA"] = str(folder)
    os.environ["ORDERKEEPER_SIMULATED_FEES"] = "yes"
    # A profile in the home folder is for another server.
    os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull


async def _demo(count: int, speed: float) -> bool:
    """Whether every order came to its end, and the books agree."""
    _stop_on_signals()
    plays = cast(SHIPPED / "samples", count, now())
    say(f"{count} orders, {speed:g} times faster than life: {_spoken(speed)}.")
    settings = Settings.from_env(os.environ)
    heard: list[str] = []
    async with machine(settings, heard.append, temporal_port=any_free(), speed=speed):
        async with open_shop(settings, connected=True) as shop:
            await asyncio.to_thread(receive, shop.stock_room, goods_for(plays), now)
            played = await _play(shop, plays, speed)
            good = await _tell(shop, plays, played)
        mishaps = tuple(heard)
    for line in mishaps:
        say(line, "red")
    return good and not mishaps


def _stop_on_signals() -> None:
    this = asyncio.current_task()
    assert this is not None
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)


def _spoken(speed: float) -> str:
    day = DAY_SECONDS / speed
    return f"a day of the shop passes in {day:.3g} s, two weeks in {14 * day:.3g} s"


async def _play(shop: OpenShop, plays: Sequence[Play], speed: float) -> Played:
    send_back, pickups = partial(_send_back, shop), Pickups(shop.settings.database_url)
    doors = Doors(shop.orders, shop.stock_room, shop.event_fields, now, send_back, pickups.shown)
    with Progress(len(plays), time.monotonic) as progress:
        stage = Stage(doors, shop.desk, partial(_place, shop), plays, speed, progress.show)
        return await stage.play()


async def _place(shop: OpenShop, order: Order, speed: float) -> ActResult:
    prepared = partial(prepare, imported=False, by="orders demo", speed=speed)
    placement = await asyncio.to_thread(prepared, order, shop.book, shop.shelf, shop.config)
    return await shop.orders.place(order, placement)


async def _send_back(shop: OpenShop, wish: Wish, faster: float) -> ActResult:
    asked = await asyncio.to_thread(prepare_return, wish, shop.book, shop.shelf, shop.config.returns, now())
    _, result = await shop.orders.open_return(replace(asked, speed=asked.speed * faster))
    return result


async def _tell(shop: OpenShop, plays: Sequence[Play], played: Played) -> bool:
    endings = [Ending(play, shop.desk.show(play.order.number)) for play in plays]
    tell_endings(endings)
    tell_sums(endings, shop.stock_room.movements("", MOST_MOVEMENTS))
    found = await differences(shop)
    tell_differences(found)
    for trouble in played.troubles:
        say(trouble, "yellow")
    wrong = sum(bool(ending.wrong) for ending in endings)
    good = played.in_time and not wrong and not found
    late = "" if played.in_time else "; gave up waiting for the others"
    said = (
        f"{len(endings) - wrong} of {len(endings)} orders ended as expected in {played.seconds:.0f} s{late}"
    )
    say(said, "green" if good else "red")
    if not good:
        say("On a busy machine, a lower --speed leaves the staff more time.", "dim")
    return good
