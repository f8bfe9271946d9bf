from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.numbers import Speed, Unit, average_mark, scale_of, share, speed_of
from domain.period import Period


def period(first, last):
    return Period(first, last, "Europe/Berlin")


def test_a_month_has_a_bar_a_day_a_year_one_a_week_and_ten_years_one_a_month():
    month = scale_of(period(date(2026, 11, 1), date(2026, 11, 30)))
    assert (month.unit, len(month.begins)) == (Unit.DAY, 30)
    year = scale_of(period(date(2026, 1, 1), date(2026, 12, 31)))
    assert (year.unit, year.begins[:2], len(year.begins)) == (
        Unit.WEEK,
        (date(2026, 1, 1), date(2026, 1, 5)),
        53,
    )
    decade = scale_of(period(date(2016, 12, 15), date(2026, 12, 31)))
    assert (decade.unit, decade.begins[1], decade.begins[-1]) == (
        Unit.MONTH,
        date(2017, 1, 1),
        date(2026, 12, 1),
    )


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(0, 1_500), st.integers(0, 1_500))
def test_every_day_falls_into_exactly_one_bar(first, length, n):
    whole = period(first, date.fromordinal(first.toordinal() + length))
    scale = scale_of(whole)
    assert scale.begins[0] == first
    assert all(a < b for a, b in zip(scale.begins, scale.begins[1:], strict=False))
    day = date.fromordinal(first.toordinal() + min(n, length))
    place = scale.place(day)
    assert scale.begins[place] <= day
    assert place + 1 == len(scale.begins) or day < scale.begins[place + 1]


def test_half_take_no_longer_than_the_median_and_nine_of_ten_no_longer_than_the_other():
    assert speed_of(range(100, 0, -1)) == Speed(100, 50, 90)
    assert speed_of([7]) == Speed(1, 7, 7)
    assert speed_of([3, 1, 2]) == Speed(3, 2, 3)
    assert speed_of([]) == Speed()


def test_of_nothing_there_is_no_share_and_no_average():
    assert (share(1, 0), average_mark((0, 0, 0, 0, 0))) == (None, None)
    assert average_mark((1, 0, 0, 0, 1)) == 3
