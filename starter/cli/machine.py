"""`orders up`, `orders worker` and `orders console`: everything on this machine, or one part of many."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Option

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.engine import Database
from adapters.database.flow.flows import FlowShelf
from adapters.database.schema import migrate
from config.settings import Settings
from starter.accounts import Accounts
from starter.cli.first_flows import publish_first
from starter.cli.saying import table
from starter.cli.shop import shop_of
from starter.clock import now
from starter.passwords import Passwords
from starter.server.part import Part, Say
from starter.server.plan import Plan
from starter.server.ports import LOOPBACK, choose
from starter.server.supervisor import Supervisor
from starter.server.whereabouts import Whereabouts, alone

TEMPORAL_PORT = 7233
SMTP_PORT = 1025
CONSOLE_PORT = 8000
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

screen = Console(highlight=False)


def up(
    data: Annotated[Path | None, Option(help="Folder for everything this machine keeps.")] = None,
    port: Annotated[
        int | None,
        Option(
            help="Of the staff's screens: 8000, or any that is free when it is taken.", show_default=False
        ),
    ] = None,
    temporal_port: Annotated[
        int | None, Option(help="7233, or any that is free when it is taken.", show_default=False)
    ] = None,
    no_console: Annotated[bool, Option("--no-console", help="Without the staff's screens.")] = False,
) -> None:
    """Start everything on this machine, and keep it running until Ctrl-C."""
    told = {} if data is None else {"ORDERKEEPER_DATA": str(data)}
    settings = Settings.from_env({**os.environ, **told})
    asyncio.run(_serve(settings, temporal_port, 0 if no_console else choose(port, CONSOLE_PORT)))


def console(
    host: Annotated[str, Option(help="Where to listen.")] = LOOPBACK,
    port: Annotated[int, Option(help="The port.", min=1, max=65_535)] = CONSOLE_PORT,
    url: Annotated[
        str,
        Option(
            help="How people reach it, such as https://orders.shop.example; https beyond this machine.",
            show_default="this machine alone",
        ),
    ] = "",
    proxy: Annotated[
        str, Option(metavar="ADDRESS", help="The reverse proxy whose X-Forwarded-For is true.")
    ] = "",
) -> None:
    """Serve the staff's screens alone, for a shop of several machines."""
    # Only this command pays for loading it.
    from console.serve import Address, main  # noqa: PLC0415

    main(Address(host, port, url or f"http://{LOOPBACK}:{port}", proxy))


def worker() -> None:
    """Run a worker alone, for a Temporal cluster (TEMPORAL_ADDRESS, temporal.toml)."""
    # Only this command pays for loading it.
    from worker import main  # noqa: PLC0415

    main()


@asynccontextmanager
async def machine(
    settings: Settings,
    say: Say,
    *,
    temporal_port: int | None = None,
    speed: float = 1.0,
    console_port: int = 0,
) -> AsyncIterator[tuple[Whereabouts, list[Part]]]:
    """
    All of it on this machine, doing its work, for as long as the context is open.

    :raises SettingsRefused: another one runs there, a port is taken, or a part does not come up.
    """
    with alone(settings.data):
        plan = Plan(
            data=settings.data,
            temporal_port=choose(temporal_port, TEMPORAL_PORT),
            smtp_port=0 if settings.smtp_url else choose(None, SMTP_PORT),
            task_queue=settings.task_queue,
            environment=os.environ,
            speed=speed,
            console_port=console_port,
        )
        await asyncio.to_thread(prepare_books, settings)
        supervisor = Supervisor(plan, now, say)
        try:
            yield await supervisor.start(), supervisor.parts
        finally:
            await supervisor.stop()


def prepare_books(settings: Settings) -> None:
    """Bring the database up to date, and publish each flow that has never been published here."""
    migrate(Database(settings.database_url))
    publish_first(FlowShelf(settings.database_url), shop_of(settings), by="orders up")


def _first_admin(settings: Settings) -> str:
    """The one-time password of the first account, where there is none yet."""
    book = AccountBook(settings.database_url)
    try:
        return Accounts(book, Passwords(), now).first_admin()
    finally:
        book.close()


async def _serve(settings: Settings, temporal_port: int | None, console_port: int) -> None:
    this = asyncio.current_task()
    assert this is not None
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    said = machine(settings, screen.print, temporal_port=temporal_port, console_port=console_port)
    with suppress(asyncio.CancelledError):
        async with said as (_, parts):
            table("", ("part", "where", "log"), [(part.name, part.where, str(part.log)) for part in parts])
            screen.print(f"Everything is kept in {settings.data}. Ctrl-C stops it.", soft_wrap=True)
            once = await asyncio.to_thread(_first_admin, settings) if console_port else ""
            if once:
                # Said once; only its hash is kept.
                screen.print(f"Sign in as admin with the one-time password {once}", soft_wrap=True)
            screen.print("ready")
            await asyncio.Event().wait()
