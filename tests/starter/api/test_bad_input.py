"""Whatever is sent to the doors for programs and for gateways: refused by its field, or kept as it came."""

import copy
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.carrier.easypost import signature as easypost
from adapters.carrier.easypost.news import read_event
from adapters.database.journal.steps import Journal
from adapters.database.payment.gateway_news import NewsBook
from adapters.database.shipping.carrier_news import CarrierNewsBook
from adapters.database.shop.messages import ShopMessages
from adapters.payment import signature as gateway
from adapters.payment.stripe.news import read_news
from domain.journal import AnswerOption
from domain.partner import ROLE, SHIP
from starter.api.app import ROUTES
from starter.api.desk import MOST_BYTES
from starter.api.hooks import Doorstep, Sender, create_hooks
from starter.api.policy import NEEDS
from starter.api.shop_hooks import shop_sender, sign
from tests.adapters.database.given import NOW, a_batch, a_task
from tests.doubles.stripe_events import event, refund
from tests.e2e.conftest import an_order
from tests.knocking import Knocker
from tests.starter.api.test_policy import (
    PACK,
    account,
    door,
    filled,
    shop,
    tokens,
    url,
)
from tests.starter.shops.street import DELFT, PARIS, shopify, woo

__all__ = ["account", "door", "shop", "tokens", "url"]
JSON = "application/json"
SECRET = "whsec-of-these-tests"
# Something that each door takes; a new one has to be added here, or the test fails.
GOOD: dict[str, dict[str, Any]] = {
    "POST /api/orders": an_order("A-1"),
    "POST /api/orders/{number}/cancellation": {"reason": "because", "fulfilment": "1001-F1"},
    "POST /api/orders/{number}/returns": {
        "lines": [{"sku": "MUG", "quantity": 1}],
        "reason": "too small",
        "claim": "damaged",
    },
    "POST /api/orders/{number}/events": {
        "event": "carrier.delivered",
        "fields": {},
        "fulfilment": "1001-F1",
        "tracking": "1Z5R89390357567127",
    },
    "POST /api/tasks/{task}/answer": {"answer": "packed", "fields": {"weight": "1"}, "reason": "so"},
    "POST /api/partner/orders/{id}/accept": {},
    "POST /api/partner/orders/{id}/reject": {"reason": "no"},
    "POST /api/partner/orders/{id}/pick": {},
    "POST /api/partner/orders/{id}/ship": {"tracking": "1Z5R89390357567127", "carrier": "UPS"},
    "POST /api/partner/orders/{id}/cancel-answer": {"answer": "accepted", "reason": "no"},
}
# A whole body that nobody can take, whatever the door.
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "a text": b'"an order"',
    "null": b"null",
    "not UTF-8": b'{"reason": "\xff\xfe"}',
    "UTF-16": '{"reason": "so"}'.encode("utf-16"),
    "far too deep": b"[" * 100_000,
    "an object far too deep": b'{"reason":' * 5_000 + b"1" + b"}" * 5_000,
    "NaN": b'{"reason": NaN}',
    "Infinity": b'{"reason": -Infinity}',
    "a number without end": b'{"reason": ' + b"9" * 10_000 + b"}",
    "a key twice": b'{"reason": "one", "reason": "another"}',
    "NUL": b'{"reason": "a\\u0000b"}',
    "half a character": b'{"reason": "\\ud800"}',
    "a key that is NUL": b'{"\\u0000": 1}',
    "an unknown field": b'{"colour": "blue"}',
    "one thing too many": b"{} {}",
}
# A whole number is what a person would have typed.
TAKEN_AS_WELL = ("fields = {}", "fields.weight = 7")
WRONG_TYPES: tuple[Any, ...] = (None, True, 7, -1, 1e300, 2**63, [], ["x"], {}, {"x": 1})
# Odd, and still text: taken whole, or refused.
ODD_TEXTS = (
    *("", "x" * 100_000, "a\r\nBcc: eve@example.org", "\x07\x1b[2J", "\U0001f600 \u202eright to left"),
    *(" ", "%", "_%'; DROP TABLE orders; --", "\\", "e\u0301 \u00e9 \u200b", "<script>alert(1)</script>"),
    *("{{7*7}}", "=1+1", "../../etc/passwd", "1e400", "NaN", "\u0661\u0662", "9" * 400),
)  # fmt: skip
# Of these the first few are enough: they are read as the others are.
READ_ALIKE = {"shipping_address", "delivery", "payment", "currency", "placed_at"}


def spoilt(tree: Any) -> Iterator[tuple[str, Any, bool]]:
    """
    Each field of a good body in turn gone, of every other type, or an odd text; and whether a door may take
    it so.
    """
    for path in _paths(tree):
        where = ".".join(map(str, path))
        texts = ODD_TEXTS[:5] if path[0] in READ_ALIKE else ODD_TEXTS
        for value in (*WRONG_TYPES, *(texts if isinstance(_at(tree, path), str) else ())):
            what = f"{where} = {value!r:.40}"
            yield what, _with(tree, path, value), isinstance(value, str) or what in TAKEN_AS_WELL
        gone = copy.deepcopy(tree)
        del _at(gone, path[:-1])[path[-1]]
        yield f"no {where}", gone, True


def _paths(tree: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, below in steps:
        yield (*before, step)
        yield from _paths(below, (*before, step))


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _with(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(tree)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


class Watch:
    """Whether anybody has written to the database since one looked last."""

    def __init__(self, url: str) -> None:
        self._look = sqlite3.connect(url.removeprefix("sqlite:///"))
        self._seen = self._version()

    def written(self) -> bool:
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def close(self) -> None:
        self._look.close()

    def _version(self) -> int:
        return int(self._look.execute("PRAGMA data_version").fetchone()[0])


@pytest.fixture(scope="module")
def watch(url):
    watching = Watch(url)
    yield watching
    watching.close()


@pytest.fixture(scope="module")
def knock(door, account, url):
    """A program that may do what a door is for, and a task that takes what it is told."""
    answers = (AnswerOption("packed", "Packed", {"weight": "grams"}),)
    again = a_task("1001-F1", "pack", role="warehouse", title="Pick and pack", answers=answers)
    Journal(url, dict).write(a_batch(2, opened=(again,)))
    tokens = {"staff": account("admin", "bad-staff"), "partner": account(ROLE, "bad-partner")}

    def of(key: str) -> Knocker:
        whose = "partner" if NEEDS[key] == SHIP else "staff"
        return Knocker(door, {"authorization": f"Bearer {tokens[whose]}"})

    return of


def test_every_door_has_something_that_it_takes():
    assert set(GOOD) == {key for key in ROUTES if key.startswith("POST")}
    assert filled("/api/tasks/{task}/answer", "own") == f"/api/tasks/{PACK}/answer"


async def test_what_no_door_can_read_is_refused_and_nothing_is_written(knock, watch):
    wrong = []
    for key in GOOD:
        program, path = knock(key), filled(key.split(" ")[1], "own")
        refusals = [(name, body, JSON, 422) for name, body in UNREADABLE.items()]
        refusals += [
            ("too much", b" " * (MOST_BYTES + 1), JSON, 413),
            ("a form", b"a=b", "text/plain", 415),
        ]
        await program.ask("POST", path, {}, b"", JSON)  # its token is used for the first time today
        watch.written()
        for name, body, kind, should in refusals:
            status = await program.ask("POST", path, {}, body, kind)
            if status != should or watch.written():
                wrong.append((key, name, status))
    assert wrong == []


async def test_a_field_that_is_spoilt_is_no_mistake_of_ours_and_is_never_kept_in_part(knock, watch):
    wrong = []
    for key, good in GOOD.items():
        program, path = knock(key), filled(key.split(" ")[1], "own")
        watch.written()
        for n, (what, body, may) in enumerate(spoilt(good)):
            # Half an order under a number of before would be another order.
            whole = body | {"number": f"A-{n}"} if body.get("number") == "A-1" else body
            # An order's own number is its key, and what is refused under another one is noted at once.
            keyed = {} if key == "POST /api/orders" else {"idempotency-key": f"{n}-{path[-30:]}"}
            form = Knocker(program.app, {**program.headers, **keyed})
            status = await form.ask("POST", path, {}, json.dumps(whole).encode(), JSON)
            written = watch.written()
            too_kind = status < 400 and not may
            if status >= 500 or too_kind or (written and status in (404, 413, 415, 422)):
                wrong.append((key, what, status, written))
    assert wrong == []


async def test_odd_words_in_an_address_find_nothing_and_break_nothing(knock):
    odd = (
        "\x00",
        "\ufffd",
        "..",
        "%",
        "_",
        "'",
        "\u202e",
        "\U0001f600",
        "9" * 3_000,
        "a/b",
        " ",
        "-1",
        "1e9",
    )
    wrong = []
    for key in ROUTES:
        method, path = key.split(" ")
        for word in odd:
            named = path.replace("{number}", word).replace("{task}", word).replace("{id}", word)
            names = ("state", "search", "limit", "before", "role", "since", "format", "from", "waiting_for")
            asked = dict.fromkeys(names, word)
            status = await knock(key).ask(method, named.replace("{what}", word), asked, b"{}", JSON)
            if not 200 <= status < 500:
                wrong.append((key, word[:10], status))
    assert wrong == []


@pytest.fixture
def doorstep(sqlite_database):
    """Every kind of sender that we know, with a secret each."""
    news, scans = NewsBook(sqlite_database.url), CarrierNewsBook(sqlite_database.url)

    def told(body, _headers, at):
        said = read_news(body, "stripe", live=False)
        return None if said is None else news.keep(said, at)

    def scanned(body, _headers, at):
        said = read_event(body, live=False)
        return None if said is None else scans.keep(said, at)

    def by_gateway(body, headers, at):
        return gateway.is_signed(body, headers.get(gateway.SIGNATURE, ""), (SECRET,), at)

    def by_carrier(body, headers, _at):
        return easypost.is_signed(body, headers.get(easypost.SIGNATURE, ""), (SECRET,))

    senders = {
        "payment/stripe": Sender("stripe", by_gateway, told),
        "carrier/easypost": Sender("easypost", by_carrier, scanned),
    }
    box = ShopMessages(sqlite_database.url)
    senders |= dict(shop_sender(each, (SECRET,), box) for each in (PARIS, DELFT))
    return create_hooks(Doorstep(senders, lambda: NOW))


def signed(body: bytes) -> dict[str, str]:
    """By whoever it comes from."""
    return {
        gateway.SIGNATURE: gateway.sign(body, SECRET, NOW),
        easypost.SIGNATURE: easypost.sign(body, SECRET),
        "x-shopify-hmac-sha256": sign(body, SECRET),
        "x-shopify-topic": "orders/create",
        "x-wc-webhook-signature": sign(body, SECRET),
        "x-wc-webhook-topic": "order.created",
    }


SCANS = {
    "object": "Event",
    "id": "evt_1",
    "mode": "test",
    "description": "tracker.updated",
    "result": {
        "object": "Tracker",
        "id": "trk_1",
        "tracking_code": "1Z5R89390357567127",
        "status": "delivered",
        "updated_at": "2026-03-02T09:00:00Z",
        "tracking_details": [{"status": "in_transit", "datetime": "2026-03-01T09:00:00Z"}],
    },
}
PAID = json.loads(event("evt_1", "refund.updated", refund("re_1", "ch_1", 500, "succeeded", "k"), NOW))
HOOKS: dict[str, Any] = {
    "/hooks/payment/stripe": PAID,
    "/hooks/carrier/easypost": SCANS,
    "/hooks/shopify/paris": {name: shopify()[name] for name in ("id", "name", "updated_at")},
    "/hooks/woocommerce/delft": {name: woo()[name] for name in ("id", "number", "date_modified_gmt")},
}


async def test_a_signed_message_is_kept_whole_or_not_at_all(doorstep, sqlite_database):
    watch, wrong = Watch(sqlite_database.url), []
    for path, good in HOOKS.items():
        bodies = [*UNREADABLE.items()]
        bodies += [(what, json.dumps(body).encode()) for what, body, _ in spoilt(good)]
        for what, body in bodies:
            status = await Knocker(doorstep, signed(body)).ask("POST", path, {}, body, JSON)
            written = watch.written()
            if status not in (200, 400) or (status == 400 and written):
                wrong.append((path, what, status, written))
        for body, kind, should in ((b" " * 3_000_000, JSON, 413), (b"a=b", "text/plain", 415)):
            if await Knocker(doorstep, signed(body)).ask("POST", path, {}, body, kind) != should:
                wrong.append((path, kind, should, watch.written()))
    watch.close()
    assert wrong == []
