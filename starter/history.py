"""The engine's own events of an order, decoded, for engineers."""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import PayloadCodec
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import NotFound, TemporalUnavailable
from starter.ids import workflow_of

PREFIX = "EVENT_TYPE_"


async def history_of(client: Client, subject: str) -> list[dict[str, Any]]:
    """
    Each event's id, time, type and attributes as JSON; of an order by number, or a return by its id.

    :raises NotFound: Temporal does not know the order (not begun yet, or its history is past keeping).
    :raises TemporalUnavailable: no answer.
    """
    handle = client.get_workflow_handle(workflow_of(subject))
    codec = client.data_converter.payload_codec
    try:
        history = await handle.fetch_history()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise NotFound(f"Temporal has no history of order {subject}.") from error
        raise TemporalUnavailable("Temporal does not answer.") from error
    return [await _told(event, codec) for event in history.events]


async def _told(event: HistoryEvent, codec: PayloadCodec | None) -> dict[str, Any]:
    which = event.WhichOneof("attributes")
    return {
        "id": event.event_id,
        "at": event.event_time.ToDatetime().isoformat() + "Z",
        "type": EventType.Name(event.event_type).removeprefix(PREFIX).lower(),
        "attributes": await _plain(getattr(event, which), codec) if which else {},
    }


async def _plain(value: Any, codec: PayloadCodec | None) -> Any:
    plain: Any
    match value:
        case Payload():
            plain = await _decoded(value, codec)
        case Timestamp() | Duration():
            plain = value.ToJsonString()
        case Message():
            plain = {field.name: await _plain(inner, codec) for field, inner in value.ListFields()}
        case bytes():
            plain = value.hex()
        case str() | int() | float():
            plain = value
        case Mapping():
            plain = {str(key): await _plain(inner, codec) for key, inner in value.items()}
        case _:
            plain = [await _plain(inner, codec) for inner in value]
    return plain


async def _decoded(payload: Payload, codec: PayloadCodec | None) -> Any:
    plain = (await codec.decode([payload]))[0] if codec else payload
    try:
        return json.loads(plain.data) if plain.data else None
    except ValueError:
        return f"{len(plain.data)} bytes"
