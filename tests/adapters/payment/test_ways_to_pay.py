"""Money that comes by other ways than a card: paid before, by transfer, on invoice."""

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from domain.errors import (
    AmountDiffers,
    PaymentDeclined,
)
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from tests.adapters.placed import eur


async def test_an_order_that_came_paid_is_booked_and_never_charged(till):
    till.order("1001", 6_000, 3_820, state=PaymentState.PAID, authorization="shop-88")
    paid = await till.do("authorize")
    assert paid.said == "EUR 98.20 came paid"
    assert paid.values == {"amount": "0.00", "expires_at": None}
    assert paid.order["payment"]["state"] == "captured"
    await till.do("authorize")
    assert (await till.do("capture", "1001-F1")).values == {"amount": "60.00"}
    assert (await till.do("capture", "1001-F2")).said == "EUR 38.20 taken"
    assert (await till.do("capture", "1001-F2")).said == "Nothing left to take"
    assert [(p.kind, p.amount) for p in till.payments()] == [
        ("received", eur(9_820)),
        ("captured", eur(9_820)),
    ]
    assert till.there(SimAuthorization) == []
    assert till.there(SimCapture) == [9_820]
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong() == []


async def test_a_paid_order_that_is_called_off_gets_everything_back_through_its_gateway(till):
    till.order("1001", 6_000, 3_820, state=PaymentState.PAID, authorization="shop-88")
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    assert (await till.do("refund", "1001-F1")).said == "EUR 60.00 given back"
    undone = await till.do("void")
    assert undone.said == "EUR 38.20 given back"
    assert undone.order["payment"]["state"] == "refunded"
    assert till.there(SimRefund) == [3_820, 6_000]
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert till.wrong() == []


async def test_letting_go_keeps_what_a_parcel_that_has_left_has_to_be_paid(quick):
    quick.order("1001", 6_000, 3_820, state=PaymentState.PAID)
    await quick.do("authorize")
    quick.end("completed", FulfilmentState.SHIPPED)
    assert (await quick.do("void")).said == "Nothing was held"


async def test_a_transfer_of_exactly_the_total_pays_the_order(till):
    till.order("1001", 6_000, 3_820, method="transfer")
    for amount in ("98.19", "98.21", "0", "98.205"):
        with pytest.raises(AmountDiffers):
            await till.do("receive", amount=amount)
    got = await till.do("receive", amount="98.20")
    assert got.values == {"amount": "98.20"}
    assert got.said == "EUR 98.20 received"
    assert got.order["payment"]["state"] == "captured"
    assert (await till.do("capture", "1001-F1")).values == {"amount": "60.00"}
    with pytest.raises(AmountDiffers, match=r"EUR 0\.00 to pay"):
        await till.do("receive", amount="98.20")
    assert (await till.do("void")).said == "EUR 38.20 to be paid back by hand"
    assert till.there(SimCapture) == []
    assert till.wrong() == []


async def test_a_transfer_that_has_not_come_cannot_be_held_or_taken(quick):
    quick.order(method="transfer")
    with pytest.raises(PaymentDeclined, match="has not come"):
        await quick.do("authorize")
    with pytest.raises(PaymentDeclined, match="has not come"):
        await quick.do("capture", "1001-F1")


async def test_an_invoice_is_owed_from_when_the_parcel_leaves(till):
    till.order("1001", 6_000, 3_820, method="invoice")
    held = await till.do("authorize")
    assert held.said == "EUR 98.20 to be paid later: invoice"
    taken = await till.do("capture", "1001-F1")
    assert taken.said == "EUR 60.00 owed by the customer"
    paid = await till.do("receive", amount="98.20")
    assert paid.order["payment"]["captured"] == "98.20"
    assert (await till.do("capture", "1001-F2")).said == "EUR 38.20 taken"
    assert (await till.do("refund", "1001-F1")).said == "EUR 60.00 to be paid back by hand"
    assert till.there(SimCapture) == []
    assert till.wrong() == []


async def test_an_unpaid_invoice_that_is_taken_back_is_no_longer_owed(quick):
    quick.order(method="invoice")
    await quick.do("capture", "1001-F1")
    assert (await quick.do("refund", "1001-F1")).said == "EUR 98.20 no longer owed"
    assert quick.wrong() == []


async def test_cash_at_the_counter_pays_what_the_parcel_left_unpaid_with(till):
    till.order("1001", 6_000, 3_820, method="cash_on_pickup")
    await till.do("authorize")
    assert (await till.do("capture", "1001-F1")).said == "EUR 60.00 owed by the customer"
    await till.do("capture", "1001-F2")
    assert (await till.do("collect", "1001-F1")).said == "EUR 60.00 received"
    assert (await till.do("collect", "1001-F2")).values == {"amount": "38.20"}
    assert (await till.do("collect", "1001-F2")).said == "Nothing left to pay"
    assert till.figures().captured == eur(9_820)
    assert (await till.do("refund", "1001-F1")).said == "EUR 60.00 to be paid back by hand"
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong() == []


async def test_a_pickup_paid_before_its_customer_came_takes_no_cash(quick):
    quick.order(method="cash_on_pickup")
    await quick.do("capture", "1001-F1")
    await quick.do("receive", amount="98.20")
    assert (await quick.do("collect", "1001-F1")).said == "Nothing left to pay"
    assert quick.wrong() == []


@pytest.mark.parametrize("method", ["bank_slip", "boleto", "Bank Transfer", "transfer"])
async def test_every_way_to_send_money_waits_for_it(quick, method):
    quick.order(method=method)
    with pytest.raises(PaymentDeclined, match="has not come"):
        await quick.do("authorize")
    await quick.do("receive", amount="98.20")
    assert (await quick.do("capture", "1001-F1")).values == {"amount": "98.20"}
