"""The screens in a real browser, over the real thing: people do their day's work in them."""

import re

from playwright.async_api import expect

from flow.model import dumps
from starter.clock import now
from tests.e2e.conftest import an_order
from tests.e2e.office import PASSWORD, TELEPHONE
from tests.e2e.test_moving import SEALED
from tests.e2e.test_pages import violations


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


async def test_an_ops_engineer_publishes_a_flow_and_moves_the_orders_under_way(office):
    shelf = office.shop.open.shelf
    written = shelf.current()["warehouse"]
    shelf.publish([dumps(SEALED)], "olga", "as it was", now())
    await office.shop.place(an_order("C-12"))
    await office.shop.task("C-12", "pack")
    page = await office.sit_down("olga")
    await page.goto("/flows")
    await page.get_by_label("Reason").fill("Packers no longer seal")
    await page.get_by_role("button", name="Test and publish").click()
    await expect(page.get_by_role("status").first).to_contain_text("New orders take")
    await page.get_by_role("link", name="Ship from our own warehouse").first.click()
    await page.get_by_label("Reason").fill("For those under way, too")
    await page.get_by_role("button", name="to the version in force").click()
    await expect(page.get_by_role("row").filter(has_text="C-12")).to_contain_text("done")
    moved = await office.shop.until("C-12", lambda view: view.fulfilments[0].flow_version == written[:12])
    assert "For those under way, too" in [entry.why for entry in moved.timeline]
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
    await expect(page.get_by_text("Done: order C-7")).to_be_visible()


def from_(partner: str, number: str) -> dict[str, object]:
    """Goods of a supplier's, who ships them."""
    stool = {"sku": "STOOL", "title": "Oak stool", "quantity": 2, "unit_price": "35.00"}
    return an_order(number, lines=[{**stool, "supplier": partner}])


async def test_a_partner_ships_what_is_theirs_and_sees_nothing_foreign(office):
    await office.shop.place(from_("Oak & Sons", "C-10"))
    await office.shop.place(from_("Iron Works", "C-11"))
    for number in ("C-10", "C-11"):
        await office.shop.until(number, lambda view: "partner.answered" in view.row.waiting_for)
    size = {"width": TELEPHONE, "height": 800}
    page = await office.sit_down("oak", viewport=size, color_scheme="dark")
    await expect(page.get_by_role("heading", name="Orders for Oak & Sons")).to_be_visible()
    assert "C-11" not in await page.content()
    found = [await violations(page)]
    await page.get_by_role("link", name="C-10-F1").click()
    await expect(page.get_by_text("The address is here once you have accepted")).to_be_visible()
    assert "Lovelace" not in await page.content()
    found.append(await violations(page))
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text("Rue de la Paix 7")).to_be_visible()
    await page.get_by_label("Tracking number").fill("1Z5R89390357567127")
    await page.get_by_role("button", name="It has left").click()
    await expect(page.get_by_text("1Z5R89390357567127")).to_be_visible()
    found.append(await violations(page))
    assert found == [[], [], []]
    for path in ("/partner/orders/C-11-F1", "/partner/orders/C-99-F1"):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 404
    assert (await page.goto("/orders/C-10")).status == 403
    office.noise.clear()  # a browser complains of each no
    view = await office.shop.until("C-10", lambda view: view.fulfilments[0].tracking != "")
    assert [entry.by for entry in view.timeline if entry.kind == "event"] == ["oak", "oak"]


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


async def test_a_customer_follows_the_link_in_their_mail_and_asks_for_a_return(office):
    """Without a log-in, without a script, on a telephone."""
    await office.shop.place(an_order("C-20"))
    await office.shop.pack("C-20")
    await office.shop.tell("C-20", "carrier.delivered")
    view = await office.shop.end("C-20")
    letter = office.shop.open.book.letter("C-20", view.notices[0].id)
    link = re.search(rf"{office.url}/order/C-20/\S+", letter.text)
    assert link is not None, letter.text
    size = {"width": TELEPHONE, "height": 800}
    context = await office.chromium.new_context(viewport=size, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(link[0])
    await expect(page.get_by_role("heading", name="Your order has arrived.")).to_be_visible()
    await page.get_by_text("Choose what comes back.").click()
    await page.get_by_label("Teapot: how many").fill("1")
    await page.get_by_label("I do not want to keep it").check()
    await page.get_by_label("Please tell us").fill("Too red")
    await page.get_by_role("button", name="Ask to send it back").click()
    await expect(page.get_by_role("status")).to_contain_text("Your return is number C-20-R1")
    await page.get_by_label("4").check()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you for telling us.")
    back = await office.shop.until("C-20", lambda view: any(each.state == "open" for each in view.returns))
    assert [(each.by, each.reason) for each in back.returns] == [("customer", "Too red")]
    await page.goto(link[0][:-1])
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await context.close()
