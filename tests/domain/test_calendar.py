"""When the shop works, and what is due when."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Span, WorkingCalendar
from domain.duration import Duration
from domain.errors import BadInput

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingCalendar(
    "office",
    "Europe/Berlin",
    dict.fromkeys(range(5), (Span(9 * 60, 17 * 60),)),
    frozenset({date(2026, 12, 25)}),
)
LUNCH = WorkingCalendar(
    "lunch", "Europe/Berlin", dict.fromkeys(range(5), (Span(9 * 60, 12 * 60), Span(13 * 60, 17 * 60)))
)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def due(calendar: WorkingCalendar, start: str, length: str) -> str:
    end = calendar.after(berlin(start), Duration.parse(length))
    assert end.tzinfo is UTC
    return end.astimezone(BERLIN).strftime("%a %d %b %H:%M")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-11-23T10:00", "6 working hours", "Mon 23 Nov 16:00"),
        ("2026-11-23T16:00", "2 working hours", "Tue 24 Nov 10:00"),
        ("2026-11-23T15:00", "2 working hours", "Mon 23 Nov 17:00"),
        ("2026-11-27T16:30", "1 working hour", "Mon 30 Nov 09:30"),
        ("2026-11-28T12:00", "1 working hour", "Mon 30 Nov 10:00"),
        ("2026-12-24T16:00", "2 working hours", "Mon 28 Dec 10:00"),
        ("2026-11-23T10:00", "40 working hours", "Mon 30 Nov 10:00"),
        ("2026-11-23T10:00", "1 working day", "Tue 24 Nov 10:00"),
        ("2026-11-27T10:00", "1 working day", "Mon 30 Nov 10:00"),
        ("2026-11-23T16:59", "1 working day", "Tue 24 Nov 16:59"),
        ("2026-11-23T20:00", "1 working day", "Wed 25 Nov 09:00"),
        ("2026-11-23T06:00", "1 working day", "Tue 24 Nov 09:00"),
        ("2026-11-23T17:00", "1 working day", "Wed 25 Nov 09:00"),
        ("2026-12-24T10:00", "1 working day", "Mon 28 Dec 10:00"),
        ("2026-11-23T10:00", "14 days", "Mon 07 Dec 10:00"),
        ("2026-11-28T10:00", "30s", "Sat 28 Nov 10:00"),
    ],
)
def test_a_length_of_time_ends_when_the_office_says(start, length, end):
    assert due(OFFICE, start, length) == end


def test_a_working_day_is_not_so_many_working_hours():
    assert due(OFFICE, "2026-11-23T10:00", "1 working day") != due(
        OFFICE, "2026-11-23T10:00", "24 working hours"
    )


def test_the_lunch_break_is_no_working_time():
    assert due(LUNCH, "2026-11-23T11:00", "2 working hours") == "Mon 23 Nov 14:00"


def test_a_working_day_that_ends_in_nobodys_hours_ends_at_the_next_opening():
    saturday = {**LUNCH.hours, 5: (Span(8 * 60, 10 * 60),)}
    calendar = WorkingCalendar("shop", "Europe/Berlin", saturday)
    assert due(calendar, "2026-11-27T16:00", "1 working day") == "Sat 28 Nov 10:00"
    assert due(calendar, "2026-11-28T08:30", "1 working day") == "Mon 30 Nov 09:00"
    mixed = WorkingCalendar("mixed", "Europe/Berlin", {0: (Span(9 * 60, 17 * 60),), 1: LUNCH.hours[0]})
    assert due(mixed, "2026-11-23T12:30", "1 working day") == "Tue 24 Nov 13:00"


def test_the_clock_put_forward_takes_an_hour_from_the_night_shift():
    night = WorkingCalendar("night", "Europe/Berlin", dict.fromkeys(range(7), (Span(0, 6 * 60),)))
    assert due(night, "2026-03-29T00:00", "5 working hours") == "Sun 29 Mar 06:00"
    assert due(night, "2026-10-25T00:00", "5 working hours") == "Sun 25 Oct 04:00"


def test_a_time_that_the_clock_jumps_over_is_the_moment_of_the_jump():
    night = WorkingCalendar("night", "Europe/Berlin", dict.fromkeys(range(7), (Span(150, 360),)))
    begins = night.opening(berlin("2026-03-29T00:00"))
    assert begins == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_the_clock_shows_twice_opens_at_its_second_and_closes_at_its_first():
    """So that whoever looks at the clock sees them open from 02:30, and closed from 02:30."""
    late = WorkingCalendar("late", "Europe/Berlin", dict.fromkeys(range(7), (Span(150, 360),)))
    early = WorkingCalendar("early", "Europe/Berlin", dict.fromkeys(range(7), (Span(0, 150),)))
    midnight = berlin("2026-10-25T00:00")
    assert late.opening(midnight) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert early.after(midnight, Duration.parse("2 working hours")) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert early.opening(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == berlin("2026-10-26T00:00")


@pytest.mark.parametrize("minutes", range(0, 180, 20))
def test_a_working_day_from_the_doubled_hour_never_ends_before_one_from_earlier(minutes):
    always = WorkingCalendar("always", "Europe/Berlin", dict.fromkeys(range(7), (Span(0, 1440),)))
    day = Duration.parse("1 working day")
    start = datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(minutes=minutes)
    assert always.after(start, day) <= always.after(start + timedelta(minutes=20), day)


def test_a_calendar_without_working_time_is_refused():
    with pytest.raises(BadInput, match="no working time at all"):
        WorkingCalendar("closed", "Europe/Berlin", {0: ()})


@pytest.mark.parametrize("zone", ["Berlin", "", "../etc/passwd", "Europe/"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(BadInput, match="zone"):
        WorkingCalendar("nowhere", zone, OFFICE.hours)


@pytest.mark.parametrize(
    "spans", [(Span(600, 600),), (Span(600, 540),), (Span(540, 720), Span(700, 800)), (Span(0, 1441),)]
)
def test_opening_hours_that_overlap_or_end_before_they_begin_are_refused(spans):
    with pytest.raises(BadInput, match="mon: opening hours"):
        WorkingCalendar("muddle", "Europe/Berlin", {0: spans})


def test_a_length_beyond_all_years_is_refused():
    rare = WorkingCalendar("rare", "Europe/Berlin", {0: (Span(0, 1),)})
    with pytest.raises(BadInput, match="too long"):
        rare.after(berlin("9990-01-01T00:00"), Duration.parse("99999 working hours"))


@st.composite
def spans(draw):
    turns = draw(st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True))
    turns = sorted(turns)[: len(turns) // 2 * 2]
    return tuple(
        Span(opens * 15, closes * 15) for opens, closes in zip(turns[::2], turns[1::2], strict=True)
    )


ZONES = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Havana", "UTC"]
WEEKS = st.dictionaries(st.integers(0, 6), spans(), min_size=1)
DAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20)
CALENDARS = st.builds(WorkingCalendar, st.just("any"), st.sampled_from(ZONES), WEEKS, DAYS)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.builds(Duration, st.integers(1, 60), st.just("hour"), st.just(True))
WORKING = HOURS | st.builds(Duration, st.integers(1, 30), st.just("day"), st.just(True))


@given(CALENDARS, STARTS, WORKING)
@settings(max_examples=50, deadline=None)
def test_what_is_due_in_working_time_is_due_while_they_work(calendar, start, length):
    end = calendar.after(start, length)
    assert end > start
    just_before = end - timedelta(microseconds=1)
    assert end == calendar.opening(end) or just_before == calendar.opening(just_before)


@given(CALENDARS, STARTS, st.timedeltas(timedelta(0), timedelta(days=9)), WORKING)
@settings(max_examples=50, deadline=None)
def test_what_begins_later_is_never_due_earlier(calendar, start, later, length):
    assert calendar.after(start, length) <= calendar.after(start + later, length)


@pytest.mark.parametrize("zone", ZONES)
@given(st.integers(0, 8 * 60), st.integers(0, 60), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_nothing_is_due_earlier_around_the_night_when_the_clock_is_put_back(zone, minutes, later, days):
    always = WorkingCalendar("always", zone, dict.fromkeys(range(7), (Span(0, 1440),)))
    for evening in (datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 31, 22, tzinfo=UTC)):
        start = evening + timedelta(minutes=minutes)
        length = Duration(days, "day", working=True)
        assert always.after(start, length) <= always.after(start + timedelta(minutes=later), length)


@given(CALENDARS, STARTS, st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_working_hours_add_up(calendar, start, first, second):
    def hours(count: int) -> Duration:
        return Duration(count, "hour", working=True)

    apart = calendar.after(calendar.after(start, hours(first)), hours(second))
    assert apart == calendar.after(start, hours(first + second))


@given(CALENDARS, STARTS, st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_the_open_minutes_until_a_deadline_are_its_length(calendar, start, hours):
    """Counted the slow way: one quarter of an hour after the other, which no span cuts."""
    quarter = timedelta(minutes=15)
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    end = calendar.after(start, Duration(hours, "hour", working=True))
    count, at = 0, start
    while at < end:
        local = (at + quarter / 2).astimezone(ZoneInfo(calendar.zone))
        minute = local.hour * 60 + local.minute
        hours_of_day = calendar.hours.get(local.weekday(), ())
        closed = local.date() in calendar.holidays
        count += not closed and any(span.opens <= minute < span.closes for span in hours_of_day)
        at += quarter
    assert abs(count * quarter - timedelta(hours=hours)) <= 2 * timedelta(hours=1) * _turns(
        calendar, start, end
    )


def _turns(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """How often the clock is put back or forward meanwhile; a span in that hour is cut short."""
    zone = ZoneInfo(calendar.zone)
    days = [start + timedelta(days=n) for n in range((end - start).days + 2)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return sum(a != b for a, b in pairwise(offsets))
