"""Rows of text out of a CSV file, each cell with the place where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class Cell:
    """`line` and `column` are those of its first character, counted from 1."""

    text: str
    line: int
    column: int


def rows(text: str, separator: str) -> Iterator[list[Cell]]:
    """
    Every row that is not blank. A cell in double quotes may hold separators, line breaks and, doubled,
    quotes.

    :raises BadInput: a quote that never ends, or that something follows; `field` is `line:column`.
    """
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"), separator)
    while reader.more:
        row = reader.row()
        if len(row) > 1 or row[0].text.strip():
            yield row


class _Reader:
    def __init__(self, text: str, separator: str) -> None:
        self._text = text
        self._separator = separator
        self._at = 0
        self._line = 1
        self._begin = 0  # of the line

    @property
    def more(self) -> bool:
        return self._at < len(self._text)

    def row(self) -> list[Cell]:
        row = [self._cell()]
        while self._next() == self._separator:
            self._at += 1
            row.append(self._cell())
        if self.more:
            self._new_line()
        return row

    def _cell(self) -> Cell:
        line, column = self._line, self._at - self._begin + 1
        text = self._quoted() if self._next() == '"' else self._plain()
        return Cell(text, line, column)

    def _plain(self) -> str:
        begin = self._at
        while self.more and self._next() not in (self._separator, "\n"):
            self._at += 1
        return self._text[begin : self._at]

    def _quoted(self) -> str:
        line, column = self._line, self._at - self._begin + 1
        parts = []
        while True:
            end = self._text.find('"', self._at + 1)
            if end < 0:
                raise BadInput("this quote never ends", f"{line}:{column}")
            parts.append(self._text[self._at + 1 : end])
            self._count_lines(self._at + 1, end)
            self._at = end + 1
            if self._next() != '"':
                break
            parts.append('"')
        if self._next() not in (self._separator, "\n", ""):
            here = f"{self._line}:{self._at - self._begin + 1}"
            raise BadInput("something follows the closing quote", here)
        return "".join(parts)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _new_line(self) -> None:
        self._at += 1
        self._line += 1
        self._begin = self._at

    def _count_lines(self, begin: int, end: int) -> None:
        breaks = self._text.count("\n", begin, end)
        if breaks:
            self._line += breaks
            self._begin = self._text.rindex("\n", begin, end) + 1
