"""
`make bench-console`: how fast the console's pages answer in a shop with many orders and open tasks.

    python -m bench.console --orders 100000 --tasks 5000 --users 10
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from typer import Option

from adapters.database.account.accounts import Accounts
from adapters.database.engine import Database
from adapters.database.flow.flows import FlowShelf
from bench.books import fill
from config.settings import Settings
from console.gate import SESSION
from domain.audit import Deed, DeedKind
from starter.cli.machine import prepare_books
from starter.clock import now
from starter.passwords import hashed, new_token
from starter.server.ports import any_free

PAGES = {
    "inbox": ("/inbox",),
    "inbox, one list": ("/inbox?role=warehouse", "/inbox?role=fraud"),
    "task": ("/tasks/W{open}-F1.pack.1",),
    "orders": ("/orders",),
    "orders, filtered": (
        *("/orders?state=open", "/orders?state=cancelled", "/orders?waiting=fraud", "/orders?older=30d"),
        *(
            "/orders?payment=captured",
            "/orders?state=completed&payment=authorized",
            "/orders?payment=failed",
        ),
        *("/orders?fulfilment=fulfilled", "/orders?state=open&older=2d&waiting=warehouse"),
    ),
    "search, exact": ("/orders?q=ada.abel{all}@mail1.example", "/orders?q=1ZW{any}"),
    "search, text": (
        "/orders?q=cleo+dahl1{digit}",
        "/orders?q=keller{digit}",
        "/orders?q=mail7.example",
        "/orders?q=ad",
        "/orders?q=nobody",
    ),
    "order": ("/orders/W{any}",),
    "incidents": ("/incidents",),
}
LIMIT_SECONDS = 0.100
# The same pages in every run.
DICE = random.Random(7)  # noqa: S311 - nobody has to be kept from guessing
CAME, LED_ON = 200, 303


def bench(
    orders: Annotated[int, Option(min=1_000, help="Orders in the books.")] = 100_000,
    tasks: Annotated[int, Option(min=10, help="Open tasks among them.")] = 5_000,
    users: Annotated[int, Option(min=1, help="People at once.")] = 10,
    seconds: Annotated[float, Option(min=1, help="How long they look at pages.")] = 30.0,
    pause: Annotated[float, Option(min=0, help="Seconds each looks at a page before the next.")] = 1.0,
    database: Annotated[str, Option(help="URL of an empty database; else SQLite.")] = "",
    keep: Annotated[str, Option(help="A folder to keep the books in, or to find them in.")] = "",
) -> None:
    """Fill books, start the console, and let people look at its pages at the same time."""
    with _folder(keep) as folder:
        env = {"ORDERKEEPER_DATA": folder, "ORDERKEEPER_DATABASE_URL": database}
        settings = Settings.from_env(env)
        _prepare(settings, orders, tasks)
        before = _squares()
        took, wrong = asyncio.run(_look(settings, Shape(orders, tasks), users, seconds, pause))
        core = f"a core squares a million numbers in {before:.0f} to {_squares():.0f} ms"
    _tell(took, f"{orders} orders, {tasks} open tasks, {users} people, a page every {pause} s; {core}")
    if wrong:
        sys.exit(f"{wrong} pages did not come")


def _squares() -> float:
    """In ms, the median of several: tells a busy machine from slow pages."""
    took = []
    for _ in range(9):
        began = perf_counter()
        sum(n * n for n in range(1_000_000))
        took.append((perf_counter() - began) * 1000)
    return statistics.median(took)


class Shape:
    """Which orders there are to ask for."""

    def __init__(self, orders: int, tasks: int) -> None:
        self._orders, self._tasks = orders, tasks

    def path(self, pattern: str) -> str:
        dice = DICE.randrange
        packing = dice(self._tasks // 5) * 5 + 1
        any_ = dice(self._orders)
        return pattern.format(
            open=500_000 - packing, any=500_000 - any_, all=dice(self._orders // 143) * 143, digit=dice(10)
        )


@contextmanager
def _folder(keep: str) -> Iterator[str]:
    if keep:
        Path(keep).mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield folder


def _prepare(settings: Settings, orders: int, tasks: int) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    books = Database(settings.database_url)
    prepare_books(settings)
    with books.read() as session:
        there = session.connection().execute(text("SELECT count(*) FROM orders")).scalar_one()
    if there:
        return
    began = perf_counter()
    fill(books, orders, tasks, now(), FlowShelf(settings.database_url).current())
    Console().print(f"books filled in {perf_counter() - began:.0f} s")


def _sessions(url: str, users: int) -> list[str]:
    """People who may see everything, signed in."""
    book, sessions = Accounts(url), []
    for n in range(users):
        name, session = f"person{n}", new_token()
        if book.find(name) is None:
            deed = Deed(now(), DeedKind.ACCOUNT, "account", whom=name)
            book.add(name, ["admin"], "not a hash", deed, first=False)
            book.set_password(name, "not a hash", deed, must_change=False)
        book.open_session(hashed(session), name, now(), now() + timedelta(hours=12))
        sessions.append(session)
    return sessions


async def _look(
    settings: Settings, shape: Shape, users: int, seconds: float, pause: float
) -> tuple[dict[str, list[float]], int]:
    took: dict[str, list[float]] = defaultdict(list)
    wrong = 0

    async def person(session: str, url: str) -> None:
        nonlocal wrong
        async with httpx.AsyncClient(base_url=url, cookies={SESSION: session}, timeout=60) as client:
            for path in ("/inbox", "/orders"):
                await client.get(path)  # the first look opens files and compiles pages
            until = perf_counter() + seconds
            while perf_counter() < until:
                await asyncio.sleep(DICE.uniform(0, 2 * pause))
                kind = DICE.choice(list(PAGES))
                path = shape.path(DICE.choice(PAGES[kind]))
                began = perf_counter()
                answer = await client.get(path)
                took[kind].append(perf_counter() - began)
                if answer.status_code != CAME and not (
                    kind == "search, exact" and answer.status_code == LED_ON
                ):
                    wrong += 1
                    Console().print(path, answer.status_code)

    sessions = await asyncio.to_thread(_sessions, settings.database_url, users)
    async with _console(settings) as url:
        await asyncio.gather(*(person(session, url) for session in sessions))
    return took, wrong


@asynccontextmanager
async def _console(settings: Settings) -> AsyncIterator[str]:
    port = any_free()
    env = {
        **os.environ,
        "ORDERKEEPER_DATA": str(settings.data),
        "ORDERKEEPER_DATABASE_URL": settings.database_url,
    }
    url = f"http://127.0.0.1:{port}"
    program = await asyncio.create_subprocess_exec(sys.executable, "-m", "console", str(port), env=env)
    try:
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{url}/health")
                    break
                except httpx.TransportError:
                    if program.returncode is not None:
                        sys.exit("the console has stopped")
                    await asyncio.sleep(0.1)
        yield url
    finally:
        with suppress(ProcessLookupError):
            program.terminate()
        await program.wait()


def _tell(took: dict[str, list[float]], title: str) -> None:
    table = Table("page", "looks", "p50 ms", "p95 ms", "most ms", title=title, title_justify="left")
    for kind in [*PAGES, "all"]:
        each = sorted(took[kind] if kind != "all" else [one for some in took.values() for one in some])
        if not each:
            continue
        p50, p95 = each[len(each) // 2], each[min(len(each) * 95 // 100, len(each) - 1)]
        slow = " (!)" if p95 >= LIMIT_SECONDS else ""
        table.add_row(
            kind, str(len(each)), f"{p50 * 1000:.0f}", f"{p95 * 1000:.0f}{slow}", f"{each[-1] * 1000:.0f}"
        )
    Console().print(table)


if __name__ == "__main__":
    typer.run(bench)
