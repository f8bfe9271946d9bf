"""`make bench`: our orders beside workflows written by hand, in turns, on this machine."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from bench import report
from bench.kinds import KINDS, OURS, Kind
from bench.many import Weights, weigh
from bench.progress import Progress
from bench.turn import Figures, Size, take
from bench.up import seconds_to_ready
from domain.errors import OrderError
from starter.cli.saying import complain, say

# A turn that takes longer has come to a stop.
TURN_SECONDS = 180.0
OPEN_SECONDS = 150.0
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The exit code of programs that Ctrl-C ended.
STOPPED = 130


def bench(
    rounds: Annotated[int, Option(min=1, help="How often each kind has its turn.")] = 3,
    orders: Annotated[int, Option(min=10, help="Orders of one turn.")] = 150,
    at_once: Annotated[int, Option(min=1, help="Orders under way at once.")] = 50,
    many: Annotated[
        int,
        Option("--open", min=0, help="Open orders to weigh, as many as come in 150 s; 0 leaves it out."),
    ] = 2_000,
    starts: Annotated[int, Option(min=0, help="How often `orders up` is timed; 0 leaves it out.")] = 3,
    only: Annotated[str, Option(help="Only these kinds, by letter, such as c; ratios need all.")] = "",
) -> None:
    """Measure our orders beside workflows written by hand, and tell the ratios."""
    wish = Wish(rounds, Size(orders, at_once), many, starts, only)
    with _folder() as folder:
        code = _run(folder, wish)
    if code:
        raise typer.Exit(code)


def _run(folder: Path, wish: "Wish") -> int:
    """The exit code."""
    try:
        asyncio.run(_bench(folder, wish))
    except asyncio.CancelledError:
        return STOPPED
    except OrderError as error:
        complain(error)
        return 1
    except TimeoutError:
        complain(f"A turn did not end within {TURN_SECONDS:g} s; a busy machine needs fewer --orders.")
        return 1
    except ExceptionGroup as group:
        refused, others = group.split(OrderError)
        if refused is None or others is not None:
            raise
        complain(str(refused.exceptions[0]))
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    rounds: int
    size: Size
    many: int
    starts: int
    only: str

    @property
    def kinds(self) -> list[Kind]:
        return [kind for kind in KINDS if not self.only or kind.letter in self.only]


async def _bench(folder: Path, wish: Wish) -> None:
    _stop_on_signals()
    began = time.monotonic()
    with Progress() as progress:
        rounds = [await _round(folder, n, wish, progress) for n in range(1, wish.rounds + 1)]
        starts = await _starts(folder, wish.starts, progress)
        weights = await _weigh(folder, wish.many, progress)
    report.tell_kinds(rounds, wish.kinds)
    if len(wish.kinds) == len(KINDS):
        report.tell_ratios(rounds)
    if OURS in wish.kinds:
        report.tell_answers(rounds)
    if wish.starts:
        report.tell_up(*starts)
    if weights is not None:
        report.tell_weights(weights)
    size, passed = wish.size, time.monotonic() - began
    say(f"{size.orders} orders a turn, {size.at_once} at once; {passed:.0f} s in all")


def _stop_on_signals() -> None:
    this = asyncio.current_task()
    assert this is not None
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)


async def _round(folder: Path, n: int, wish: Wish, progress: Progress) -> dict[Kind, Figures]:
    """Each kind's turn; every other round begins at the other end, so that none always comes last."""
    figures = {}
    for kind in wish.kinds if n % 2 else wish.kinds[::-1]:
        data = folder / f"{n}{kind.letter}"
        name = f"round {n} of {wish.rounds}: ({kind.letter}) {kind.title}"
        with progress.task(name, wish.size.orders) as told:
            async with asyncio.timeout(TURN_SECONDS):
                figures[kind] = await take(kind, data, wish.size, told)
        progress.say(f"{name}: {figures[kind].per_second:.1f} orders/s")
        shutil.rmtree(data)
    return figures


async def _starts(folder: Path, count: int, progress: Progress) -> tuple[list[float], list[float]]:
    first, again = [], []
    with progress.task("orders up", count) as told:
        for n in range(count):
            data = folder / f"up{n}"
            first.append(await seconds_to_ready(data))
            again.append(await seconds_to_ready(data))
            told(n + 1)
    return first, again


async def _weigh(folder: Path, many: int, progress: Progress) -> Weights | None:
    if not many:
        return None
    with progress.task("open orders", many) as told:
        return await weigh(folder / "open", many, OPEN_SECONDS, told)


@contextmanager
def _folder() -> Iterator[Path]:
    """Whatever runs here, runs here: never in the shop's own books, nor on another Temporal."""
    for name in [name for name in os.environ if name.startswith(("ORDERKEEPER_", "TEMPORAL_"))]:
        del os.environ[name]
    # A profile in the home folder is for another server.
    os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull
    folder = Path(tempfile.mkdtemp(prefix="orderkeeper-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(bench)
    app()
