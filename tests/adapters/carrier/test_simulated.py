"""The simulated carrier takes parcels, and says later what became of them."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from adapters.carrier.simulated import LOSE_PARCEL, SimulatedCarrier
from adapters.database.order.acts import act_record
from adapters.database.order.fulfilments import load_fulfilment
from adapters.database.tables.journal import ActRow
from adapters.database.tables.shipping import ParcelRow
from domain import tracking
from domain.errors import CarrierUnavailable
from domain.fulfilment import FulfilmentState
from domain.order import Address
from domain.step import Call
from tests.adapters.placed import NOON, a_fulfilment, an_order, place

LOST = Address("Ada Lovelace", "12 St James Square", "SW1Y 4LB", "London", "GB", line2=LOSE_PARCEL)


def a_call(number="1001", n=1, speed=1.0):
    lane = f"{number}-F{n}"
    key = f"{number}:shipping.hand_over:F{n}.1"
    return Call(number, lane, "hand_over", 1, key, NOON, speed=speed)


def told(database):
    with database.read() as session:
        return [act_record(row) for row in session.exec(select(ActRow).order_by(col(ActRow.seq)))]


def words(database):
    return [record.act.target for record in told(database)]


async def test_a_parcel_gets_a_number_that_checks(database):
    place(database, an_order())

    result = await SimulatedCarrier(database).hand_over(a_call())

    number = result.values["tracking"]
    assert tracking.recognise(number) == ("SIM",)
    assert result.fulfilment == {"carrier": "SIM", "tracking": number, "state": "shipped"}
    assert result.said == f"Handed to SIM, tracking {number}."


async def test_the_number_stands_on_the_fulfilment(database):
    place(database, an_order())

    result = await SimulatedCarrier(database).hand_over(a_call())

    with database.read() as session:
        fulfilment = load_fulfilment(session, "1001-F1")
    assert (fulfilment.carrier, fulfilment.tracking) == ("SIM", result.values["tracking"])
    assert fulfilment.state == FulfilmentState.SHIPPED


async def test_a_hand_over_asked_for_again_is_the_same_parcel(database):
    place(database, an_order())
    carrier = SimulatedCarrier(database)

    first, *others = await asyncio.gather(*(carrier.hand_over(a_call()) for _ in range(4)))

    assert all(other == first for other in others)
    with database.read() as session:
        assert len(session.exec(select(ParcelRow)).all()) == 1


async def test_parcels_of_one_order_have_numbers_of_their_own(sqlite_database):
    order = an_order()
    place(sqlite_database, order, a_fulfilment(order, 1), a_fulfilment(order, 2))
    carrier = SimulatedCarrier(sqlite_database)

    one = await carrier.hand_over(a_call(n=1))
    two = await carrier.hand_over(a_call(n=2))

    assert one.values["tracking"] != two.values["tracking"]


async def test_a_parcel_is_delivered_after_two_days(database):
    place(database, an_order())
    carrier = SimulatedCarrier(database)
    await carrier.hand_over(a_call())

    news = [carrier.report(NOON + timedelta(hours=hours)) for hours in (3, 4, 5, 44, 48, 49, 900)]

    assert news == [0, 1, 0, 1, 1, 0, 0]
    assert words(database) == ["carrier.in_transit", "carrier.out_for_delivery", "carrier.delivered"]


async def test_what_the_carrier_says_names_the_parcel_and_the_moment(sqlite_database):
    place(sqlite_database, an_order())
    carrier = SimulatedCarrier(sqlite_database)
    number = (await carrier.hand_over(a_call())).values["tracking"]

    carrier.report(NOON + timedelta(days=9))

    record = told(sqlite_database)[-1]
    assert record.act.id == f"SIM:{number}:delivered"
    assert (record.act.lane, record.act.tracking) == ("1001-F1", number)
    assert (record.order, record.by, record.at) == ("1001", "SIM", NOON + timedelta(hours=48))


async def test_time_that_runs_faster_runs_faster_for_parcels_too(sqlite_database):
    place(sqlite_database, an_order())
    carrier = SimulatedCarrier(sqlite_database)
    await carrier.hand_over(a_call(speed=3_600 * 48))

    assert carrier.report(NOON + timedelta(seconds=1)) == 3


async def test_two_workers_report_each_event_once(database):
    place(database, an_order())
    carrier = SimulatedCarrier(database)
    await carrier.hand_over(a_call())
    later = NOON + timedelta(hours=50)

    counts = await asyncio.gather(*(asyncio.to_thread(carrier.report, later) for _ in range(4)))

    assert sum(counts) == 3
    assert len(words(database)) == 3


async def test_a_lost_parcel_is_picked_up_and_never_heard_of_again(sqlite_database):
    place(sqlite_database, an_order(shipping_address=LOST))
    carrier = SimulatedCarrier(sqlite_database)
    await carrier.hand_over(a_call())

    carrier.report(NOON + timedelta(days=400))

    assert words(sqlite_database) == ["carrier.in_transit"]


async def test_a_closed_carrier_takes_nothing_and_can_be_asked_again(sqlite_database):
    place(sqlite_database, an_order())
    carrier = SimulatedCarrier(sqlite_database, closed=True)

    with pytest.raises(CarrierUnavailable):
        await carrier.hand_over(a_call())
    carrier.closed = False

    assert (await carrier.hand_over(a_call())).values["carrier"] == "SIM"
