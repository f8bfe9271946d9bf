"""Nothing in Temporal tells who a customer is, who acted, or what anybody wrote."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import text
from temporalio.api.common.v1 import Payload

from domain.act import HoldKind, Outcome
from starter.carrying import Person
from starter.client import data_converter
from starter.ids import order_workflow
from tests.e2e.conftest import an_order

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
