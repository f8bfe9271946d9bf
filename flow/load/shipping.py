"""When parcels have to leave, read from config/shipping.yaml."""

import re
from collections.abc import Collection, Mapping

from domain.calendar import WorkingCalendar
from domain.dispatch import Dispatch
from domain.duration import Duration
from domain.errors import BadInput
from flow.load.form import Book, Form
from flow.load.rules import whole_file

KEYS = ("calendar", "cut_off", "express", "standard")
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\Z", re.ASCII)
SAME_DAY = "same day"
MOST_DAYS = 90


def read_shipping(
    source: str | bytes, file: str, calendars: Mapping[str, WorkingCalendar], names: Collection[str]
) -> tuple[Dispatch | None, Book]:
    """
    None where the file has findings, or names a calendar that has. `names` are those of all calendars,
    whose own mistakes are told once.
    """
    form = whole_file(source, file, KEYS, "shipping.yaml")
    form.needs("calendar", "add calendar: the one of those who pack")
    form.needs("cut_off", "add cut_off: 14:00")
    form.needs("express", f"add express: {SAME_DAY}")
    form.needs("standard", "add standard: 1 working day")
    name = form.one_of("calendar", tuple(sorted(names)), rule="calendar")
    cut_off, express, standard = _time(form), _days(form, "express"), _days(form, "standard")
    if form.book.findings or name not in calendars:
        return None, form.book
    return Dispatch(calendars[name], cut_off, express, standard), form.book


def _time(form: Form) -> int:
    node, said = form.node("cut_off"), form.text("cut_off")
    match = TIME.match(said)
    if node is not None and match is None:
        form.wrong(node, f"'{said}' is no time of day", "write it as in 14:00")
    return int(match[1]) * 60 + int(match[2]) if match else 0


def _days(form: Form, key: str) -> int:
    """Working days, nought for the same one."""
    node, said = form.node(key), form.text(key)
    if node is None or said == SAME_DAY:
        return 0
    try:
        length = Duration.parse(said)
    except BadInput:
        length = Duration(0, "")
    if length.working and length.unit == "day" and length.count <= MOST_DAYS:
        return length.count
    form.wrong(node, f"'{said}' is no number of working days", f"write {SAME_DAY}, or 2 working days")
    return 0
