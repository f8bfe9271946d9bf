"""How payloads travel, and what is said when Temporal is not there."""

import pytest

from domain.act import Act, ActKind
from domain.errors import TemporalUnavailable
from starter.client import ENCODING, connect, data_converter


async def test_large_payloads_are_compressed_and_small_ones_left_alone():
    converter = data_converter()
    small, large = await converter.encode(["A-1001", "flow: standard\n" * 1000])
    assert small.metadata["encoding"] == b"json/plain"
    assert large.metadata["encoding"] == ENCODING
    assert len(large.data) < 500
    assert await converter.decode([small, large]) == ["A-1001", "flow: standard\n" * 1000]


async def test_what_does_not_get_smaller_is_not_compressed():
    noise = bytes(n * n * 31 % 251 for n in range(300)).hex() + "ü" * 3
    (payload,) = await data_converter().encode([noise[:520]])
    assert (await data_converter().decode([payload])) == [noise[:520]]


async def test_our_own_types_come_back_as_they_were():
    act = Act("scan-7", ActKind.EVENT, target="carrier.delivered", values={"note": "x" * 900})
    payloads = await data_converter().encode([act])
    assert await data_converter().decode(payloads, [Act]) == [act]


async def test_a_temporal_that_is_not_there_is_unavailable():
    with pytest.raises(TemporalUnavailable, match=r"Temporal at 127\.0\.0\.1:1 does not answer"):
        await connect("127.0.0.1:1", "default")
