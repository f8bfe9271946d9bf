"""When a parcel has to have left: by closing time, counted from the cut-off."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Span, WorkingCalendar
from domain.dispatch import Dispatch

BERLIN = ZoneInfo("Europe/Berlin")
LONG, SHORT = (Span(7 * 60, 12 * 60), Span(12 * 60 + 30, 16 * 60 + 30)), (Span(8 * 60, 12 * 60),)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
PACKERS = WorkingCalendar(
    "warehouse", "Europe/Berlin", {**dict.fromkeys(range(5), LONG), 5: SHORT}, CHRISTMAS
)
RULE = Dispatch(PACKERS, 14 * 60, express=0, standard=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("here", "express", "standard"),
    [
        ("11-24T09:10", "11-24T16:30", "11-25T16:30"),  # a Tuesday morning
        ("11-24T14:00", "11-24T16:30", "11-25T16:30"),  # at the cut-off
        ("11-24T14:00:01", "11-25T16:30", "11-26T16:30"),  # just after it
        ("11-24T23:59", "11-25T16:30", "11-26T16:30"),
        ("11-27T15:00", "11-28T12:00", "11-30T16:30"),  # Friday afternoon: Saturday is short
        ("11-28T13:00", "11-30T16:30", "12-01T16:30"),  # Saturday, closed already
        ("11-29T10:00", "11-30T16:30", "12-01T16:30"),  # Sunday
        ("12-24T15:00", "12-28T16:30", "12-29T16:30"),  # over Christmas
    ],
)
def test_a_parcel_leaves_by_closing_time(here, express, standard):
    assert RULE.ship_by(at(here), express=True) == at(express)
    assert RULE.ship_by(at(here), express=False) == at(standard)


def test_the_clock_on_the_wall_counts_whatever_zone_an_instant_is_told_in():
    assert RULE.ship_by(datetime(2026, 11, 24, 12, 59, tzinfo=UTC), express=True) == at("11-24T16:30")
    assert RULE.ship_by(datetime(2026, 11, 24, 13, 1, tzinfo=UTC), express=True) == at("11-25T16:30")


@given(st.integers(0, 366 * 24 * 60), st.integers(0, 5), st.timedeltas(timedelta(0), timedelta(3)))
def test_nobody_is_promised_the_past_and_who_comes_later_is_never_served_before(minutes, days, later):
    rule = Dispatch(PACKERS, 14 * 60, days, days)
    first = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    leaves = rule.ship_by(first, express=False)
    assert first < leaves <= rule.ship_by(first + later, express=False)
    assert PACKERS.opening(leaves - timedelta(minutes=1)) == leaves - timedelta(minutes=1)
