"""Instants and lengths of time as people at a counter say them."""

from datetime import datetime, timedelta

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Beyond this a weekday no longer says which one.
WEEKDAYS_REACH = 6


def when(moment: datetime, now: datetime) -> str:
    """`today 17:00`, `Thu 17:00`, `27 Nov 17:00`: the instant on the clock of `now`'s time zone."""
    there = moment.astimezone(now.tzinfo)
    days = (there.date() - now.date()).days
    if days in (-1, 0, 1):
        return f"{('yesterday', 'today', 'tomorrow')[days + 1]} {there:%H:%M}"
    if abs(days) <= WEEKDAYS_REACH:
        return f"{DAYS[there.weekday()]} {there:%H:%M}"
    return f"{day(moment, now)} {there:%H:%M}"


def full(moment: datetime, now: datetime) -> str:
    """`Sun 22 Nov 2026, 17:00 CET`: nothing left to guess."""
    there = moment.astimezone(now.tzinfo)
    date = f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]} {there.year}"
    return f"{date}, {there:%H:%M} {there.tzname()}"


def day(moment: datetime, now: datetime) -> str:
    """`27 Nov`, with the year where it is another."""
    there = moment.astimezone(now.tzinfo)
    year = "" if there.year == now.year else f" {there.year}"
    return f"{there.day} {MONTHS[there.month - 1]}{year}"


def span(length: timedelta) -> str:
    """`40 s`, `5 min`, `26 h`, `3 days`: the unit people would choose, rounded down."""
    seconds = max(int(length.total_seconds()), 0)
    for unit, size, enough in (("days", 86_400, 2), ("h", 3_600, 2), ("min", 60, 1)):
        if seconds >= size * enough:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
