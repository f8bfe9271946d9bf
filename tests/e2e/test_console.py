"""The screens in a real browser, over the real thing: people do their day's work in them."""

import os
import re
import shutil

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from starter.clock import now
from tests.e2e.conftest import an_order
from tests.e2e.office import PASSWORD, PATIENCE_MILLISECONDS, open_office


@pytest.fixture(scope="session")
async def office(tmp_path_factory):
    program = shutil.which("chromium")
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no `chromium` here; Debian's package of that name does")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with open_office(tmp_path_factory.mktemp("office"), program or "") as opened:
        opened.shop.open.stock_room.receive("TEAPOT", "1000", "main", "Teapot", "e2e", now())
        yield opened


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
        await page.wait_for_load_state()  # keys are heard once the page is whole
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


async def test_a_packer_packs_ten_orders_with_the_scanner_alone(office):
    numbers = [f"S-{n}" for n in range(10)]
    for number in numbers:
        await office.shop.place(an_order(number))
        await office.shop.task(number, "pack")
    page = await office.sit_down("pat")

    async def scan(*codes: str) -> None:
        for code in codes:
            await page.keyboard.type(code)
            await page.keyboard.press("Enter")

    async def says(words: str) -> None:
        await expect(page.get_by_role("status")).to_contain_text(words)

    await page.goto("/pack")
    for number in numbers:
        await scan(number)
        await says("Scan each of the goods.")
        await scan("TEAPOT", "PACKED")
        await says("Not scanned yet: 1 TEAPOT.")
        await scan("CUP", "TEAPOT")
        await says("Put the wrong one back, then scan OK.")
        await scan("OK", "TEAPOT", "PACKED")
        await says("Scan or type first: parcel weight.")
        await scan("900", "PACKED")
        await says(f"Done: order {number}.")
    for number in numbers:
        view = await office.shop.until(number, lambda view: view.row.payment == "captured")
        assert [entry.by for entry in view.timeline if entry.kind == "answer"] == ["pat"]
    assert office.noise == []


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
    await expect(page.locator(".answer-line")).to_contain_text("Cancelled")
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


EVERYDAY = ("/inbox", "/orders", "/incidents", "/account")
# Looked at on a telephone alone, where there is least room.
OTHERS = (
    *("/pack", "/accounts", "/stock", "/stock/item?sku=TEAPOT"),
    *("/flows", "/flows/warehouse", "/audit"),
)
TELEPHONE = 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, TELEPHONE])
async def test_nobody_is_kept_out_by_how_the_pages_are_made(office, scheme, width):
    number = f"C-9-{scheme}-{width}"
    await office.shop.place(an_order(number))
    task = await office.shop.task(number, "pack")
    size = {"width": width, "height": 800}
    page = await office.sit_down("root", color_scheme=scheme, viewport=size)
    found = {}
    others = (*OTHERS, f"/pack/{task.id}") if width == TELEPHONE else ()
    for path in (*EVERYDAY, *others, f"/tasks/{task.id}", f"/orders/{number}"):
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
