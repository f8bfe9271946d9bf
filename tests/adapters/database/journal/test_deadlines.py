"""Until when a wait may last: counted from when it began, in the calendar of its day."""

from datetime import UTC, datetime, timedelta

from adapters.database.desk.desk import Desk
from domain.journal import (
    Deadlines,
    WaitMoved,
)
from tests.adapters.database.given import (
    NOW,
    OFFICE,
    a_batch,
    a_task,
    place,
    the_journal,
)

HOUR = timedelta(hours=1)


def test_deadlines_count_from_when_the_wait_began(database):
    place(database.url, "1001")
    wait = a_task(since=NOW - HOUR, due="4 hours", remind="30s", late="2 days")
    answer = the_journal(database).write(a_batch(opened=(wait, a_task(step="pack"))))
    began = NOW - HOUR
    assert answer == (
        Deadlines("1001.review.1", began + 4 * HOUR, began + timedelta(seconds=30), began + 48 * HOUR),
        Deadlines("1001.pack.1"),
    )


def test_working_hours_are_counted_in_the_waits_calendar(database):
    place(database.url, "1001")
    journal = the_journal(database, {"office": OFFICE})
    wait = a_task(calendar="office", due="10 working hours", remind="10 hours")
    (answer,) = journal.write(a_batch(opened=(wait,)))
    tuesday_noon_in_berlin = datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert (answer.due, answer.remind) == (tuesday_noon_in_berlin, NOW + 10 * HOUR)


def test_a_calendar_that_is_gone_makes_a_deadline_earlier_not_none(database):
    place(database.url, "1001")
    wait = a_task(calendar="closed-down", due="4 working hours")
    (answer,) = the_journal(database).write(a_batch(opened=(wait,)))
    assert answer.due == NOW + 4 * HOUR


def test_speed_divides_every_deadline(database):
    place(database.url, "1001")
    journal = the_journal(database, {"office": OFFICE})
    wait = a_task(calendar="office", due="10 working hours", late="1 day")
    (answer,) = journal.write(a_batch(opened=(wait,), speed=60.0))
    assert (answer.due, answer.late) == (NOW + timedelta(minutes=26), NOW + timedelta(minutes=24))


def test_release_moves_the_deadlines_of_an_open_task(database):
    place(database.url, "1001")
    journal = the_journal(database)
    journal.write(a_batch(1, opened=(a_task(due="1 hour", late="2 hours"),)))
    journal.write(a_batch(2, moved=(WaitMoved("1001.review.1", NOW + 5 * HOUR, None, None),)))
    task = Desk(database.url).task("1001.review.1")
    assert (task.due, task.late) == (NOW + 5 * HOUR, None)
