from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.period import EARLIEST, Period, midnight, period_of

NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
BERLIN = "Europe/Berlin"
TODAY = date(2026, 11, 21)


def test_a_day_begins_at_midnight_in_the_shops_own_zone():
    period = Period(date(2026, 11, 21), date(2026, 11, 22), BERLIN)
    assert period.begins == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert period.ends == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert period.days == 2
    assert period.day_of(NOW) == date(2026, 11, 22)


def test_the_days_on_which_clocks_change_are_as_long_as_they_are():
    def length(day):
        whole = Period(day, day, BERLIN)
        return whole.ends - whole.begins

    assert length(date(2026, 3, 29)) == timedelta(hours=23)
    assert length(date(2026, 10, 25)) == timedelta(hours=25)


def test_where_the_clock_jumps_over_midnight_the_day_begins_as_it_jumps():
    assert midnight(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_without_dates_it_is_everything_to_today_as_the_shop_counts_days():
    assert period_of("", "", NOW, BERLIN) == Period(EARLIEST, date(2026, 11, 22), BERLIN)
    assert period_of("", "", NOW, "UTC", days=7) == Period(date(2026, 11, 15), date(2026, 11, 21), "UTC")


@pytest.mark.parametrize(
    "typed", ["yesterday", "2026-13-01", "20261121", "2026-W47-1", "0001-01-01", "٢٠٢٦-01-01"]
)
def test_what_is_no_date_is_refused_by_its_field(typed):
    with pytest.raises(BadInput) as no:
        period_of(typed, "", NOW, BERLIN)
    assert no.value.field == "since"


def test_the_first_day_is_not_after_the_last():
    with pytest.raises(BadInput, match="is after"):
        period_of("2026-11-22", "2026-11-21", NOW, BERLIN)


def test_clocks_turn_in_the_period_where_they_are_changed():
    year = Period(date(2026, 1, 1), date(2026, 12, 31), BERLIN)
    assert year.offsets() == [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 3_600),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 7_200),
        (year.ends, 3_600),
    ]
    assert Period(TODAY, TODAY, "Asia/Kathmandu").offsets()[0][1] == 20_700


def test_clocks_that_jump_at_midnight_turn_between_two_days():
    turn = datetime(2018, 11, 4, 3, tzinfo=UTC)
    days = Period(date(2018, 11, 2), date(2018, 11, 5), "America/Sao_Paulo")
    assert days.offsets() == [(turn, -10_800), (days.ends, -7_200)]


@given(
    st.sampled_from([BERLIN, "Asia/Kathmandu", "America/Sao_Paulo", "Australia/Lord_Howe"]),
    st.integers(0, 10**9),
)
def test_an_instant_with_its_offset_falls_into_its_day(zone, seconds):
    at = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    day = Period(at.date(), at.date(), zone).day_of(at)
    period = Period(day - timedelta(days=200), day + timedelta(days=200), zone)
    ahead = next(seconds for until, seconds in period.offsets() if at < until)
    assert date(1970, 1, 1) + timedelta(days=(int(at.timestamp()) + ahead) // 86_400) == day


def test_what_is_longer_than_anybody_reads_is_refused():
    with pytest.raises(BadInput, match="longer than 10 days"):
        period_of("2026-01-01", "2026-01-11", NOW, BERLIN, most=10)
