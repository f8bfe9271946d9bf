"""What customers, staff, partners and flow writers type is shown as typed on every page, and never run."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from adapters.database.journal.steps import Journal
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.shop.messages import ShopMessages
from adapters.database.tables.mail import NoticeRow
from console.policy import ROUTES
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.journal import AnswerOption, IncidentOpened, WaitOpened
from domain.order import DeliveryMethod, Order
from domain.web_shop import MessageState, ShopMessage, ShopSystem
from flow.model import dumps
from tests.adapters.database.given import NOW, a_batch, a_lane, a_placement, an_entry, an_order
from tests.console.conftest import PACK
from tests.console.test_policy import ASKED
from tests.console.test_security import HOSTILE, Suspicious

NUMBER = "X-1"
ALL = " ".join(HOSTILE)
# What only a few words can be, in an order that any door would take.
KEPT = {"number", "currency", "country", "token", "sku", "source"}
MADE = {
    "task": PACK,
    "number": NUMBER,
    "name": "standard",
    "notice": "confirmation",
    "kind": "packing-slip",
}
IDS = {
    "/orders/{number}/mails/{id}": "X-1.confirm.1",
    "/quarantine/{id}": "paris:w1:1",
    "/partner/orders/{id}": f"{NUMBER}-F1",
}
# A mail's preview in its sandbox, and links to an app and to elsewhere that we make ourselves.
KNOWN = ("iframe", "otpauth://", "https://", "mailto:")
PARTS = {"/print/{kind}": "pick-list"}


def hostile(made: Any) -> Any:
    """The same, with the worst in every text that people type."""
    changes: dict[str, Any] = {}
    for each in fields(made):
        value = getattr(made, each.name)
        if isinstance(value, str) and type(value) is str and each.name not in KEPT:
            changes[each.name] = ALL
        elif isinstance(value, tuple):
            changes[each.name] = tuple(hostile(one) if is_dataclass(one) else one for one in value)
        elif is_dataclass(value) and type(value).__name__ in ("Customer", "Address", "Delivery", "Line"):
            changes[each.name] = hostile(value)
    return replace(made, **changes)


def an_evil_order() -> Order:
    evil = hostile(an_order(NUMBER))
    return replace(evil, customer=replace(evil.customer, email='"<script>alert(1)</script>"@example.org'))


@pytest.fixture
def evil(database, house, shop):
    """An order, its task, incident, note, mail, parcel and flow, an account and a message: all hostile."""
    url, order = database.url, an_evil_order()
    house.book.place(order, a_placement(NUMBER), NOW)
    house.book.started(NUMBER, NOW)
    house.book.note(NUMBER, ALL, "eve", NOW)
    flow = shop.flows["standard"]
    steps = tuple(replace(step, title=ALL) for step in flow.steps)
    evil_flow = replace(flow, title=ALL, about=ALL, steps=steps)
    house.shelf.publish([dumps(evil_flow)], "eve", ALL, NOW)
    answers = (AnswerOption("approve", ALL), AnswerOption("refuse", ALL, {"why": "text"}))
    show = {"order.note": ALL, "fulfilment.lines": [{"sku": ALL, "quantity": ALL}]}
    task = WaitOpened(NUMBER, "review", 1, "ask", ALL, NOW, role="fraud", answers=answers, show=show)
    incident = IncidentOpened(f"{NUMBER}.x.1", NUMBER, "x", ALL, ALL, "ops", ("ops",), NOW)
    lane = a_lane(NUMBER, flow_hash=evil_flow.sha256, title=ALL, then=ALL)
    told = a_batch(order=NUMBER, opened=(task,), incidents_opened=(incident,), lanes=(lane,))
    Journal(url, dict).write(replace(told, entries=(an_entry(1, ALL, lane=NUMBER),)))
    line = (FulfilmentLine(0, "MUG", order.lines[0].quantity),)
    part = Fulfilment(f"{NUMBER}-F1", NUMBER, DeliveryMethod.SHIP, ALL, "warehouse", line, order.total)
    mail = NoticeRow(
        id="X-1.confirm.1", order=NUMBER, n=1, lane=NUMBER, template=ALL, to="customer", language="en",
        state="sent", message_id="x", recipient=ALL, subject=ALL, text=ALL, html=ALL, why=ALL,
        created_at=NOW, sent_at=NOW,
    )  # fmt: skip
    with database.write() as session:
        save_fulfilments(session, [replace(part, tracking=ALL, carrier=ALL, supplier=ALL)])
        session.add(mail)
    house.stock_room.receive("MUG-EVIL", "1", "main", HOSTILE[0], "eve", NOW)
    messages, body = ShopMessages(url), '{"x": "</textarea><script>alert(1)</script>"}'
    message = ShopMessage("paris:w1:1", "paris", ShopSystem.SHOPIFY, ALL, body, MessageState.WAITING, NOW)
    messages.keep(message)
    messages.put_aside("paris:w1:1", ALL, "7")


def pages() -> Iterator[tuple[str, dict[str, str]]]:
    """Every page, of the hostile order where it is of one."""
    for key in ROUTES:
        method, path = key.split(" ")
        if method != "GET" or path.startswith(("/live/", "/partner")) or path == "/documents/style.css":
            continue
        known = next((id for part, id in IDS.items() if path.startswith(part)), "")
        filled = path.replace("{id}", known).replace("{kind}", PARTS.get(path, MADE["kind"]))
        for name, value in MADE.items():
            filled = filled.replace(f"{{{name}}}", value)
        yield filled, {**ASKED.get(path, {}), "sku": "MUG-EVIL", "order": NUMBER}
    yield "/customers/one", {"email": '"<script>alert(1)</script>"@example.org'}
    yield f"/tasks/{NUMBER}.review.1", {}
    yield "/orders", {"q": '"<script>alert(1)</script>"@example.org'}


@pytest.mark.usefixtures("evil")
async def test_no_page_runs_what_stands_in_an_order_a_flow_or_a_message(sign_in):
    root = await sign_in("root", "admin")
    await root.send(f"/orders/{NUMBER}/hold", kind="OTHER", reason=ALL)
    await root.send("/orders/views", name=HOSTILE[0][:40], view="/orders?state=open", form="cd" * 16)
    seen = 0
    for path, asked in pages():
        answer = await root.get(path, params=asked)
        assert answer.status_code < 500 or "history" in path, path
        if not answer.headers.get("content-type", "").startswith("text/html") or "/html" in path:
            continue
        reader = Suspicious()
        reader.feed(answer.text)
        found = [each for each in reader.found if not each.startswith(KNOWN)]
        assert found == [], (path, found)
        assert "49{%" not in answer.text, path
        seen += "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert seen > 12  # they do show it


def test_the_evil_order_is_evil_everywhere():
    order = an_evil_order()
    assert order.customer.name == order.shipping_address.line1 == order.lines[0].title == order.note == ALL
