"""A document as a PDF, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.documents.ink import Ink, Style
from adapters.documents.layout import Layout, Piece
from adapters.documents.page import Block

SMALL, LARGE = 6.0, 18.0
PAPERS = {
    "a4": (210.0, 297.0, LARGE),
    "a5": (148.0, 210.0, 12.0),
    "a6": (105.0, 148.0, SMALL),
    "letter": (215.9, 279.4, LARGE),
    "4x6": (101.6, 152.4, SMALL),
}
MARK = Style(8, soft=True)


def pdf_of(title: str, documents: Sequence[Block], at: datetime, fonts: Sequence[Path] = ()) -> bytes:
    """
    The same bytes for the same words and `at`, which is when it was printed or issued.

    :raises SettingsRefused: one of `fonts` is none.
    """
    ink = Ink(title, at, fonts)
    for document in documents:
        wide, high, margin = PAPERS[document.paper]
        sheet = _Sheet(ink, title, wide, high, margin)
        layout = Layout(ink, high - 2 * margin - MARK.height)
        sheet.turn()
        for block in document.parts:
            for piece in layout.pieces(block, wide - 2 * margin):
                sheet.put(piece)
    return bytes(ink.pdf.output())


@dataclass(slots=True)
class _Sheet:
    """One document under way; from its second page on, each says whose it is."""

    ink: Ink
    title: str
    wide: float
    high: float
    margin: float
    page: int = 0
    y: float = 0.0

    def turn(self) -> None:
        self.page += 1
        self.ink.pdf.add_page(format=(self.wide, self.high))
        self.y = self.margin
        if self.page > 1:
            mark, width = f"{self.title} · {self.page}", self.wide - 2 * self.margin
            (shown, *_) = self.ink.wrap(mark, width, MARK)
            self.ink.line(self.margin, self.high - self.margin, width, shown, MARK, mark, "R")

    def put(self, piece: Piece) -> None:
        if self.y + piece.height > self.high - self.margin and self.y > self.margin:
            self.turn()
            for head in piece.head:
                self._paint(head)
        self._paint(piece)

    def _paint(self, piece: Piece) -> None:
        piece.paint(self.margin, self.y)
        self.y += piece.height
