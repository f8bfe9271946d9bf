"""What a carrier says between leaving and arriving reaches the customer once."""

from datetime import timedelta

import pytest

from adapters.database.order.acts import keep_act
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.shipping.parcel_news import ParcelNews
from adapters.mail.parcels import ParcelPost
from domain.act import Act, ActKind, ActRecord
from tests.adapters.placed import NOON, a_fulfilment, an_order

LATER = NOON + timedelta(minutes=5)


def scan(database, event, at=NOON, **changes):
    about = {"lane": "1001-F1", "tracking": "SIM1", **changes}
    act = Act(f"SIM:{event}:{at}", ActKind.EVENT, target=f"carrier.{event}", **about)
    with database.write() as session:
        keep_act(session, ActRecord(act, order="1001", by="SIM", role="carrier", reason="", at=at))


@pytest.fixture
def parcels(office):
    part = a_fulfilment(an_order(), carrier="SIM", tracking="SIM1")
    with office.database.write() as session:
        save_fulfilments(session, [part])
    return ParcelPost(ParcelNews(office.database.url), office.post)


def subjects(office):
    return [office.row(id).subject for id in sorted(office_ids(office))]


def office_ids(office):
    with office.database.read() as session:
        return [row[0] for row in session.connection().exec_driver_sql("SELECT id FROM notice")]


async def test_a_parcel_that_comes_today_is_told_once(office, parcels):
    scan(office.database, "out_for_delivery")
    scan(office.database, "out_for_delivery")

    seen = [await parcels.report(LATER), await parcels.report(LATER)]

    assert seen == [1, 0]
    assert subjects(office) == ["Your order 1001 comes today"]
    assert len(office.server.taken) == 1


async def test_each_kind_of_news_has_its_own_words(office, parcels):
    for n, event in enumerate(("delayed", "attempted", "ready_for_pickup", "in_transit")):
        scan(office.database, event, at=NOON + timedelta(minutes=n))

    await parcels.report(LATER)

    assert sorted(subjects(office)) == [
        "Nobody was there: your parcel of order 1001",
        "Your parcel of order 1001 is late",
        "Your parcel of order 1001 waits to be picked up",
    ]


async def test_old_news_and_news_of_what_has_arrived_is_none(office, parcels):
    scan(office.database, "delayed", at=NOON - timedelta(days=2))
    scan(office.database, "out_for_delivery")
    scan(office.database, "delivered")

    await parcels.report(LATER)

    assert office.server.taken == []
    assert ParcelNews(office.database.url).waiting(LATER) == []


async def test_a_parcel_is_known_by_its_number_too(office, parcels):
    scan(office.database, "out_for_delivery", lane="")

    assert await parcels.report(LATER) == 1


async def test_while_no_mail_goes_out_the_news_waits(office, parcels):
    scan(office.database, "out_for_delivery")
    office.server.answers.append("451 Not now")

    waited = await parcels.report(LATER)
    sent = await parcels.report(LATER + timedelta(minutes=1))

    assert (waited, sent) == (0, 1)
