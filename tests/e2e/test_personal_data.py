"""Nothing in Temporal tells who a customer is, who acted, or what anybody wrote."""

import asyncio
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import text
from temporalio.api.common.v1 import Payload

from adapters.database.customer.erasing import Forgetting
from adapters.database.engine import Database
from adapters.database.schema import every_table
from domain.act import HoldKind, Outcome
from domain.audit import Deed, DeedKind
from starter.carrying import Person
from starter.client import data_converter
from starter.ids import order_workflow
from tests.e2e.conftest import PATIENCE_SECONDS, an_order

CANARIES = (
    "canary.mail",
    "Canarina",
    "Personova",
    "Canarystreet",
    "Canaryville",
    "canary-note",
    "canary-engraving",
    "+49 555 2269",
    "Canary Actor",
    "canary-reason",
    "10999",
)
ACTOR = Person("Canary Actor", "warehouse")


def a_private_order(number: str, **changes: Any) -> dict[str, Any]:
    order = an_order(number, **changes)
    order["customer"] = {
        "email": "canary.mail@example.org",
        "name": "Canarina Personova",
        "phone": "+49 555 2269",
    }
    order["shipping_address"] = {
        "name": "Canarina Personova",
        "line1": "Canarystreet 99",
        "postcode": "10999",
        "city": "Canaryville",
        "country": "DE",
        "phone": "+49 555 2269",
    }
    order["note"] = "canary-note"
    order["lines"] = [order["lines"][0] | {"personalisation": "canary-engraving"}]
    return order


async def test_no_history_holds_personal_data(shop):
    await shop.place(a_private_order("private-1"))
    task = await shop.task("private-1", "pack")
    support = Person("Canary Actor", "support")
    await shop.open.orders.hold("private-1", HoldKind.OTHER, support, "canary-reason")
    await shop.open.orders.release("private-1", HoldKind.OTHER, support)
    await shop.open.orders.answer(task.id, "short", {"missing": "TEAPOT=1"}, ACTOR)
    await shop.task("private-1", "pack")
    await shop.open.orders.cancel("private-1", support, "canary-reason")
    await shop.end("private-1")

    assert await found_in_history(shop, "private-1") == []


async def test_a_declined_card_and_a_bug_tell_nothing_either(shop):
    declined = a_private_order(
        "private-2", payment={"method": "card", "state": "due", "token": "tok_declined"}
    )
    await shop.place(declined)
    await shop.end("private-2")
    await shop.place(a_private_order("private-3"))
    await shop.task("private-3", "pack")
    spoil(shop, "private-3")

    answered = await shop.open.orders.answer("private-3-F1.pack.1", "packed", {"parcel_weight": "9"}, ACTOR)
    history = await shop.open.client.get_workflow_handle(order_workflow("private-3")).fetch_history()

    assert answered.outcome in (Outcome.DONE, Outcome.KEPT)
    assert await found_in_history(shop, "private-2") == []
    assert await found_in_history(shop, "private-3") == []
    assert history.events


async def test_who_is_forgotten_is_in_no_table_and_no_history(shop):
    await shop.place(a_private_order("private-4"))
    support = Person("Canary Actor", "support")
    await shop.task("private-4", "pack")
    shop.open.book.note("private-4", "canary-note", "sue", shop.now)
    await shop.open.orders.hold("private-4", HoldKind.OTHER, support, "canary-reason")
    await shop.open.orders.cancel("private-4", support, "canary-reason")
    await shop.end("private-4")
    eraser = Forgetting(shop.open.book.url)
    theirs = "canary.mail@example.org"
    await asyncio.to_thread(end_all, eraser, theirs)
    await until_nothing_is_in_the_way(eraser, theirs)

    eraser.forget(theirs, Deed(shop.now, DeedKind.ERASE, "customer", by="root", why="asked for"))

    about_them = [each for each in CANARIES if each != "Canary Actor"]
    assert found_in_tables(eraser, about_them) == []
    assert await found_in_history(shop, "private-4") == []


def end_all(database: Database, email: str) -> None:
    """The orders that other tests here spoilt, or left open, have ended, too."""
    with database.write() as session:
        ended = "UPDATE orders SET state = 'cancelled' WHERE email = :e AND state IN ('open', 'on_hold')"
        session.connection().execute(text(ended), {"e": email})
        spoilt = "UPDATE order_document SET whole = (SELECT whole FROM order_document WHERE number = :n)"
        session.connection().execute(text(f"{spoilt} WHERE number = 'private-3'"), {"n": "private-4"})


async def until_nothing_is_in_the_way(eraser: Forgetting, email: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while eraser.foreseen(email).why_not:
            await asyncio.sleep(0.1)


def found_in_tables(database: Database, words: list[str]) -> list[tuple[str, str]]:
    found = []
    with database.read() as session:
        for table in every_table().sorted_tables:
            rows = session.connection().execute(text(f'SELECT * FROM "{table.name}"')).all()
            told = "\n".join(str(tuple(row)) for row in rows)
            found += [(table.name, word) for word in words if word in told]
    return found


def spoil(shop, number: str) -> None:
    """Make the order unreadable, so that steps fail in a way nobody foresaw, with the data in the error."""
    with shop.open.book.write() as session:
        session.connection().execute(
            text('UPDATE order_document SET whole = \'{"Canarina": "Canarystreet\' WHERE number = :n'),
            {"n": number},
        )


async def found_in_history(shop, number: str) -> list[str]:
    handle = shop.open.client.get_workflow_handle(order_workflow(number))
    codec = data_converter().payload_codec
    assert codec is not None
    found = set()
    async for event in handle.fetch_history_events():
        raw = event.SerializeToString()
        plain = [payload.data for payload in await codec.decode(list(payloads(event)))]
        for part in (raw, *plain):
            found |= {canary for canary in CANARIES if canary.encode() in part}
    description = await handle.describe()
    details = str(await handle.query("__temporal_workflow_metadata")) + str(description.raw_description)
    return sorted(found | {canary for canary in CANARIES if canary in details})


def payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            children = list(value.values())
        else:
            children = list(value) if field.is_repeated else [value]
        for child in children:
            if isinstance(child, Message):
                yield from payloads(child)
