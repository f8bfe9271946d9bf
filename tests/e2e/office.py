"""The shop with its screens, people who may sign in, and a browser for each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from adapters.database.account.accounts import Accounts as AccountBook
from config.settings import Settings
from starter.accounts import Accounts
from starter.cli.shop import open_shop
from starter.clock import now
from starter.passwords import Passwords
from starter.server.ports import any_free
from tests.e2e.conftest import Shop
from tests.e2e.test_up import Machine

# Ends as soon as there is what it waits for; this only bounds a failure.
PATIENCE_MILLISECONDS = 120_000
TELEPHONE, DESK = 390, 1280
PASSWORD = "two herons on a lake"
PEOPLE = {
    "pat": ["warehouse"],
    "lea": ["warehouse-lead"],
    "finn": ["fraud"],
    "fay": ["fraud"],
    "sue": ["support"],
    "olga": ["ops"],
    "root": ["admin"],
}
PARTNERS = {"oak": "Oak & Sons", "iron": "Iron Works"}


class WithScreens(Machine):
    """As `Machine`, with the console."""

    @property
    def command(self) -> list[str]:
        words = [word for word in super().command if word != "--no-console"]
        self.screens = any_free()
        return [*words, "--port", str(self.screens)]


@dataclass
class Office:
    """The shop, and a browser for each person in it."""

    shop: Shop
    url: str
    chromium: Browser
    noise: list[str]

    async def sit_down(self, name: str, **more: Any) -> Page:
        """A browser of theirs, signed in; whatever it complains about is in `noise`."""
        page = await (await self.chromium.new_context(base_url=self.url, **more)).new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("console", lambda said: self.noise.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", lambda dialog: self.noise.append(f"dialog {dialog.message}"))
        await page.goto("/")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "sign-in" not in url)
        return page


@asynccontextmanager
async def open_office(data: Path, program: str) -> AsyncIterator[Office]:
    """`orders up` with its console on a data folder, until it is left; `program` is Chromium."""
    machine = WithScreens(data)
    try:
        machine.hear("\nready\n")
        settings = Settings.from_env({"ORDERKEEPER_DATA": str(data)})
        async with open_shop(settings, connected=True) as opened, async_playwright() as playwright:
            hire(settings.database_url)
            chromium = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            yield Office(Shop(opened, machine), f"http://127.0.0.1:{machine.screens}", chromium, [])
            await chromium.close()
        assert machine.stop() == 0
    finally:
        with suppress(ProcessLookupError):
            machine.process.kill()


def hire(url: str) -> None:
    book = AccountBook(url)
    accounts = Accounts(book, Passwords(), now)
    for name, roles in PEOPLE.items():
        accounts.change_password(name, accounts.add(name, roles), PASSWORD)
    for name, partner in PARTNERS.items():
        accounts.change_password(name, accounts.add(name, ["partner"], partner=partner), PASSWORD)
    book.close()
