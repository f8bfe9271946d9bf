"""
Tables as CSV (RFC 4180): any text stays a text, and any figure a figure, in every spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from domain.exports import Cell, Sheet
from domain.money import Money, exponent

# Full-width ones too: spreadsheets of East Asia take them for the plain ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
LINES_AT_ONCE = 100


def write_csv(sheet: Sheet) -> Iterator[str]:
    """The head, and then so many lines at a time."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    for n, row in enumerate(sheet.rows, 1):
        writer.writerow([cell_text(cell) for cell in row])
        if n % LINES_AT_ONCE == 0:
            yield _emptied(text)
    yield _emptied(text)


def cell_text(cell: Cell) -> str:
    """As it stands in the file, before quoting."""
    return WRITTEN[type(cell)](cell)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; NUL, which no CSV can hold, is left out."""
    begins = text.lstrip(" ")[:1] or text[:1]
    return ("'" if begins in FORMULA and begins else "") + text.replace("\0", "")


def amount(money: Money) -> str:
    """`19.90`: exact, with all decimals of its currency."""
    return f"{money.major:.{exponent(money.currency)}f}"


def _seconds(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    str: harmless,
    bool: lambda yes: "yes" if yes else "no",
    int: str,
    Decimal: "{:f}".format,
    Money: amount,
    tuple: lambda monies: "; ".join(map(str, monies)),
    datetime: _seconds,
    date: date.isoformat,
}


def _emptied(text: StringIO) -> str:
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written
