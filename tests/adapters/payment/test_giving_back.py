"""What was taken is given back, once and never more."""

import asyncio

import pytest

from adapters.database.tables.money import SimRefund
from adapters.payment.gateway import NoAnswer
from adapters.payment.simulated import SimulatedGateway
from domain.errors import (
    GatewayUnavailable,
    PaymentDeclined,
)
from domain.fulfilment import FulfilmentState
from tests.adapters.payment.till import Till
from tests.adapters.placed import eur


async def test_a_refund_gives_back_what_was_taken_for_the_parcel(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    await quick.do("capture", "1001-F2")
    back = await quick.do("refund", "1001-F1")
    assert back.values == {"amount": "60.00"}
    assert back.order["payment"]["state"] == "partially_refunded"
    assert (await quick.do("refund", "1001-F1")).said == "Nothing left to give back"
    whole = await quick.do("refund")
    assert whole.values == {"amount": "38.20"}
    assert whole.order["payment"]["state"] == "refunded"
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong() == []


async def test_refunds_at_once_never_give_back_more_than_was_taken(till):
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    lanes = ["1001", "1001-F1", "1001-F2", "1001", "1001-F1", "1001"]
    await asyncio.gather(*(till.do("refund", lane) for lane in lanes))
    assert till.figures().refunded == eur(9_820)
    assert sum(till.there(SimRefund)) == 9_820
    assert till.wrong() == []


async def test_a_refund_that_is_refused_waits_for_a_person_and_can_be_asked_again(till):
    till.order(token="tok_refund_fails")
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    call = till.call("refund", "1001-F1")
    for _ in range(2):
        with pytest.raises(PaymentDeclined, match=r"did not take back EUR 98\.20 of order 1001"):
            await till.cashier.refund(call)
    assert till.figures().refunded == eur(0)
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert {difference.rule for difference in till.wrong()} == {"M5", "M6"}


class GoneAtTheSecondRefund(SimulatedGateway):
    refunds = 0

    async def refund(self, *asked):
        self.refunds += 1
        if self.refunds == 2:
            raise NoAnswer("gone")
        return await super().refund(*asked)


async def test_what_was_given_back_before_the_gateway_went_away_is_booked(sqlite_database):
    till = Till(sqlite_database, gateway=GoneAtTheSecondRefund(sqlite_database.url))
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    call = till.call("refund")
    with pytest.raises(GatewayUnavailable):
        await till.cashier.refund(call)
    assert till.figures().refunded == eur(6_000)
    back = await till.cashier.refund(call)
    assert back.values == {"amount": "98.20"}
    assert back.said == "EUR 60.00 given back, EUR 38.20 given back"
    assert till.there(SimRefund) == [3_820, 6_000]
    assert till.wrong() == []
