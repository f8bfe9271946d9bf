"""When a wait is due, reminds and turns late: instants, from the durations of its flow."""

from collections.abc import Mapping
from datetime import UTC, datetime

from domain.calendar import WorkingCalendar
from domain.duration import Duration
from domain.journal import Batch, Deadlines, IncidentOpened, WaitOpened

Calendars = Mapping[str, WorkingCalendar]


def wait_deadlines(batch: Batch, calendars: Calendars) -> tuple[Deadlines, ...]:
    """The deadlines of each wait the batch opens, in its order, by the order's own clock."""
    return tuple(_deadlines(wait, calendars, batch.speed) for wait in batch.opened)


def incident_due(incident: IncidentOpened, speed: float) -> datetime | None:
    return _instant(incident.at, incident.due, None, speed)


def _deadlines(wait: WaitOpened, calendars: Calendars, speed: float) -> Deadlines:
    # A calendar that is gone from the config must not stop the orders whose flow still names it: they
    # count by the clock on the wall, and so come earlier rather than never.
    calendar = calendars.get(wait.calendar)
    due, remind, late = (
        _instant(wait.since, length, calendar, speed) for length in (wait.due, wait.remind, wait.late)
    )
    return Deadlines(wait.id, due, remind, late)


def _instant(
    start: datetime, length: str, calendar: WorkingCalendar | None, speed: float
) -> datetime | None:
    if not length:
        return None
    duration = Duration.parse(length)
    end = calendar.after(start, duration) if calendar else start + duration.plain
    return (start + (end - start) / speed).astimezone(UTC)
