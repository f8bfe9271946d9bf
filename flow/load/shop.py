"""Calendars, roles and events, read from the shop's files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.calendar import DAY, WEEKDAYS, Span, WorkingCalendar
from domain.errors import BadInput
from flow.catalogue import Event
from flow.load.form import Book, Form
from flow.load.reader import Node, Table, read
from flow.typed import meant

NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
EVENT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
TIME = re.compile(r"(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)\Z", re.ASCII)
PERMISSIONS = (
    "place",
    "see",
    "answer",
    "event",
    "cancel",
    "return",
    "refund",
    "address",
    "edit",
    "resend",
    "hold",
    "release",
    "retry",
    "skip",
    "note",
    "claim",
    "take_over",
    "stock",
    "publish",
    "accounts",
    "customers",
    "erase",
    "reconcile",
    "export",
    "numbers",
    "ship",
)


@dataclass(frozen=True, slots=True)
class Role:
    """`permissions` are words of `PERMISSIONS`."""

    name: str
    about: str
    permissions: frozenset[str]


def read_calendars(source: str | bytes, file: str) -> tuple[dict[str, WorkingCalendar], Book]:
    book, forms = entries(source, file, ("about", "zone", "hours", "holidays"), "a calendar", NAME)
    calendars = [_calendar(form) for form in forms]
    return {calendar.name: calendar for calendar in calendars if calendar}, book


def _calendar(form: Form) -> WorkingCalendar | None:
    form.needs("zone", "add zone: Europe/Berlin")
    form.needs("hours", "add hours: {mon-fri: 09:00-17:00}")
    hours = _hours(form)
    holidays = frozenset(_holidays(form))
    zone = form.text("zone")
    if form.book.findings:
        return None
    try:
        return WorkingCalendar(form.where[0], zone, hours, holidays)
    except BadInput as error:
        node = form.book.at((*form.where, "zone" if error.field == "zone" else "hours"))
        form.wrong(node, str(error), "see docs for how a calendar is written", "calendar")
        return None


def _hours(form: Form) -> dict[int, tuple[Span, ...]]:
    hours: dict[int, tuple[Span, ...]] = {}
    for days, said in form.words("hours").items():
        node = form.book.at((*form.where, "hours", days))
        spans = [_span(part) for part in said.split(",")]
        weekdays = _weekdays(days)
        if not weekdays:
            form.wrong(node, f"'{days}' is no weekday", "write mon, or mon-fri", "calendar")
        if any(span is None for span in spans):
            form.wrong(node, f"'{said}' is no time of day", "write 09:00-12:30, 13:00-17:00", "calendar")
        for weekday in weekdays:
            if weekday in hours:
                form.wrong(node, f"{WEEKDAYS[weekday]} is set twice", "keep one of them", "calendar")
            hours[weekday] = tuple(span for span in spans if span)
    return hours


def _weekdays(days: str) -> range:
    first, _, last = days.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return range(0)
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)


def _span(text: str) -> Span | None:
    match = TIME.match(text.strip())
    if match is None:
        return None
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return Span(opens, closes) if opens < closes <= DAY else None


def _holidays(form: Form) -> Iterator[date]:
    for day in form.words("holidays"):
        try:
            yield date.fromisoformat(day)
        except ValueError:
            node = form.book.at((*form.where, "holidays", day))
            form.wrong(node, f"'{day}' is no date", "write it as in 2026-12-25", "calendar")


def read_roles(source: str | bytes, file: str) -> tuple[dict[str, Role], Book]:
    book, forms = entries(source, file, ("about", "permissions"), "a role", NAME)
    return {form.where[0]: _role(form) for form in forms}, book


def _role(form: Form) -> Role:
    form.needs("about", "add about: what this role does")
    form.needs("permissions", "add permissions: [see]")
    permissions = form.names("permissions")
    for n, name in enumerate(permissions):
        if name not in PERMISSIONS:
            node = form.book.at((*form.where, "permissions", str(n)))
            near = meant(name, PERMISSIONS)
            hint = f" - did you mean '{near}'?" if near else ""
            known = f"known: {', '.join(PERMISSIONS)}"
            form.wrong(node, f"there is no permission '{name}'{hint}", known, "role")
    return Role(form.where[0], form.text("about"), frozenset(permissions))


def read_events(source: str | bytes, file: str) -> tuple[dict[str, Event], Book]:
    book, forms = entries(source, file, ("about", "fields"), "an event", EVENT)
    return {form.where[0]: _event(form) for form in forms}, book


def _event(form: Form) -> Event:
    form.needs("about", "add about: what has happened")
    fields = form.kinds("fields")
    choices = [name for name, kind in fields.items() if kind.startswith("choice ")]
    if len(choices) > 1:
        node = form.book.at((*form.where, "fields", choices[1]))
        form.wrong(node, "an event has one choice field at most", "make two events of it", "choices")
    return Event(form.where[0], form.text("about"), fields)


def entries(
    source: str | bytes, file: str, known: tuple[str, ...], what: str, pattern: re.Pattern[str]
) -> tuple[Book, list[Form]]:
    """A file of named tables."""
    table, findings = read(source, file)
    book = Book(file, findings, unreadable=bool(findings) and not table.rows)
    forms: list[Form] = []
    for name, node in table.rows.items():
        book.places[(name,)] = table.keys[name]
        if not pattern.match(name):
            book.add(table.keys[name], f"'{name}' is no name for {what}", "write small letters", "id")
        _keep(book, forms, node, known, name, what)
    return book, forms


def _keep(book: Book, forms: list[Form], node: Node, known: tuple[str, ...], name: str, what: str) -> None:
    if isinstance(node, Table):
        forms.append(Form(book, node, known, (name,), what))
    else:
        book.add(node, f"{what} is a table", "write its keys below it, indented", "value")
