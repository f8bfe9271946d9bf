"""Every door for programs, every role's token, what is theirs, what is not and what is not there."""

import re
import shutil

import httpx
import pytest

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.account.tokens import TokenBook
from adapters.database.engine import Database
from adapters.database.journal.steps import Journal
from domain.audit import Deed, DeedKind
from domain.journal import AnswerOption
from domain.partner import ROLE, SHIP
from starter.api.app import ROUTES
from starter.api.policy import NEEDS, gate
from starter.tokens import Tokens
from starter.who import ELSEWHERE
from tests.adapters.database.given import NOW, a_batch, a_task, place
from tests.partners import ask
from tests.starter.api.test_api import URL, Program, api_at, clock, no, shop

__all__ = ["shop"]
OWN, FOREIGN, MISSING = "own", "foreign", "missing"
PACK, REVIEW = "1001-F1.pack.1", "1001.review.1"
# A part of the address -> what stands in its braces. A new one has to be added here, or the test fails.
THINGS = {
    "{number}": {OWN: "1001", FOREIGN: "1002", MISSING: "9999"},
    "{task}": {OWN: PACK, FOREIGN: REVIEW, MISSING: "9999-F1.pack.1"},
    "{id}": {OWN: "2001-F1", FOREIGN: "2002-F1", MISSING: "9999-F1"},
    # No thing of anybody's: what is none is named by its field.
    "{what}": {OWN: "orders", FOREIGN: "customers"},
}
BODIES = {
    "cancellation": {"reason": "because"},
    "returns": {"lines": [{"sku": "MUG", "quantity": 1}], "reason": "too small"},
    "events": {"event": "carrier.delivered", "fields": {}},
    "answer": {"answer": "packed"},
    "reject": {"reason": "no"},
    "ship": {"tracking": "1Z5R89390357567127"},
    "cancel-answer": {"answer": "accepted"},
}
# Whose lists the task of the warehouse, and the one of the fraud team, are on.
ON_LIST = {OWN: {"warehouse", "warehouse-lead", "admin"}, FOREIGN: {"fraud", "admin"}}


def _things(key: str) -> dict[str, str]:
    """A route without braces is asked once; new braces without a row in THINGS are a KeyError."""
    braces = re.findall(r"\{\w+\}", key)
    return THINGS[braces[0]] if braces else {OWN: ""}


CELLS = [(key, thing) for key in ROUTES for thing in _things(key)]


@pytest.fixture(scope="module")
def url(empty_sqlite, tmp_path_factory):
    """Two orders, two tasks, and two partners with an order each."""
    file = tmp_path_factory.mktemp("doors") / "orders.db"
    shutil.copy(empty_sqlite, file)
    opened = Database(f"sqlite:///{file}")
    place(opened.url, "1001", "1002", "2001", "2002")
    ask(opened.url, "2001", "Oak & Sons")
    ask(opened.url, "2002", "Iron Works")
    packed = (AnswerOption("packed", "Packed"),)
    pack = a_task("1001-F1", "pack", role="warehouse", title="Pick and pack", answers=packed)
    Journal(opened.url, dict).write(a_batch(opened=(pack, a_task())))
    yield opened.url
    opened.close()


@pytest.fixture(scope="module")
def tokens(url):
    return Tokens(TokenBook(url), clock, "root")


@pytest.fixture(scope="module")
def account(url, tokens):
    """The token of an account with this role, which is called like it."""

    def of(role: str, name: str = "") -> str:
        deed = Deed(NOW, DeedKind.ACCOUNT, "account", whom=name or role)
        partner = "Oak & Sons" if role == ROLE else ""
        AccountBook(url).add(name or role, [role], "not a hash", deed, first=False, partner=partner)
        return tokens.give(name or role, "a test")

    return of


@pytest.fixture(scope="module")
def door(url, shop, tokens):
    return api_at(url, shop, tokens)


@pytest.fixture
async def client(door):
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as opened:
        yield opened


def filled(path: str, thing: str) -> str:
    return re.sub(r"\{\w+\}", lambda match: THINGS[match[0]][thing], path)


async def answered(program: Program, key: str, thing: str) -> httpx.Response:
    method, path = key.split(" ")
    path = filled(path, thing).removeprefix("/api/")
    body = BODIES.get(path.rpartition("/")[2], {}) if method == "POST" else None
    form = f"{thing}-{path}".replace("/", "-")[:90]
    return await program.ask(method, path, body, key=form if method == "POST" else "")


def expected(key: str, thing: str, role: str, permissions) -> str:
    """`in`, `forbidden` or `not here`."""
    theirs = permissions - {SHIP} if role not in ELSEWHERE else permissions & {SHIP} if role == ROLE else ()
    if NEEDS[key] not in theirs:
        return "forbidden"
    if thing == MISSING or ("{id}" in key and thing == FOREIGN):
        return "not here"
    return "not here" if "{task}" in key and role not in ON_LIST[thing] else "in"


def said(answer: httpx.Response) -> str:
    if answer.status_code >= 400:
        assert no(answer)[0] == answer.status_code
    return {401: "stranger", 403: "forbidden", 404: "not here"}.get(answer.status_code, "in")


def test_every_route_has_its_row_and_every_row_its_route():
    assert set(NEEDS) == set(ROUTES)
    with pytest.raises(KeyError):
        gate("POST /api/new")


async def test_a_token_opens_what_the_table_says_and_nothing_else(client, account, shop):
    wrong = []
    for role, may in shop.roles.items():
        program = Program(client, account(role))
        for key, thing in CELLS:
            answer = await answered(program, key, thing)
            should = expected(key, thing, role, may.permissions)
            if said(answer) != should or answer.status_code >= 500:
                wrong.append((role, key, thing, answer.status_code, should))
    assert wrong == []


async def test_nobody_is_let_in_without_a_token_that_holds(client, account, tokens, url):
    old, gone = account("admin", "old"), account("admin", "gone")
    tokens.withdraw(tokens.list("old")[0].id)
    AccountBook(url).disable("gone", Deed(NOW, DeedKind.ACCOUNT, "account", whom="gone"))
    for token in ("orders_" + "a" * 43, "", old, gone, f"{old} {gone}"):
        for key, thing in CELLS:
            answer = await answered(Program(client, token), key, thing)
            assert (said(answer), answer.headers["www-authenticate"]) == ("stranger", "Bearer"), key


async def test_a_role_that_the_shop_no_longer_has_may_nothing(client, account):
    program = Program(client, account("caretaker"))
    assert {said(await answered(program, *cell)) for cell in CELLS} == {"forbidden"}
