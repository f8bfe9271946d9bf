"""What every answer carries, and what no request gets away with."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import httpx
import pytest

from console.app import PAGES, create_app
from console.gate import SESSION
from console.policy import ROUTES
from console.shield import MOST_BYTES
from console.site import Site
from domain.errors import SettingsRefused
from tests.console.conftest import PACK, URL, Browser

NEVER = ("Traceback", "sqlalchemy", "sqlite", "/console/", "starlette", "fastapi")


def paths():
    for key in PAGES:
        method, path = key.split(" ")
        yield method, re.sub(r"\{task\}", PACK, path).replace("{number}", "1001").replace("{id}", "x")


async def test_every_answer_carries_the_headers(sign_in):
    browser = await sign_in("root", "admin")
    asked = [
        *paths(),
        ("GET", "/nowhere"),
        ("GET", "/static/console.css"),
        ("PUT", "/orders"),
        ("GET", "/health"),
    ]
    asked += [("GET", "/docs"), ("GET", "/openapi.json"), ("TRACE", "/"), ("GET", "/static/../app.py")]
    for method, path in asked:
        answer = await browser.client.request(method, path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        kept = "no-cache" if path == "/static/console.css" else "no-store"
        assert answer.headers["cache-control"] == kept or answer.status_code == 404, path
        assert not any(word in answer.text for word in NEVER), path


async def test_pages_hold_no_script_and_no_style_of_their_own(sign_in):
    browser = await sign_in("root", "admin")
    for method, path in paths():
        if method == "GET" and "live" not in path and "flow" not in path:
            text = (await browser.get(path)).text
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", text), path


async def test_there_is_no_documentation_to_read_and_no_other_method(sign_in):
    browser = await sign_in("root", "admin")
    for path in ("/docs", "/redoc", "/openapi.json", "/api"):
        assert (await browser.get(path)).status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"):
        assert (await browser.client.request(method, "/orders")).status_code == 405
    assert (await browser.get("/orders/1001/cancel")).status_code == 405


@pytest.mark.parametrize("key", [key for key in ROUTES if key.startswith("POST")])
async def test_no_form_is_taken_without_its_token(key, sign_in):
    browser = await sign_in("root", "admin")
    path = re.sub(r"\{\w+\}", "1001", key.split(" ")[1])
    for csrf in ("", "0" * 64, "é"):
        assert (await browser.send(path, csrf=csrf)).status_code == 403
    strangers = await sign_in("other", "admin")
    assert (await browser.client.post(path, data={"csrf": strangers.session})).status_code == 403


async def test_no_form_is_taken_from_a_page_elsewhere(sign_in):
    browser = await sign_in("root", "admin")
    elsewhere = [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8001"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ]
    for headers in elsewhere:
        browser.client.headers.update(headers)
        assert (await browser.send("/orders/1001/note", text="from elsewhere")).status_code == 403
        for name in headers:
            del browser.client.headers[name]
    ours = {"origin": URL, "sec-fetch-site": "same-origin"}
    browser.client.headers.update(ours)
    assert (await browser.send("/orders/1001/note", text="from here")).status_code == 303


async def test_nothing_changes_by_looking(sign_in, house):
    browser = await sign_in("root", "admin")
    before = house.desk.inbox_beat(), house.desk.order_beat("1001")
    for method, path in paths():
        if method == "GET":
            await browser.get(path)
    assert (house.desk.inbox_beat(), house.desk.order_beat("1001")) == before


async def test_another_host_is_not_served(anyone):
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:8001", "localhost.evil.example:8000", ""):
        answer = await anyone.get("/sign-in", headers={"host": host})
        assert answer.status_code == 421
    assert (await anyone.get("/sign-in", headers={"host": "localhost:8000"})).status_code == 200


async def test_too_large_a_form_is_refused_whatever_it_says_of_itself(sign_in):
    browser = await sign_in("root", "admin")
    assert (await browser.send("/orders/1001/note", text="x" * MOST_BYTES)).status_code == 413

    async def pieces():
        for _ in range(20):
            yield b"x" * (MOST_BYTES // 10)

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post("/orders/1001/note", content=pieces(), headers=form)
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_form_with_files_or_of_another_kind_is_refused(sign_in):
    browser = await sign_in("root", "admin")
    answer = await browser.client.post("/orders/1001/note", files={"text": b"a file"})
    assert answer.status_code in (400, 403)
    answer = await browser.client.post("/orders/1001/note", json={"text": "x"})
    assert answer.status_code == 403


async def test_what_goes_wrong_inside_stays_inside(house, sign_in, caplog):
    class Broken:
        def __getattr__(self, name):
            raise RuntimeError("SELECT secret FROM /var/lib/shop")

    browser = await sign_in("root", "admin")
    house.desk = Broken()
    for path in ("/inbox", "/orders", "/orders/1001", "/incidents", f"/tasks/{PACK}"):
        answer = await browser.get(path)
        assert answer.status_code == 500
        assert "SELECT" not in answer.text
        number = re.search(r"<code>(\w{12})</code>", answer.text)
        assert number is not None
        assert number[1] in caplog.text


async def test_a_session_ends_when_it_is_left_alone_or_too_old(sign_in, clock):
    browser = await sign_in("root", "admin")
    for _ in range(5):
        clock.pass_(timedelta(hours=1, minutes=59))
        assert (await browser.get("/inbox")).status_code == 200
    clock.pass_(timedelta(hours=3))
    assert (await browser.get("/inbox")).status_code == 303

    busy = await sign_in("root", "admin")
    for _ in range(12):
        clock.pass_(timedelta(minutes=59))
        await busy.get("/inbox")
    clock.pass_(timedelta(minutes=30))
    assert (await busy.get("/inbox")).status_code == 303


async def test_what_the_page_asks_by_itself_keeps_no_session_alive(sign_in, clock):
    browser = await sign_in("root", "admin")
    for _ in range(3):
        clock.pass_(timedelta(minutes=50))
        answer = await browser.get("/inbox", headers={"hx-request": "true"})
    assert answer.status_code == 401


async def test_a_session_that_was_left_cannot_be_played_again(sign_in):
    browser = await sign_in("root", "admin")
    left = await browser.send("/sign-out")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    again = {"cookie": f"{SESSION}={browser.session}"}
    assert (await browser.client.get("/inbox", headers=again)).status_code == 303


async def test_a_disabled_persons_open_page_is_shut(sign_in, house):
    browser = await sign_in("root", "admin")
    house.accounts.disable("root")
    assert (await browser.get("/inbox")).status_code == 303
    assert (await browser.send("/inbox/next")).status_code == 401


async def test_other_roles_end_the_session(sign_in, house):
    browser = await sign_in("root", "admin")
    house.accounts.set_roles("root", ["warehouse"])
    assert (await browser.get("/inbox")).status_code == 303


async def test_over_https_cookies_are_bound_to_the_host(house):
    house.site = Site.at("https://orders.shop.example")
    transport = httpx.ASGITransport(app=create_app(house))
    async with httpx.AsyncClient(transport=transport, base_url="https://orders.shop.example") as client:
        answer = await Browser(client).get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-orders-visitor=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_beyond_this_machine_only_https_is_taken():
    for url in (
        "http://orders.shop.example",
        "ftp://x",
        "https://",
        "https://x/y",
        "orders",
        "http://127.0.0.1:99999",
    ):
        with pytest.raises(SettingsRefused):
            Site.at(url)
    assert Site.at("https://orders.shop.example").hosts == {"orders.shop.example"}


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
    "<!--",
    "\u202egnp.exe",
    "${alert(1)}",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_people_type_is_shown_as_typed_and_never_run(text, sign_in):
    browser = await sign_in("root", "admin")
    await browser.send("/orders/1001/note", text=text)
    await browser.send("/orders/1001/cancel", reason=text, form="cd" * 16)
    answers = [
        await browser.get("/orders/1001"),
        await browser.get("/orders", params={"q": text}),
        await browser.get("/inbox", params={"role": text}),
        await browser.get("/orders/1001", params={"act": text}),
        await browser.get("/sign-in", params={"next": text}),
        await browser.send("/orders/1001/hold", kind=text, reason="x"),
        await browser.send(f"/tasks/{PACK}/answer", answer=text),
        await browser.send(f"/tasks/{PACK}/answer", **{"answer": "packed", "field.parcel_weight": text}),
        await browser.send("/account/password", old=text, new=text, again=text),
        await browser.send("/sign-in", name=text, password=text),
    ]
    for answer in answers:
        assert answer.status_code < 500
        reader = Suspicious()
        reader.feed(answer.text)
        assert reader.found == [], answer.url
        assert "49{%" not in answer.text


class Suspicious(HTMLParser):
    """Whatever in a page would run, or load from elsewhere."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in ("img", "iframe", "object", "embed") or (tag == "script" and "src" not in named):
            self.found.append(tag)
        self.found += [name for name in named if name.startswith("on") or name == "style"]
        links = [named.get(name) or "" for name in ("href", "src", "action")]
        self.found += [link for link in links if ":" in link.partition("/")[0] or link.startswith("//")]
