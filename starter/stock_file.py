"""A count of the shelves out of a CSV file: every row checked, each mistake with its place."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from domain.errors import BadInput
from domain.stock import is_thousandths
from domain.stock_book import Counted, CountProblem
from starter.formats.csv_text import Cell, rows

MAX_FILE = 16 * 1024 * 1024
MOST_ROWS = 20_000
MOST = Decimal(10) ** 9
LONGEST, LONGEST_TITLE, LONGEST_BIN = 128, 200, 40
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t")
NEEDED = ("sku", "on_hand")
T = TypeVar("T")
# Plain digits: Decimal itself would take 1_000, 1e5 and the digits of every script.
FIGURE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
KNOWN = ("sku", "location", "on_hand", "title", "safety", "low_at", "incoming", "bin")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of the file, counted from 1."""

    line: int
    column: int
    what: str


@dataclass(frozen=True, slots=True)
class StockFile:
    """
    The rows that can be read, the `cells` of each by column, and what is wrong with the others. `findings`
    empty means that `rows` are all of them.
    """

    rows: tuple[Counted, ...]
    cells: tuple[Mapping[str, Cell], ...]
    findings: tuple[Finding, ...]

    def place(self, problem: CountProblem) -> Finding:
        """Where in the file a problem of its count stands."""
        cells = self.cells[problem.row]
        cell = cells.get(problem.column) or cells["sku"]
        return Finding(cell.line, cell.column, problem.what)


def read_stock(content: bytes) -> StockFile:
    """
    Columns by the names in the first row: `sku`, `on_hand`, and if wanted `location` (else main), `title`,
    `safety`, `low_at`, `incoming`, and `bin`, where on the shelves it lies. Comma, semicolon or tab between
    them.
    """
    try:
        text = _text(content)
        return _checked(list(islice(rows(text, _separator(text)), MOST_ROWS + 2)))
    except BadInput as error:
        line, _, column = error.field.partition(":")
        what = str(error).removeprefix(f"{error.field}: ")
        return StockFile((), (), (Finding(int(line or 1), int(column or 1), what),))


def _text(content: bytes) -> str:
    """:raises BadInput: too large, or no UTF-8 text."""
    if len(content) > MAX_FILE:
        raise BadInput(f"the file is larger than {MAX_FILE // 1024 // 1024} MB; split it up")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "this is no UTF-8; save the file as “CSV UTF-8”", _at(content, error.start)
        ) from error
    if "\0" in text:
        raise BadInput("there is a NUL character here", _at(content, content.index(b"\0")))
    return text


def _at(content: bytes, byte: int) -> str:
    before = content[:byte].decode("utf-8-sig", "replace")
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _checked(table: Sequence[list[Cell]]) -> StockFile:
    """:raises BadInput: the file as a whole cannot be a count."""
    if not table:
        raise BadInput("there is nothing in the file")
    names = _names(table[0])
    if len(table) == 1:
        raise BadInput("there are no rows below the names of the columns")
    if len(table) > MOST_ROWS + 1:
        raise BadInput(f"there are more than {MOST_ROWS} rows; split the file up")
    reading = _Reading(names)
    for row in table[1:]:
        reading.read(row)
    return StockFile(tuple(reading.rows), tuple(reading.cells), tuple(reading.findings))


def _names(header: list[Cell]) -> list[str]:
    names = [cell.text.strip().lower().replace(" ", "_") for cell in header]
    for cell, name in zip(header, names, strict=True):
        place = f"{cell.line}:{cell.column}"
        if name not in KNOWN:
            raise BadInput(f"{cell.text[:40]!r} is none of the columns {', '.join(KNOWN)}", place)
        if names.count(name) > 1:
            raise BadInput(f"the column {name} stands there more than once", place)
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise BadInput(f"there is no column {missing[0]}", f"{header[0].line}:1")
    return names


class _Reading:
    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._seen: dict[tuple[str, str], int] = {}
        self.rows: list[Counted] = []
        self.cells: list[Mapping[str, Cell]] = []
        self.findings: list[Finding] = []

    def read(self, row: list[Cell]) -> None:
        if len(row) != len(self._names):
            what = f"{len(row)} cells, but {len(self._names)} columns"
            self.findings.append(Finding(row[0].line, row[0].column, what))
            return
        cells = dict(zip(self._names, row, strict=True))
        before = len(self.findings)
        counted = self._counted(cells)
        if len(self.findings) == before and self._is_new(counted, cells["sku"]):
            self.rows.append(counted)
            self.cells.append(cells)

    def _counted(self, cells: Mapping[str, Cell]) -> Counted:
        return Counted(
            sku=self._take(cells, "sku", _name) or "",
            location=self._take(cells, "location", _name) or "main",
            on_hand=self._take(cells, "on_hand", _figure) or Decimal(0),
            title=self._take(cells, "title", _title),
            safety=self._take(cells, "safety", _figure),
            low_at=self._take(cells, "low_at", _figure),
            incoming=self._take(cells, "incoming", _figure),
            bin=self._take(cells, "bin", _bin),
        )

    def _take(self, cells: Mapping[str, Cell], name: str, read: Callable[[str], T]) -> T | None:
        """None where the cell is empty, or wrong and noted."""
        cell = cells.get(name)
        if cell is None or (name not in NEEDED and not cell.text.strip()):
            return None
        try:
            return read(cell.text.strip())
        except BadInput as error:
            self.findings.append(Finding(cell.line, cell.column, f"{name}: {error}"))
            return None

    def _is_new(self, row: Counted, cell: Cell) -> bool:
        first = self._seen.setdefault((row.sku, row.location), cell.line)
        if first != cell.line:
            what = f"{row.sku} at {row.location} stands on line {first} already"
            self.findings.append(Finding(cell.line, cell.column, what))
        return first == cell.line


def _name(text: str) -> str:
    return _words(text, LONGEST)


def _title(text: str) -> str:
    return _words(text, LONGEST_TITLE)


def _bin(text: str) -> str:
    return _words(text, LONGEST_BIN)


def _words(text: str, longest: int) -> str:
    """:raises BadInput: nothing, too much, a formula, or what cannot be printed."""
    if not text:
        raise BadInput("there is nothing here")
    if text.startswith(FORMULA):
        raise BadInput(f"{text[:40]!r} begins like a formula of a spreadsheet")
    if len(text) > longest or not text.isprintable():
        raise BadInput(f"{text[:40]!r} is not a name of 1 to {longest} characters")
    return text


def _figure(text: str) -> Decimal:
    """:raises BadInput: no number from nought up, or finer than a thousandth."""
    if FIGURE.fullmatch(text) is None:
        advice = "; write 1.5 with a point" if "," in text else ""
        raise BadInput(f"{text[:40]!r} is not a quantity such as 0, 3 or 1.5{advice}")
    figure = Decimal(text)
    if figure > MOST:
        raise BadInput(f"{text[:40]} is more than there can be")
    if not is_thousandths(figure):
        raise BadInput(f"{text[:40]} is finer than a thousandth")
    return figure
