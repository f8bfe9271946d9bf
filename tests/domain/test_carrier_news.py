"""What of a carrier's scans is news."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from domain.carrier_news import WORDS, Scan, Scanned, new_scans

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


def at(hours: float, scan: Scan) -> Scanned:
    return Scanned(scan, MONDAY + timedelta(hours=hours))


JOURNEY = (at(1, Scan.IN_TRANSIT), at(30, Scan.OUT_FOR_DELIVERY), at(35, Scan.DELIVERED))


@pytest.mark.parametrize("order", list(permutations(JOURNEY)))
def test_scans_are_told_as_they_happened_however_they_stand_in_a_message(order):
    assert new_scans(order, None) == list(JOURNEY)


def test_what_was_told_is_not_told_again():
    for told in range(1, 4):
        assert new_scans(JOURNEY, JOURNEY[told - 1]) == list(JOURNEY[told:])


def test_a_scan_that_comes_late_is_stale():
    late = at(2, Scan.DELAYED)
    assert new_scans([*JOURNEY[:2], late], JOURNEY[1]) == []


def test_a_parcel_on_its_way_is_told_once_however_often_it_is_scanned():
    scans = [at(n, Scan.IN_TRANSIT) for n in range(5)]
    assert new_scans(scans, None) == scans[:1]
    again = [*scans, at(6, Scan.DELAYED), at(7, Scan.DELAYED), at(8, Scan.IN_TRANSIT)]
    assert new_scans(again, scans[0]) == [again[5], again[7]]


def test_every_attempt_is_told():
    tries = [at(30, Scan.ATTEMPTED), at(54, Scan.ATTEMPTED)]
    assert new_scans([*tries, *tries], None) == tries


def test_what_was_delivered_can_only_come_back_and_what_comes_back_is_not_delivered_to_the_customer():
    back = at(90, Scan.RETURNING)
    after = [at(40, Scan.IN_TRANSIT), back, at(95, Scan.IN_TRANSIT), at(120, Scan.DELIVERED)]
    assert new_scans([*JOURNEY, *after], JOURNEY[2]) == [back]


def test_the_events_of_a_flow_are_those_that_carriers_tell(flow_events):
    assert {scan.event for scan in Scan} == flow_events == set(WORDS)


@pytest.fixture(scope="module")
def flow_events():
    from config.settings import Settings  # noqa: PLC0415 - reading the shop takes a moment
    from starter.cli.shop import shop_of  # noqa: PLC0415

    return {name for name in shop_of(Settings.from_env({})).events if name.startswith("carrier.")}
