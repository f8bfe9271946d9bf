"""The screens in a real browser, over the real thing: people do their day's work in them."""

import os
import re
import shutil
from dataclasses import dataclass

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from adapters.database.accounts import Accounts as AccountBook
from config.settings import Settings
from starter.accounts import Accounts
from starter.cli.shop import open_shop
from starter.clock import now
from starter.passwords import Passwords
from starter.server.ports import any_free
from tests.e2e.conftest import Shop, an_order
from tests.e2e.test_up import Machine

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

    async def sit_down(self, name: str, **more) -> Page:
        """A browser of theirs, signed in; whatever it complains about is in `noise`."""
        page = await (await self.chromium.new_context(base_url=self.url, **more)).new_page()
        page.on("console", lambda said: self.noise.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", lambda dialog: self.noise.append(f"dialog {dialog.message}"))
        await page.goto("/")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "sign-in" not in url)
        return page


@pytest.fixture(scope="session")
async def office(tmp_path_factory):
    program = shutil.which("chromium")
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no `chromium` here; Debian's package of that name does")
    machine = WithScreens(tmp_path_factory.mktemp("office"))
    machine.hear("\nready\n")
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(machine.data)})
    async with open_shop(settings, connected=True) as opened, async_playwright() as playwright:
        opened.stock_room.receive("TEAPOT", "1000", "main", "Teapot", "e2e", now())
        hire(settings.database_url)
        chromium = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield Office(Shop(opened, machine), f"http://127.0.0.1:{machine.screens}", chromium, [])
        await chromium.close()
    assert machine.stop() == 0


def hire(url: str) -> None:
    book = AccountBook(url)
    accounts = Accounts(book, Passwords(), now)
    for name, roles in PEOPLE.items():
        accounts.change_password(name, accounts.add(name, roles), PASSWORD)
    book.close()


def risky(number: str) -> dict[str, object]:
    """A first order, large, with the bill to go elsewhere: one that a person has to look at."""
    elsewhere = {"name": "Else", "line1": "Strand", "postcode": "1", "city": "London", "country": "GB"}
    return an_order(
        number,
        customer={"email": f"{number.lower()}@example.org", "name": "Vladimir Godot"},
        billing_address=elsewhere,
        lines=[{"sku": "TEAPOT", "title": "Teapot", "quantity": 16, "unit_price": "35.00"}],
        total="564.90",
    )


async def test_the_first_admin_signs_in_with_what_up_printed_and_chooses_a_password(office):
    printed = re.search(r"Sign in as admin with the one-time password (\S+)", office.shop.machine.said)
    assert printed is not None
    page = await (await office.chromium.new_context(base_url=office.url)).new_page()
    await page.goto("/orders")
    await page.get_by_label("Name").fill("admin")
    await page.get_by_label("Password").fill(printed[1])
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("The password you have now").fill(printed[1])
    await page.get_by_label("A new one").fill(PASSWORD)
    await page.get_by_label("Once more").fill(PASSWORD)
    await page.get_by_role("button", name="Change it").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


async def test_a_packer_packs_orders_without_a_mouse(office):
    for number in ("C-1", "C-2"):
        await office.shop.place(an_order(number))
        await office.shop.task(number, "pack")
    page = await office.sit_down("pat")
    packed = []
    for _ in range(2):
        await page.keyboard.press("n")
        await page.wait_for_url("**/tasks/**")
        await expect(page.get_by_text("Yours")).to_be_visible()
        packed.append(page.url.rpartition("/")[2].partition("-F1")[0])
        await page.keyboard.press("1")
        await page.keyboard.type("900")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").first).to_contain_text("Done: order")
    assert sorted(packed) == ["C-1", "C-2"]
    for number in packed:
        view = await office.shop.until(number, lambda view: view.row.payment == "captured")
        assert [entry.by for entry in view.timeline if entry.kind == "answer"] == ["pat"]
    assert office.noise == []


async def test_two_people_answer_one_task_and_the_second_is_told_who_was_first(office):
    await office.shop.place(risky("C-3"))
    task = await office.shop.task("C-3", "review")
    finn, fay = await office.sit_down("finn"), await office.sit_down("fay")
    await finn.goto(f"/tasks/{task.id}")
    await fay.goto(f"/tasks/{task.id}")
    await finn.get_by_role("button", name="Looks fine").click()
    await expect(finn.get_by_role("status").first).to_contain_text("Done: order C-3")
    await fay.get_by_role("button", name="Fraud").click()
    told = fay.locator(".notice").first
    await expect(told).to_contain_text("Review for fraud was already answered by finn: approve.")
    await office.shop.task("C-3", "pack")


async def test_a_double_click_is_one_answer(office):
    await office.shop.place(risky("C-4"))
    task = await office.shop.task("C-4", "review")
    page = await office.sit_down("finn")
    await page.goto(f"/tasks/{task.id}")
    await page.get_by_role("button", name="Looks fine").dblclick()
    await expect(page.get_by_role("status").first).to_contain_text("Done: order C-4")
    view = await office.shop.until("C-4", lambda view: view.fulfilments)
    assert len([entry for entry in view.timeline if entry.kind == "answer"]) == 1


async def test_support_finds_an_order_and_cancels_it(office):
    await office.shop.place(
        an_order("C-5", customer={"email": "grace@example.org", "name": "Grace Hopper"})
    )
    await office.shop.task("C-5", "pack")
    page = await office.sit_down("sue")
    await page.keyboard.press("/")
    await page.keyboard.type("grace@example.org")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="C-5", exact=True).click()
    await expect(page.locator(".answer-line")).to_contain_text("Waiting for the warehouse: Pick and pack")
    await page.get_by_text("Cancel the order").first.click()
    await expect(
        page.get_by_text("Puts 2 items back on the shelf, lets go of the EUR 74.90")
    ).to_be_visible()
    await page.locator("#why-cancel").fill("She ordered it twice")
    await page.get_by_role("button", name="Cancel the order").click()
    await expect(page.get_by_role("status").first).to_contain_text("The cancellation is on its way")
    view = await office.shop.end("C-5")
    assert (view.row.state, view.row.payment) == ("cancelled", "voided")
    # The page follows by itself.
    await expect(page.locator(".answer-line")).to_contain_text("Cancelled", timeout=15_000)
    await expect(page.get_by_text("She ordered it twice")).to_be_visible()
    assert office.noise == []


async def test_new_work_comes_up_by_itself(office):
    page = await office.sit_down("lea")
    await page.goto("/inbox?role=warehouse")
    await office.shop.place(an_order("C-6"))
    await expect(page.get_by_text("C-6-F1")).to_be_visible(timeout=15_000)


async def test_everything_works_without_javascript(office):
    await office.shop.place(an_order("C-7"))
    task = await office.shop.task("C-7", "pack")
    page = await office.sit_down("pat", java_script_enabled=False)
    await page.goto(f"/tasks/{task.id}")
    await page.get_by_role("button", name="Keep it to myself").click()
    await page.get_by_label("Parcel weight").fill("450")
    await page.get_by_role("button", name="Packed").click()
    assert "Done: order C-7" in await page.content()


async def test_what_customers_write_never_runs(office):
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    person = {"email": "eve@example.org", "name": hostile}
    await office.shop.place(an_order("C-8", customer=person))
    await office.shop.task("C-8", "pack")
    office.shop.open.book.note("C-8", hostile, "eve", now())
    page = await office.sit_down("root")
    for path in ("/orders/C-8", "/orders?q=eve@example.org", "/inbox", "/orders/C-8/flow"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle" if path == "/orders?q=eve@example.org" else "load")
    assert office.noise == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_nobody_is_kept_out_by_how_the_pages_are_made(office, scheme, width):
    number = f"C-9-{scheme}-{width}"
    await office.shop.place(an_order(number))
    task = await office.shop.task(number, "pack")
    size = {"width": width, "height": 800}
    page = await office.sit_down("root", color_scheme=scheme, viewport=size)
    found = {}
    for path in ("/inbox", f"/tasks/{task.id}", "/orders", f"/orders/{number}", "/incidents", "/account"):
        await page.goto(path)
        results = await Axe().run(page)
        found[path] = [
            (each["id"], [node["html"][:120] for node in each["nodes"]])
            for each in results.response["violations"]
        ]
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{path} is wider than the screen"
    await page.context.clear_cookies()
    for path in ("/sign-in", "/orders/nope"):
        await page.goto(path)
        found[path] = [
            (each["id"], each["help"]) for each in (await Axe().run(page)).response["violations"]
        ]
    assert {path: violations for path, violations in found.items() if violations} == {}
