"""The doors for programs: who is let in, what is taken, and what a no looks like."""

import json
from dataclasses import dataclass, replace
from datetime import date

import httpx
import pytest

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.account.tokens import TokenBook
from adapters.database.audit_log import AuditLog
from adapters.database.desk.screens import Screens
from adapters.database.exports import Exports
from adapters.database.flow.flows import FlowShelf
from adapters.database.journal.steps import Journal
from adapters.database.keyed_answers import KeyedAnswers
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.desk import PartnerDesk
from adapters.database.stock.room import StockRoom
from config.settings import Settings
from domain.audit import Deed, DeedKind
from domain.errors import NotFound
from domain.stock_book import ItemChange
from flow.model import dumps
from starter.api.app import ROUTES, create_api
from starter.api.desk import MOST_BYTES, Counter
from starter.cli.shop import shop_of
from starter.exports.office import ExportOffice
from starter.orders import Orders
from starter.tokens import Tokens
from tests.adapters.database.given import NOW, a_batch, a_task
from tests.e2e.conftest import an_order
from tests.goods import ship_by

URL = "http://127.0.0.1:8000"
PEOPLE = {
    "web": "shop",
    "root": "admin",
    "pat": "warehouse",
    "fay": "fraud",
    "sue": "support",
    "acme": "partner",
    "fin": "finance",
}


def clock():
    return NOW


@dataclass
class Program:
    client: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, body=None, *, key: str = "", **more) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **({"idempotency-key": key} if key else {})}
        return await self.client.request(method, f"/api/{path}", json=body, headers=headers, **more)


@pytest.fixture(scope="session")
def shop():
    return shop_of(Settings.from_env({}))


@pytest.fixture
def tokens(sqlite_database):
    book = AccountBook(sqlite_database.url)
    for name, role in PEOPLE.items():
        deed = Deed(NOW, DeedKind.ACCOUNT, "account", whom=name)
        book.add(name, [role], "not a hash", deed, first=False)
    return Tokens(TokenBook(sqlite_database.url), clock, "root")


@pytest.fixture
def app(sqlite_database, shop, tokens):
    return api_at(sqlite_database.url, shop, tokens)


def api_at(url, shop, tokens):
    """Nobody is at Temporal: what is asked for is kept."""
    FlowShelf(url).publish([dumps(flow) for flow in shop.flows.values()], "olga", "first", NOW)
    room = StockRoom(url, ship_by)
    room.receive("TEAPOT", "100", "main", "Teapot", "buyer", NOW)
    book, desk = OrderBook(url), Screens(url)
    orders = Orders(book, desk, clock, None, "orders")
    partners, keyed = PartnerDesk(url), KeyedAnswers(url)
    office = ExportOffice(Exports(url), AuditLog(url), lambda: shop.zone, clock, "Teapots & more")
    shelf = FlowShelf(url)
    counter = Counter(
        tokens, book, desk, shelf, lambda: orders, lambda: shop, clock, partners, keyed, office, room
    )
    return create_api(counter)


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as opened:
        yield opened


@pytest.fixture
def program(client, tokens):
    return lambda name: Program(client, tokens.give(name, "a test"))


def no(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    return answer.status_code, said.get("field", "")


async def test_an_order_is_kept_once_however_often_it_is_sent(program):
    web = program("web")

    first, again = [await web.ask("POST", "orders", an_order("A-1")) for _ in range(2)]
    other = await web.ask("POST", "orders", an_order("A-1", note="in blue"))
    shown = await web.ask("GET", "orders/A-1")

    assert (first.status_code, first.json()["outcome"]) == (202, "kept")
    assert first.headers["location"] == "/api/orders/A-1"
    assert again.json()["number"] == "A-1"
    assert no(other) == (409, "")
    assert shown.json()["customer_email"] == "ada@example.org"
    assert [row["number"] for row in (await web.ask("GET", "orders")).json()] == ["A-1"]


async def test_an_order_under_one_key_is_answered_as_the_first_time_and_another_one_is_refused(program):
    web, other = program("web"), program("root")

    first, again = [await web.ask("POST", "orders", an_order("A-1"), key="k1") for _ in range(2)]
    another = await web.ask("POST", "orders", an_order("A-2"), key="k1")
    others = await other.ask("POST", "orders", an_order("A-3"), key="k1")

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == "/api/orders/A-1"
    assert (again.headers["idempotent-replayed"], first.headers.get("idempotent-replayed")) == (
        "true",
        None,
    )
    assert no(another) == (422, "idempotency-key")
    assert others.status_code == 202
    assert sorted(row["number"] for row in (await web.ask("GET", "orders")).json()) == ["A-1", "A-3"]


async def test_a_key_whose_order_was_refused_may_be_used_for_the_mended_one(program):
    web = program("web")

    refused = await web.ask("POST", "orders", an_order("A-1", total="1.00"), key="k1")
    mended = await web.ask("POST", "orders", an_order("A-1"), key="k1")

    assert (refused.status_code, mended.status_code) == (422, 202)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (an_order("A-1", total="1.00"), "total"),
        (an_order("A-1", currency="eur"), "currency"),
        (an_order("A-1", lines=[]), "lines"),
        (an_order("A-1", colour="blue"), "colour"),
        ([an_order("A-1"), an_order("A-2")], "body"),
        ("an order", ""),
    ],
)
async def test_an_order_that_cannot_be_taken_is_refused_by_its_field(program, body, field):
    web = program("web")

    refused = await web.ask("POST", "orders", body)

    assert no(refused)[0] == 422
    assert field in no(refused)[1]
    assert (await web.ask("GET", "orders")).json() == []


async def test_the_format_and_the_shop_of_an_order_have_to_fit(program):
    web = program("web")

    shop = await web.ask("POST", "orders?from=orderkeeper&shop=paris", an_order("7"))
    format = await web.ask("POST", "orders?from=paper", an_order("7"))

    assert (no(shop), no(format)) == ((422, "shop"), (422, "from"))


async def test_only_plain_json_of_a_sensible_size_is_read(client, program):
    token = {"authorization": f"Bearer {program('web').token}"}
    kinds = {"content-type": "application/json"}

    text = await client.post("/api/orders", content=b"{}", headers=token | {"content-type": "text/plain"})
    much = await client.post("/api/orders", content=b" " * (MOST_BYTES + 1), headers=token | kinds)
    broken = await client.post("/api/orders", content=b'{"a": \xff\x00', headers=token | kinds)

    assert [no(each)[0] for each in (text, much, broken)] == [415, 413, 422]


async def test_an_account_does_what_its_roles_may_and_no_more(program):
    web, pat, acme = program("web"), program("pat"), program("acme")
    await web.ask("POST", "orders", an_order("A-1"))

    refused = [
        await pat.ask("POST", "orders", an_order("A-2")),
        await pat.ask("POST", "orders/A-1/cancellation", {"reason": "no"}),
        await web.ask("GET", "tasks"),
        await acme.ask("GET", "tasks"),
        await acme.ask("GET", "orders"),
    ]

    assert [no(answer)[0] for answer in refused] == [403] * len(refused)
    assert "shop" in refused[0].json()["detail"]


async def test_a_cancellation_is_kept_once_under_its_key(program, sqlite_database):
    web = program("web")
    await web.ask("POST", "orders", an_order("A-1"))
    why = {"reason": "Ordered twice"}

    answers = [await web.ask("POST", "orders/A-1/cancellation", why, key="k-1") for _ in range(2)]
    nowhere = await web.ask("POST", "orders/A-9/cancellation", why)
    unsaid = await web.ask("POST", "orders/A-1/cancellation", {})

    assert [answer.status_code for answer in answers] == [202, 202]
    record = OrderBook(sqlite_database.url).act("web:k-1")
    assert record is not None
    assert (record.by, record.role, record.reason) == ("web", "shop", "Ordered twice")
    assert no(nowhere)[0] == 404
    assert no(unsaid) == (422, "reason")


async def test_tasks_of_ones_own_lists_are_answered(program, sqlite_database):
    web, pat, fay = program("web"), program("pat"), program("fay")
    await web.ask("POST", "orders", an_order("1001"))
    Journal(sqlite_database.url, dict).write(a_batch(opened=(a_task(),)))
    answer = {"answer": "refuse", "fields": {"why": "stolen card"}}

    seen, hidden = (await fay.ask("GET", "tasks")).json(), (await pat.ask("GET", "tasks")).json()
    done = await fay.ask("POST", "tasks/1001.review.1/answer", answer, key="once")
    foreign = await pat.ask("POST", "tasks/1001.review.1/answer", answer)
    unknown = await fay.ask("POST", "tasks/1001.review.1/answer", {"answer": "perhaps"})
    odd = await fay.ask("POST", "tasks/1001.review.1/answer", {"answer": "refuse", "fields": {"why": True}})

    assert ([task["id"] for task in seen], hidden) == (["1001.review.1"], [])
    assert done.status_code == 202
    assert no(foreign)[0] == 404
    assert no(unknown)[0] in (409, 422)
    assert no(odd) == (422, "fields.why")


async def test_an_outside_event_is_kept_and_a_strange_one_refused(program):
    web = program("web")
    await web.ask("POST", "orders", an_order("A-1"))
    delivered = {"event": "carrier.delivered", "fields": {}}

    kept = await web.ask("POST", "orders/A-1/events", delivered, key="e-1")
    strange = await web.ask("POST", "orders/A-1/events", {"event": "moon.rises"})

    assert kept.status_code == 202
    assert no(strange) == (422, "event")


async def test_a_return_needs_a_key_and_says_which_line_is_wrong(program):
    web = program("web")
    await web.ask("POST", "orders", an_order("A-1"))
    wish = {"lines": [{"sku": "TEAPOT", "quantity": 1}], "reason": "too small"}

    keyless = await web.ask("POST", "orders/A-1/returns", wish)
    early = await web.ask("POST", "orders/A-1/returns", wish, key="r-1")
    wrong = await web.ask("POST", "orders/A-1/returns", {**wish, "lines": [{"sku": "TEAPOT"}]}, key="r-2")
    claim = await web.ask("POST", "orders/A-1/returns", {**wish, "claim": "goodwill"}, key="r-3")

    assert no(keyless) == (422, "idempotency-key")
    assert no(early)[0] == 409  # nothing was delivered yet
    assert no(wrong) == (422, "lines[0]")
    assert no(claim) == (422, "claim")


async def test_books_and_customers_go_to_finance_and_the_audit_log_tells(program, sqlite_database):
    await program("web").ask("POST", "orders", an_order("A-1"))
    fin = program("fin")

    table = await fin.ask("GET", "exports/customers?format=jsonl&until=2030-01-01")
    journal = await fin.ask("GET", "exports/journal?format=beancount&since=2026-01-01")
    empty = await fin.ask("GET", "exports/orders?until=2001-01-01")

    assert table.headers["content-type"] == "application/jsonl; charset=utf-8"
    assert json.loads(table.text)["email"] == "ada@example.org"
    assert journal.text.startswith("option")
    assert len(empty.text.splitlines()) == 1
    deeds = [deed for _, deed in AuditLog(sqlite_database.url).entries(9, by="fin")]
    assert [(deed.kind, deed.subject, deed.role) for deed in deeds if deed.kind == DeedKind.READ] == [
        (DeedKind.READ, "export.orders", "finance"),
        (DeedKind.READ, "export.journal", "finance"),
        (DeedKind.READ, "export.customers", "finance"),
    ]
    assert "ada" not in " ".join(deed.what for deed in deeds)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("secrets", "what"),
        ("orders?format=xlsx", "format"),
        ("orders?format=beancount", "format"),
        ("journal?since=tomorrow", "since"),
        ("stock?since=2026-02-02&until=2026-02-01", "since"),
        (f"stock?since={'9' * 50}", "since"),
    ],
)
async def test_what_is_no_export_is_refused_by_its_field(program, asked, field):
    assert no(await program("fin").ask("GET", f"exports/{asked}")) == (422, field)


async def test_who_packs_or_sells_is_handed_no_exports(program):
    for name in ("pat", "sue", "web", "acme"):
        assert no(await program(name).ask("GET", "exports/journal"))[0] == 403


async def test_a_web_shop_asks_what_may_be_sold(program, sqlite_database):
    room = StockRoom(sqlite_database.url, ship_by)
    room.receive("TEAPOT", "3", "annex", "", "buyer", NOW)
    room.receive("CUP", "1", "main", "Cup", "buyer", NOW)
    room.set_item("CUP", ItemChange(safety="2", location="main"), "buyer", NOW)
    room.expect("CUP", "12", "main", date(2026, 3, 9), "buyer", NOW)
    web = program("web")

    [teapot] = (await web.ask("GET", "stock?sku=TEAPOT&sku=NO-SUCH")).json()
    cup, *others = (await web.ask("GET", "stock?sku=TEAPOT&sku=CUP")).json()

    assert (teapot["available"], teapot["locations"]) == ("103", {"annex": "3", "main": "100"})
    assert (cup["available"], cup["incoming"], cup["incoming_on"]) == ("0", "12", "2026-03-09")
    assert [each["sku"] for each in others] == ["TEAPOT"]
    for much in ("", f"?{'&'.join(['sku=A'] * 201)}"):
        assert no(await web.ask("GET", f"stock{much}")) == (422, "sku")


async def test_the_doors_are_described(client):
    described = (await client.get("/api/openapi.json")).json()

    known = {
        f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods
    }
    assert known == set(ROUTES)
    assert described["components"]["securitySchemes"]


def test_a_token_is_shown_once_and_kept_as_a_hash(tokens, sqlite_database):
    given = tokens.give("web", "Paris shop")

    (kept,) = tokens.list("web")
    with sqlite_database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT token FROM token").scalar_one()
    assert given not in stored
    assert (kept.label, kept.used_at) == ("Paris shop", None)
    assert tokens.bearer(given).name == "web"
    assert tokens.list()[0].used_at == NOW
    assert tokens.bearer(given.removeprefix("orders_")) is None
    with pytest.raises(NotFound, match="There is no account nobody"):
        tokens.give("nobody", "x")
    assert replace(kept, used_at=NOW) == tokens.list()[0]
