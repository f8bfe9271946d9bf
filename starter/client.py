"""How everybody here talks to Temporal: one converter, one way to connect, short waits."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter, PayloadCodec
from temporalio.service import RPCError

from domain.errors import SettingsRefused, TemporalUnavailable

CONNECT_SECONDS = 2.0
ENCODING = b"binary/zlib"
# Below this a payload is smaller than what its envelope would add.
WORTH_BYTES = 512


# They remember how each of our types is read, which takes milliseconds to work out.
_ONCE = tuple(PydanticPayloadConverter().converters.values())


class OnceForAll(CompositePayloadConverter):
    """Pydantic's converter. The SDK makes one for each workflow; these share what they have worked out."""

    def __init__(self) -> None:
        super().__init__(*_ONCE)


class ZlibCodec(PayloadCodec):
    """Large payloads, such as pinned flows, stand compressed in the history."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [_packed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [_unpacked(payload) for payload in payloads]


def _packed(payload: Payload) -> Payload:
    plain = payload.SerializeToString()
    if len(plain) <= WORTH_BYTES:
        return payload
    small = zlib.compress(plain, level=6)
    if len(small) >= len(plain):
        return payload
    return Payload(metadata={"encoding": ENCODING}, data=small)


def _unpacked(payload: Payload) -> Payload:
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    return Payload.FromString(zlib.decompress(payload.data))


def data_converter() -> DataConverter:
    """The one converter of clients, workers and replay: pydantic types, large payloads compressed."""
    return DataConverter(payload_converter_class=OnceForAll, payload_codec=ZlibCodec())


async def connect(
    address: str, namespace: str, *, seconds: float = CONNECT_SECONDS, **options: Any
) -> Client:
    """
    A client of the Temporal server at `address`; `options` are those of `Client.connect` (tls, ...).

    :raises TemporalUnavailable: no answer within `seconds`.
    :raises SettingsRefused: `address` or the options cannot be.
    """
    connecting = Client.connect(address, namespace=namespace, data_converter=data_converter(), **options)
    try:
        return await asyncio.wait_for(connecting, seconds)
    except ValueError as error:
        raise SettingsRefused(f"{address!r} is not an address of Temporal such as host:7233.") from error
    except (RPCError, RuntimeError, TimeoutError) as error:
        raise TemporalUnavailable(f"Temporal at {address} does not answer.") from error
