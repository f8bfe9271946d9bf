"""Every route, every role, what is theirs, what is not and what is not there: by the policy table."""

import asyncio
import re
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from adapters.database.audit_log import AuditLog
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.shop.messages import ShopMessages
from adapters.database.tables.mail import NoticeRow
from console.app import PAGES
from console.csrf import csrf_of
from console.gate import SESSION
from console.policy import ROUTES
from domain.account import Visit
from domain.audit import Deed, DeedKind
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.order import DeliveryMethod
from domain.web_shop import MessageState, ShopMessage, ShopSystem
from starter.accounts import Accounts
from starter.who import ELSEWHERE
from tests.adapters.database.given import NOW, an_order, place
from tests.console.conftest import INCIDENT, PACK, REVIEW
from tests.knocking import Knocker
from tests.partners import ask

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
# A part of the address -> what stands in its braces. A new one has to be added here, or the test fails.
THINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "/tasks/{task}": {OWN: (PACK,), FOREIGN: (REVIEW,), MISSING: ("9999-F1.pack.1",)},
    "/pack/{task}": {OWN: (PACK,), FOREIGN: (REVIEW,), MISSING: ("9999-F1.pack.1",)},
    "/orders/{number}": {OWN: ("1001",), FOREIGN: ("1002",), MISSING: ("9999",)},
    "/live/orders/{number}": {OWN: ("1001",), FOREIGN: ("1002",), MISSING: ("9999",)},
    "/orders/{number}/mails/{id}": {
        OWN: ("1001", "1001.confirm.1"),
        FOREIGN: ("1002", "1001.confirm.1"),
        MISSING: ("1001", "1001.confirm.9"),
    },
    "/orders/{number}/documents/{kind}": {
        OWN: ("1001", "packing-slip"),
        FOREIGN: ("1002", "packing-slip"),
        MISSING: ("1001", "no-such"),
    },
    "/print/{kind}": {OWN: ("pick-list",), FOREIGN: ("label",), MISSING: ("no-such",)},
    "/notices/{notice}": {OWN: ("confirmation",), FOREIGN: ("shipped",), MISSING: ("no_such",)},
    "/partner/orders/{id}": {OWN: ("2001-F1",), FOREIGN: ("2002-F1",), MISSING: ("9999-F1",)},
    "/partner/orders/{id}/{deed}": {
        OWN: ("2001-F1", "reject"),
        FOREIGN: ("2002-F1", "reject"),
        MISSING: ("2001-F1", "steal"),
    },
    "/quarantine/{id}": {OWN: ("paris:w1:1",), FOREIGN: ("paris:w2:1",), MISSING: ("paris:w9:1",)},
    "/accounts/{whom}": {OWN: ("someone",), FOREIGN: ("someone",), MISSING: ("nobody",)},
    "/flows/{name}": {OWN: ("warehouse",), FOREIGN: ("standard",), MISSING: ("nowhere",)},
    "/incidents/{id}": {OWN: (INCIDENT,), FOREIGN: (INCIDENT,), MISSING: ("9999.pack.1",)},
}
# Where somebody else's is no more to be seen than what is not there.
HIDDEN = ("/orders/{number}/mails/{id}", "/partner/orders/{id}", "/pack/{task}")
FIELDS = {
    "kind": "OTHER",
    "reason": "because",
    "text": "a note",
    "sku": "MUG-BLUE",
    "email": "ada@example.org",
}
# What some pages are asked for in their address.
ASKED = {path: {"email": "ada@example.org"} for path in ("/customers/one", "/customers/erase")}
ASKED["/notices/{notice}/html"] = {"order": "1001"}
# Oneself alone: nothing there is anybody else's, and what it does ends the session or begins another.
ONESELF = ("/sign-out", "/", "/account/password", "/account/second", "/account/second/drop")
ROLES = (
    *("admin", "ops", "support", "support-lead", "fraud", "warehouse", "warehouse-lead", "production"),
    *("counter", "courier", "returns", "buyer", "finance", "partner", "auditor", "shop", "customer"),
)
# Whose lists the task of the warehouse, and the one of the fraud team, are on.
PACKERS = {"warehouse", "warehouse-lead", "admin"}
REVIEWERS = {"fraud", "admin"}


@pytest.fixture
def stocked(database):
    """Beside the two orders: parcels, a mail, two partners' orders, and messages nobody understood."""
    url = database.url
    place(url, "2001", "2002")
    ask(url, "2001", "Oak & Sons")
    ask(url, "2002", "Iron Works")
    order, messages = an_order(), ShopMessages(url)
    lines = tuple(FulfilmentLine(n, line.sku, line.quantity) for n, line in enumerate(order.lines))
    row = NoticeRow(
        id="1001.confirm.1", order="1001", n=1, lane="1001", template="confirmation", to="customer",
        language="en", state="sent", message_id="x", recipient="ada@example.org", subject="Thank you",
        text="Dear Ada,", html="", why="", created_at=NOW, sent_at=NOW,
    )  # fmt: skip
    with database.write() as session:
        for number in ("1001", "1002"):
            part = f"{number}-F1", number, DeliveryMethod.SHIP, "main", "warehouse", lines, order.total
            save_fulfilments(session, [Fulfilment(*part)])
        session.add(row)
    for id in ("paris:w1:1", "paris:w2:1"):
        told = ShopMessage(
            id, "paris", ShopSystem.SHOPIFY, "orders/create", "{}", MessageState.WAITING, NOW
        )
        messages.keep(told)
        messages.put_aside(id, "nobody understands it", "7")


def test_every_route_has_its_row_and_every_row_its_route():
    assert {*PAGES, "GET /health"} == set(ROUTES)


def test_the_roles_asked_here_are_those_of_the_shop(shop):
    assert set(ROLES) == set(shop.roles)


def pattern_of(path: str) -> str:
    """The longest part of the address that is said above what stands in it; all braces are in it."""
    known = [each for each in THINGS if path == each or path.startswith(f"{each}/")]
    found = max(known, key=len, default="")
    assert "{" not in path.removeprefix(found), f"say in THINGS what of {path} is own, foreign and missing"
    return found


def test_of_every_route_it_is_said_what_is_own_foreign_and_missing():
    for key in ROUTES:
        pattern_of(key.split(" ")[1])


def filled(path: str, thing: str) -> str:
    pattern = pattern_of(path)
    for value in THINGS[pattern][thing] if pattern else ():
        path = re.sub(r"\{\w+\}", value, path, count=1)
    return path


CELLS = [
    (key, thing)
    for key, rule in ROUTES.items()
    if not rule.anyone and key.split(" ")[1] not in ONESELF
    for thing in ((OWN, FOREIGN, MISSING) if "{" in key else (OWN,))
]


def expected(key, role, permissions, thing) -> str:
    """`in`, `forbidden` or `not here`."""
    rule, (_, path) = ROUTES[key], key.split(" ")
    theirs = permissions if role not in ELSEWHERE else permissions & {"ship"} if role == "partner" else ()
    if rule.needs and (rule.needs not in theirs or (rule.needs == "ship") != (role == "partner")):
        return "forbidden"
    if "{" in path and thing == MISSING:
        return "not here"
    if "{task}" in path and role not in (PACKERS if thing == OWN else REVIEWERS):
        return "not here"
    hidden = thing == FOREIGN and pattern_of(path).startswith(HIDDEN)
    return "not here" if hidden else "in"


def told(status: int) -> str:
    return {403: "forbidden", 404: "not here", 401: "not signed in", 405: "no such method"}.get(
        status, "in"
    )


class Notebook(AuditLog):
    """Every refusal is told to the log: here no disk has to be waited for."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.refusals: list[str] = []

    def tell(self, *deeds: Deed) -> None:
        self.refusals += [deed.subject for deed in deeds if deed.kind == DeedKind.FORBIDDEN]


class Doorkeeper(Accounts):
    """Looks each session up once."""

    def visit(self, session: str, *, quiet: bool) -> Visit | None:
        known: dict[str, Visit | None] = self.__dict__.setdefault("known", {})
        if session not in known:
            known[session] = super().visit(session, quiet=quiet)
        return known[session]


class AtOnce(ThreadPoolExecutor):
    """Does what it is given on the spot: one after the other, nothing is won by threads."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **more))
        except Exception as error:  # noqa: BLE001 - whoever asked for it gets whatever it is
            done.set_exception(error)
        return done


@pytest.fixture
async def in_one_thread():
    loop = asyncio.get_running_loop()
    loop.set_default_executor(AtOnce())
    yield
    loop.set_default_executor(ThreadPoolExecutor())


@pytest.fixture
def restore(database):
    """The books as they were, however the one before left them; nothing of it has to survive."""
    file = Path(database.engine.url.database)
    event.listen(database.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))

    def again(copy: Path) -> None:
        database.engine.dispose()
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        shutil.copy(copy, file)

    return again


@pytest.fixture
async def enter(app, house, stocked, sign_in, database, restore, tmp_path):
    """A browser of each role, over books that are the same for all of them."""
    del stocked
    house.accounts = Doorkeeper(house.accounts._book, house.accounts._passwords, house.clock)
    house.audit = Notebook(database.url)
    await sign_in("someone", "warehouse")
    browsers = {role: await sign_in(f"the-{role}", role) for role in ROLES if role != "partner"}
    await sign_in("the-partner", "partner")
    house.accounts.set_roles("the-partner", ["partner"], "Oak & Sons")
    browsers["partner"] = await sign_in("the-partner", "partner")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(database.engine.url.database, tmp_path / "before.db")

    def of(role: str) -> Knocker:
        restore(tmp_path / "before.db")
        return Knocker(app, {"cookie": f"{SESSION}={browsers[role].session}"})

    return of


@pytest.mark.usefixtures("in_one_thread")
async def test_a_role_opens_what_the_table_says_and_nothing_else(enter, shop, house):
    wrong, refused = [], []
    for role in ROLES:
        browser = enter(role)
        for n, (key, thing) in enumerate(CELLS):
            status = await asked(browser, key, thing, n)
            should = expected(key, role, shop.roles[role].permissions, thing)
            refused += [key] if should == "forbidden" else []
            if key == "POST /incidents/{id}/skip" and should == "in" and role not in ("ops", "admin"):
                continue  # refused by the step's own flow, in words
            if told(status) != should or (status >= 500 and status != 503):
                wrong.append((role, key, thing, status, should))
    assert wrong == []
    assert house.audit.refusals == refused


async def asked(browser: Knocker, key: str, thing: str, n: int) -> int:
    """Every form has an id of its own."""
    method, path = key.split(" ")
    if method == "GET":
        return await browser.ask("GET", filled(path, thing), ASKED.get(path, {}), b"", "")
    secret = browser.headers["cookie"].partition("=")[2]
    more = {"role": "warehouse"} if path.startswith("/accounts") else {}
    return await browser.send(
        filled(path, thing), {"csrf": csrf_of(secret), "form": f"{n:032x}", **FIELDS, **more}
    )


async def test_without_a_session_every_page_asks_to_sign_in_and_every_form_is_refused(anyone):
    for key, rule in ROUTES.items():
        method, path = key.split(" ")
        if rule.anyone:
            continue
        name = re.sub(r"\{\w+\}", "1001", path)
        if method == "GET":
            answer = await anyone.get(name)
            assert answer.status_code in (303, 401), key
            assert answer.status_code == 401 or answer.headers["location"].startswith("/sign-in"), key
        else:
            assert (await anyone.send(name)).status_code in (401, 403), key


async def test_a_partner_sees_nothing_of_the_staffs(sign_in):
    browser = await sign_in("supplier", "partner")
    for path in ("/", "/inbox", "/orders", "/orders/1001", "/incidents", f"/tasks/{PACK}"):
        answer = await browser.get(path)
        assert answer.status_code == 403, path
        assert "1001" not in answer.text
        assert "Ada" not in answer.text


async def test_a_role_that_the_shop_no_longer_has_may_nothing(sign_in):
    browser = await sign_in("old", "caretaker")
    assert (await browser.get("/inbox")).status_code == 403
