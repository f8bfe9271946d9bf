"""Each parcel takes its exact share when it leaves."""

import asyncio
from decimal import Decimal
from random import Random

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from adapters.payment.simulated import SimulatedGateway
from domain.errors import (
    AuthorizationExpired,
    GatewayUnavailable,
    NotFound,
    PaymentDeclined,
)
from domain.fulfilment import FulfilmentLine, FulfilmentState
from domain.money import Money
from domain.order import Line, line_total
from domain.shares import share_total
from tests.adapters.payment.till import Till, days
from tests.adapters.placed import a_fulfilment, an_order, eur, place


@pytest.fixture
def once(sqlite_database):
    """A till at a gateway that takes an authorisation only once."""
    return Till(sqlite_database, SimulatedGateway(sqlite_database.url, multi_capture=False))


def at_once(database):
    return Till(database, SimulatedGateway(database.url, multi_capture=False), at_once=True)


async def test_money_is_held_when_the_order_is_accepted_and_taken_when_it_ships(till):
    till.order()
    held = await till.do("authorize")
    assert held.values == {"amount": "98.20", "expires_at": days(7).isoformat()}
    assert held.said == "EUR 98.20 held until 28 Nov 2026"
    assert held.order["payment"] == {
        "method": "card",
        "way": "gateway",
        "state": "authorized",
        "authorized": "98.20",
        "captured": "0.00",
        "refunded": "0.00",
        "expires_at": days(7).isoformat(),
    }
    taken = await till.do("capture", "1001-F1", days(1))
    assert taken.values == {"amount": "98.20"}
    assert taken.said == "EUR 98.20 taken"
    assert taken.order["payment"]["state"] == "captured"
    assert taken.order["payment"]["expires_at"] is None
    assert [(p.kind, p.amount) for p in till.payments()] == [
        ("authorized", eur(9_820)),
        ("captured", eur(9_820)),
    ]
    assert [p.key for p in till.payments()] == [
        "1001:payment.authorize:O.1:v1",
        "1001:payment.capture:F1.1:v1",
    ]
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(2)) == []


async def test_a_call_repeated_with_one_key_answers_alike_and_posts_once(till):
    till.order()
    call = till.call("authorize")
    first = await till.cashier.authorize(call)
    assert await till.cashier.authorize(call) == first
    call = till.call("capture", "1001-F1")
    assert await till.cashier.capture(call) == await till.cashier.capture(call)
    assert till.figures().captured == eur(9_820)
    assert till.there(SimCapture) == [9_820]


async def test_workers_that_run_one_call_at_once_charge_once_and_answer_alike(till):
    """Several orders, as a race is not lost every time."""
    for number in map(str, range(1001, 1009)):
        till.order(number)
        await till.do("authorize", number)
        call = till.call("capture", f"{number}-F1")
        first, *others = await asyncio.gather(*(till.cashier.capture(call) for _ in range(5)))
        assert others == [first] * 4
        assert till.figures(number).captured == eur(9_820)
    assert till.there(SimCapture) == [9_820] * 8
    assert till.wrong() == []


async def test_the_captures_of_all_parcels_sum_to_the_total(till):
    till.order("1001", 3_333, 3_333, 3_334)
    await till.do("authorize")
    states = [(await till.do("capture", f"1001-F{n}")).order["payment"]["state"] for n in (1, 2, 3)]
    assert states == ["partially_captured", "partially_captured", "captured"]
    assert till.figures().captured == eur(10_000)
    assert till.figures().held == eur(0)


async def test_parcels_captured_at_once_take_each_their_share(till):
    till.order("1001", 3_333, 3_333, 3_334)
    await till.do("authorize")
    await asyncio.gather(*(till.do("capture", f"1001-F{n}") for n in (1, 2, 3)))
    assert till.figures().captured == eur(10_000)
    assert till.wrong() == []


async def test_a_capture_after_a_split_takes_only_what_is_left_to_take(quick):
    quick.order()
    await quick.do("authorize")
    quick.split("1001-F1", left=6_000, moved=3_820)
    assert (await quick.do("capture", "1001-F1")).values == {"amount": "60.00"}
    assert (await quick.do("capture", "1001-F1")).said == "Nothing left to take"
    assert (await quick.do("capture", "1001-F2")).values == {"amount": "38.20"}
    assert quick.figures().captured == eur(9_820)


async def test_without_multi_capture_the_rest_is_held_again_at_once(once):
    once.order("1001", 6_000, 3_820)
    await once.do("authorize")
    first = await once.do("capture", "1001-F1", days(1))
    assert first.values == {"amount": "60.00"}
    assert first.order["payment"]["expires_at"] == days(8).isoformat()
    assert once.figures().held == eur(3_820)
    await once.do("capture", "1001-F2", days(2))
    assert once.there(SimCapture) == [3_820, 6_000]
    once.end("completed", FulfilmentState.FULFILLED)
    assert once.wrong(days(2)) == []


async def test_a_rest_that_the_bank_does_not_hold_again_is_asked_for_when_its_parcel_leaves(once):
    once.order("1001", 6_000, 3_820)
    await once.do("authorize")
    await once.gateway.misbehave("1001", "authorize", "decline")
    assert (await once.do("capture", "1001-F1")).said == "EUR 60.00 taken"
    assert once.figures().held == eur(0)
    with pytest.raises(AuthorizationExpired):
        await once.do("capture", "1001-F2")
    await once.do("authorize", "1001-F2")
    await once.do("capture", "1001-F2")
    assert once.there(SimCapture) == [3_820, 6_000]
    once.end("completed", FulfilmentState.FULFILLED)
    assert once.wrong() == []


@pytest.mark.parametrize("op", ["capture", "authorize"])
@pytest.mark.parametrize("how", ["timeout_after", "error", "error_after", "down"])
async def test_without_multi_capture_an_interrupted_parcel_takes_its_share_once(once, op, how):
    once.order("1001", 6_000, 3_820)
    await once.do("authorize")
    await once.gateway.misbehave("1001", op, how)
    call = once.call("capture", "1001-F1")
    for _ in range(2):
        try:
            await once.cashier.capture(call)
        except GatewayUnavailable:
            continue
    assert once.there(SimCapture) == [6_000]
    assert once.figures().held == eur(3_820)
    assert once.wrong() == []


async def test_the_last_parcel_holds_nothing_again(once):
    once.order("1001", 6_000, 3_820)
    await once.do("authorize")
    once.call_off("1001-F2")
    await once.do("capture", "1001-F1")
    assert once.figures().held == eur(0)
    assert once.there(SimAuthorization) == [9_820]


async def test_a_shop_may_take_all_with_the_first_parcel(sqlite_database):
    till = at_once(sqlite_database)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    first = await till.do("capture", "1001-F1")
    assert first.values == {"amount": "60.00"}
    assert first.order["payment"]["captured"] == "98.20"
    assert (await till.do("capture", "1001-F2", days(30))).said == "EUR 38.20 taken"
    assert till.there(SimCapture) == [9_820]
    assert till.there(SimAuthorization) == [9_820]
    assert (await till.do("refund", "1001-F2")).values == {"amount": "38.20"}
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(30)) == []


async def test_what_was_taken_at_once_for_a_parcel_that_never_left_is_given_back(sqlite_database):
    till = at_once(sqlite_database)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    till.call_off("1001-F2")
    assert (await till.do("void")).said == "EUR 38.20 given back"
    assert till.figures().refundable == eur(6_000)
    assert till.wrong() == []


@pytest.mark.parametrize("how", ["timeout_after", "error_after", "error"])
async def test_all_taken_at_once_is_taken_once_whatever_the_answer(sqlite_database, how):
    till = at_once(sqlite_database)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.gateway.misbehave("1001", "capture", how)
    call = till.call("capture", "1001-F1")
    for _ in range(2):
        try:
            await till.cashier.capture(call)
        except GatewayUnavailable:
            continue
    await till.do("capture", "1001-F2")
    assert till.there(SimCapture) == [9_820]
    assert till.wrong() == []


async def test_all_taken_at_once_and_never_answered_is_found_and_given_back(sqlite_database):
    till = at_once(sqlite_database)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.gateway.misbehave("1001", "capture", "timeout_after")
    with pytest.raises(GatewayUnavailable):
        await till.do("capture", "1001-F1")
    assert (await till.do("refund", "1001-F1")).values == {"amount": "60.00"}
    await till.do("void")
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert till.there(SimRefund) == [3_820, 6_000]
    assert till.wrong() == []


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@pytest.mark.parametrize(
    ("multi_capture", "at_once"),
    [(True, False), (False, False), (False, True)],
    ids=["multi", "again", "all"],
)
async def test_parcels_sum_to_the_total_to_the_smallest_coin(
    sqlite_database, currency, multi_capture, at_once
):
    """With shipping, tax and discount, in currencies of no, two and three decimals."""
    dice = Random(f"{currency} {multi_capture} {at_once}")
    gateway = SimulatedGateway(sqlite_database.url, multi_capture=multi_capture)
    till = Till(sqlite_database, gateway, at_once=at_once)
    for number in ("1001", "1002", "1003"):
        order, parts = odd_order(number, currency, dice)
        totals = share_total(order, parts)
        place(sqlite_database, order, *(a_fulfilment(order, n, total=t) for n, t in enumerate(totals, 1)))
        await till.do("authorize", number)
        for n in dice.sample(range(1, len(parts) + 1), len(parts)):
            await till.do("capture", f"{number}-F{n}", days(1))
        assert till.figures(number).captured == order.total
        assert till.figures(number).held.minor == 0
    assert till.wrong(days(1)) == []


def odd_order(number, currency, dice):
    """An order of odd prices, and the parcels that it leaves in."""
    lines = []
    for n in range(dice.randint(1, 3)):
        quantity = Decimal(dice.choice(["1", "3", "7", "0.7", "2.25"]))
        price, tax, off = (Money(dice.randint(1, 9_999), currency) for _ in range(3))
        off = min(off, tax)
        total = line_total(quantity, price, tax, off)
        lines.append(Line(f"SKU-{n}", "Odd", quantity, price, total, tax, off))
    goods = sum(line.total.minor for line in lines)
    shipping, discount = dice.randint(0, 999), dice.randint(0, goods // 2)
    order = an_order(
        number,
        currency=currency,
        lines=tuple(lines),
        shipping=Money(shipping, currency),
        discount=Money(discount, currency),
        total=Money(goods + shipping - discount, currency),
    )
    parts: list[list[FulfilmentLine]] = [[] for _ in range(3)]
    for index, line in enumerate(lines):
        first = (line.quantity / 3).quantize(Decimal("0.01"))
        for part, quantity in zip(parts, (first, first, line.quantity - 2 * first), strict=True):
            part.append(FulfilmentLine(index, line.sku, quantity))
    return order, parts


async def test_an_order_that_costs_nothing_asks_the_gateway_nothing(quick):
    quick.order("1001", 0)
    assert (await quick.do("authorize")).said == "Nothing left to hold"
    assert (await quick.do("capture", "1001-F1")).said == "Nothing left to take"
    assert (await quick.do("refund")).said == "Nothing left to give back"
    assert quick.payments() == []


async def test_an_unknown_order_or_parcel_is_refused(quick):
    quick.order()
    with pytest.raises(NotFound):
        await quick.do("authorize", "9999")
    with pytest.raises(NotFound):
        await quick.do("capture", "1001-F9")


async def test_nothing_personal_stands_in_answers_and_refusals(quick):
    quick.order(token="tok_declined")
    with pytest.raises(PaymentDeclined) as refusal:
        await quick.do("authorize")
    quick.order("1002")
    said = str(await quick.do("authorize", "1002")) + str(refusal.value)
    for word in ("Ada", "Lovelace", "St James", "tok_"):
        assert word not in said
