"""Nobody is kept out by how a page is made: at a desk or on a telephone, by day or by night."""

import re

from axe_playwright_python.async_playwright import Axe

from adapters.database.shop.messages import ShopMessages
from console.policy import ROUTES
from domain.web_shop import MessageState, ShopMessage, ShopSystem
from starter.clock import now
from tests.e2e.conftest import an_order
from tests.e2e.office import DESK, TELEPHONE

NUMBER = "C-9"
# Where pages stand whose address does not say it all; a new one has to be added here.
STANDS = {
    "/tasks/{task}": f"/tasks/{NUMBER}-F1.pack.1",
    "/pack/{task}": f"/pack/{NUMBER}-F1.pack.1",
    "/orders/{number}": f"/orders/{NUMBER}",
    "/orders/{number}/mails/{id}": f"/orders/{NUMBER}/mails/{NUMBER}.confirm.1",
    "/orders/{number}/flow": f"/orders/{NUMBER}/flow",
    "/orders/{number}/documents/{kind}": f"/orders/{NUMBER}/documents/packing-slip?id={NUMBER}-F1",
    "/orders/{number}/history": f"/orders/{NUMBER}/history",
    "/print/{kind}": f"/print/pick-list?id={NUMBER}-F1",
    "/customers/one": "/customers/one?email=ada@example.org",
    "/customers/erase": "/customers/erase?email=ada@example.org",
    "/stock/item": "/stock/item?sku=TEAPOT",
    "/quarantine/{id}": "/quarantine/paris:w1:1",
    "/notices/{notice}": "/notices/confirmation",
    "/flows/{name}": "/flows/warehouse",
}
# What programs and other pages fetch; a partner's pages are looked at where a partner ships.
NO_PAGES = re.compile(r"/|/health|/live/.*|/partner.*|.*\.css|/exports/file|/notices/{notice}/html")
PAGES = [
    path for method, path in map(str.split, ROUTES) if method == "GET" and not NO_PAGES.fullmatch(path)
]


async def test_of_the_staffs_pages(office):
    await office.shop.place(an_order(NUMBER))
    await office.shop.task(NUMBER, "pack")
    leave_in_quarantine(office.shop.open.settings.database_url)
    page = await office.sit_down("root", viewport={"width": TELEPHONE, "height": 800})
    found = {}
    for path in PAGES:
        answer = await page.goto(STANDS.get(path, path))
        assert answer is not None
        assert answer.ok, path
        found[path] = await barriers(page)
    await page.context.clear_cookies()
    for path in ("/sign-in", "/orders/nope"):
        await page.goto(path)
        found[path] = await barriers(page)
    assert {path: each for path, each in found.items() if each} == {}


async def test_of_a_customers_page(office):
    number = "C-19"
    await office.shop.place(an_order(number))
    await office.shop.pack(number)
    await office.shop.tell(number, "carrier.delivered")
    view = await office.shop.end(number)
    letter = office.shop.open.book.letter(number, view.notices[0].id)
    link = re.search(rf"{office.url}/order/\S+", letter.text)
    assert link is not None
    context = await office.chromium.new_context(viewport={"width": TELEPHONE, "height": 800})
    page = await context.new_page()
    for path in (link[0], f"{link[0]}?language=de", link[0][:-1]):
        await page.goto(path)
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert await barriers(page) == []
    await context.close()


async def barriers(page) -> list[object]:
    """What keeps people from this page, at either width and in either light."""
    wide, found = [], await violations(page)
    for width in (DESK, TELEPHONE):
        await page.set_viewport_size({"width": width, "height": 800})
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(f"it is wider than {width}")
    await page.emulate_media(color_scheme="dark")
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    found += await violations(page, ["color-contrast"])
    await page.emulate_media(color_scheme="light")
    return [*found, *wide]


async def violations(page, rules: list[str] | None = None) -> list[object]:
    """What axe says is wrong, of these rules or of all."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    told = await Axe().run(page, options=options)
    each_one = told.response["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in each_one]


def leave_in_quarantine(url: str) -> None:
    book = ShopMessages(url)
    said = "paris:w1:1", "paris", ShopSystem.SHOPIFY, "orders/create", "{}"
    book.keep(ShopMessage(*said, MessageState.WAITING, now()))
    book.put_aside("paris:w1:1", "It has no lines.", "1")
    book.close()
