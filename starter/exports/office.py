"""Where exports are asked for: by a command, a program with a token, or on the screens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.audit import Deed, DeedKind
from domain.books import Booked
from domain.errors import BadInput
from domain.exports import Format, Sheet, What
from domain.period import Period, period_of
from starter.carrying import Person
from starter.exports.csv_text import write_csv
from starter.exports.journal import journal_sheet, write_beancount
from starter.exports.json_lines import write_json_lines

MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/jsonl; charset=utf-8",
    Format.BEANCOUNT: "text/plain; charset=utf-8",
}


class Tables(Protocol):
    """Our own books, read page by page."""

    def journal(self, period: Period) -> Iterator[Booked]: ...

    def orders(self, period: Period, now: datetime) -> Sheet: ...

    def lines(self, period: Period) -> Sheet: ...

    def customers(self, period: Period) -> Sheet: ...

    def stock(self, period: Period) -> Sheet: ...


class Log(Protocol):
    """The audit log."""

    def tell(self, *deeds: Deed) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Dates as they were typed, both days included; empty ones are the beginning, and today."""

    what: str
    format: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """`text` is read from our books as it is gone through, once."""

    name: str
    media: str
    text: Iterator[str]


@dataclass(frozen=True, slots=True)
class ExportOffice:
    """`zone` is the shop's time zone, in which its days begin and end."""

    tables: Tables
    log: Log
    zone: Callable[[], str]
    clock: Callable[[], datetime]
    shop: str

    def export(self, wanted: Wanted, person: Person) -> Export:
        """
        What is wanted; that it was handed out, and to whom, stands in the audit log first.

        :raises BadInput: no such export, format or date.
        """
        now = self.clock()
        what, format = _known(wanted)
        period = period_of(wanted.since, wanted.until, now, self.zone())
        text = _begun(self._text(what, format, period, now))
        told = f"{what.value} of {period} as {format.value}"
        subject = f"export.{what.value}"
        self.log.tell(Deed(now, DeedKind.READ, subject, told, role=person.role, by=person.name))
        return Export(f"{what.value}-{period.first}-{period.last}.{format.value}", MEDIA[format], text)

    def _text(self, what: What, format: Format, period: Period, now: datetime) -> Iterator[str]:
        if format == Format.BEANCOUNT:
            return write_beancount(self.tables.journal(period), period, self.shop)
        sheet = self._sheet(what, period, now)
        return write_csv(sheet) if format == Format.CSV else write_json_lines(sheet)

    def _sheet(self, what: What, period: Period, now: datetime) -> Sheet:
        match what:
            case What.JOURNAL:
                return journal_sheet(self.tables.journal(period))
            case What.ORDERS:
                return self.tables.orders(period, now)
            case What.LINES:
                return self.tables.lines(period)
            case What.CUSTOMERS:
                return self.tables.customers(period)
            case What.STOCK:
                return self.tables.stock(period)


def _known(wanted: Wanted) -> tuple[What, Format]:
    """:raises BadInput: there is no such export, or not in this format."""
    if wanted.what not in list(What):
        raise BadInput(f"{wanted.what[:40]!r} is none of {', '.join(What)}", "what")
    format = wanted.format or Format.CSV.value
    if format not in list(Format):
        raise BadInput(f"{format[:40]!r} is none of {', '.join(Format)}", "format")
    if format == Format.BEANCOUNT and wanted.what != What.JOURNAL:
        raise BadInput("Beancount has the journal alone", "format")
    return What(wanted.what), Format(format)


def _begun(text: Iterator[str]) -> Iterator[str]:
    """The same text, its first piece read: a database that does not answer is told before anything else."""
    first = next(text, "")

    def whole() -> Iterator[str]:
        yield first
        yield from text

    return whole()
