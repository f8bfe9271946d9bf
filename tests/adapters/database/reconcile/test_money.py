"""Money that is not where it should be is named, with its order and what to do."""

import pytest
from sqlmodel import SQLModel, col, delete, update

from adapters.database.tables.money import (
    PostingRow,
    RefundRow,
    SimAuthorization,
    SimCapture,
    SimRefund,
    TakingRow,
)
from adapters.database.tables.orders import PlacedOrder
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from domain.step import Call
from tests.adapters.payment.till import Till, days
from tests.adapters.placed import NOON, eur
from tests.tampering import lift_guards


@pytest.fixture
async def till(sqlite_database):
    return await two_parcels(sqlite_database)


async def two_parcels(database):
    """The first was paid and given back, the second's money is still held."""
    till = Till(database)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("refund", "1001-F1")
    return till


def change(till, *statements):
    with till.database.write() as session:
        lift_guards(session)
        for statement in statements:
            session.connection().execute(statement)


def found(till, at=NOON):
    return {difference.rule: difference for difference in till.wrong(at)}


def on(row: type[SQLModel], **where):
    return update(row).where(*(getattr(row, name) == value for name, value in where.items()))


async def test_nothing_is_wrong_with_an_order_under_way(database):
    assert (await two_parcels(database)).wrong() == []


async def test_both_databases_name_everything_that_is_wrong_at_once(database):
    till = await two_parcels(database)
    change(till, on(PostingRow, kind="refunded", account="sales").values(minor=7_000))
    await till.gateway.authorize(Call("9", "9", "pay", 1, "k", NOON), "k", eur(1), "")
    change(till, delete(SimRefund))
    till.split("1001-F1", left=1_000, moved=5_000)
    till.end("cancelled", FulfilmentState.FULFILLED)
    assert set(found(till)) == {"M1", "M2", "M3", "M4", "M5", "M6", "M7"}


async def test_an_entry_that_does_not_balance(till):
    change(till, on(PostingRow, account="gateway", kind="captured").values(minor=5_999))
    said = found(till)
    assert said["M1"].subject == "1001"
    assert "off by EUR -0.01" in said["M1"].what


async def test_a_capture_our_ledger_does_not_know(till):
    call = Call("1001", "1001", "pay", 1, "by-hand", NOON)
    hold = till.ledger.sheet("1001", "").holds[0]
    taken = await till.gateway.capture(call, "by-hand:v1", hold.id, eur(100))
    differences = [difference for difference in till.wrong() if difference.rule == "M2"]
    assert f"{taken.id}: the gateway has EUR 1.00 captured, our ledger EUR 0.00." in [
        difference.what for difference in differences
    ]


@pytest.mark.parametrize(("row", "what"), [(SimCapture, "captured"), (SimRefund, "refunded")])
async def test_money_the_gateway_does_not_know(till, row, what):
    change(till, delete(row))
    assert f"the gateway has EUR 0.00 {what}, our ledger EUR 60.00" in found(till)["M2"].what


async def test_a_hold_the_gateway_has_let_go(till):
    change(till, on(SimAuthorization, order="1001").values(closed_at=NOON))
    assert "the gateway has EUR 0.00 held, our ledger EUR 38.20" in found(till)["M2"].what


async def test_a_hold_that_has_expired_is_no_difference(till):
    assert till.wrong(days(8)) == []


async def test_more_taken_than_held(till):
    change(till, on(PostingRow, kind="authorized", account="held").values(minor=5_000))
    assert "EUR 10.00 more was taken or let go" in found(till)["M3"].what


async def test_more_given_back_than_taken(till):
    change(till, on(PostingRow, kind="refunded", account="sales").values(minor=7_000))
    assert any("EUR 10.00 more was given back" in difference.what for difference in till.wrong())


async def test_a_guard_of_refunds_that_does_not_say_what_the_ledger_says(till):
    change(till, on(TakingRow, order="1001").values(asked=0))
    assert "What may still be given back" in found(till)["M3"].what


async def test_one_question_that_left_two_objects(till):
    call = Call("1001", "1001", "pay", 1, "k", NOON)
    for n in (1, 2):
        await till.gateway.authorize(call, f"1001:payment.authorize:O.9:v{n}", eur(1), "")
    assert "2 times (1001:payment.authorize:O.9)" in found(till)["M4"].what


async def test_a_payment_for_an_order_that_is_not_here(till):
    await till.gateway.authorize(Call("9", "9", "pay", 1, "k", NOON), "k", eur(1), "")
    assert found(till)["M4"].subject == "9"


async def test_an_ended_order_that_still_holds_money(till):
    till.end("completed", FulfilmentState.CANCELLED)
    assert "EUR 38.20 of the customer's is still held" in found(till)["M5"].what
    assert "M5" not in found(till, days(8))


async def test_an_ended_order_whose_refund_is_not_confirmed(till):
    await till.do("void")
    change(till, on(RefundRow, order="1001").values(state="requested"))
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert "refund of EUR 60.00 is not confirmed" in found(till)["M5"].what


async def test_a_cancelled_order_that_keeps_money(till):
    await till.do("capture", "1001-F2")
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert found(till)["M6"].what == "1001 is cancelled, and EUR 38.20 of its money was kept."


async def test_a_cancelled_parcel_that_keeps_money(till):
    await till.do("capture", "1001-F2")
    till.end("completed", FulfilmentState.CANCELLED)
    assert found(till)["M6"].what == "1001-F2 is cancelled, and EUR 38.20 of its money was kept."


async def test_a_parcel_that_left_unpaid(till):
    await till.do("void")
    till.end("completed", FulfilmentState.FULFILLED)
    assert found(till)["M7"].what == "1001-F2 has left; it costs EUR 38.20, and EUR 0.00 was taken."


async def test_a_parcel_that_was_paid_twice(till):
    await till.do("capture", "1001-F2")
    till.split("1001-F2", left=1_000, moved=2_820)
    assert "1001-F2 costs EUR 10.00, and EUR 38.20 was taken." in found(till)["M7"].what


async def test_a_parcel_of_an_order_that_came_paid_needs_no_capture(sqlite_database):
    till = Till(sqlite_database)
    till.order(state=PaymentState.PAID)
    await till.do("authorize")
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong() == []


async def test_what_a_running_order_has_asked_is_no_difference_until_it_ends(sqlite_database):
    till = Till(sqlite_database)
    till.order()
    call = till.call("authorize")
    attempt = till.ledger.attempt(call, call.key, "", eur(9_820))
    await till.gateway.authorize(call, attempt.key, eur(9_820), "")
    assert till.wrong() == []
    change(till, update(PlacedOrder).where(col(PlacedOrder.number) == "1001").values(ended_at=NOON))
    assert "M2" in found(till)
