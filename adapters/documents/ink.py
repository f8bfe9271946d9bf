"""Words and bars in a PDF: fonts that carry Latin, Cyrillic, Greek, Hebrew and Arabic, lines that fit."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextDirection, XPos, YPos
from fpdf.errors import FPDFException

from adapters.documents.barcode import Bars
from domain.errors import SettingsRefused

FONTS = Path(__file__).with_name("fonts")
FAMILY = "DejaVu"
FONT_BEGINNINGS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
GREY, BLACK = 90, 0
POINT = 25.4 / 72
LEADING = 1.32
RIGHT_TO_LEFT = ("R", "AL")
# Letters before Hebrew stand side by side as they come.
SHAPED = "\u0590"


@dataclass(frozen=True, slots=True)
class Style:
    """`size` in points."""

    size: float = 9.5
    bold: bool = False
    soft: bool = False
    caution: bool = False

    @property
    def height(self) -> float:
        """Of one line, in millimetres."""
        return self.size * POINT * LEADING


class Ink:
    """
    A PDF under way. `more` are the shop's own fonts, for letters that ours lack.

    :raises SettingsRefused: one of them is no font.
    """

    def __init__(self, title: str, at: datetime, more: Sequence[Path] = ()) -> None:
        _check(more)
        self.pdf = FPDF(unit="mm")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_title(title)
        self.pdf.set_creator("Orderkeeper")
        self.pdf.set_creation_date(at)
        self.pdf.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.pdf.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self._take_more(more)
        self._widths: dict[tuple[str, bool, float], float] = {}

    def _take_more(self, more: Sequence[Path]) -> None:
        for n, font in enumerate(more):
            try:
                self.pdf.add_font(f"more{n}", "", font)
            except (FPDFException, OSError, ValueError) as error:
                raise _no_font(font) from error
        if more:
            self.pdf.set_fallback_fonts([f"more{n}" for n in range(len(more))], exact_match=False)

    def wrap(self, text: str, width: float, style: Style) -> list[str]:
        """Lines no wider than `width`, in millimetres; a word that is wider is broken."""
        self._take(style, text)
        space = self._wide(" ", style)
        lines, left = [""], width
        for word in text.split():
            wide = self._wide(word, style)
            if lines[-1] and wide + space <= left:
                lines[-1] += f" {word}"
                left -= wide + space
                continue
            pieces = [word] if wide <= width else self._broken(word, width, style)
            lines = [*(lines if lines[-1] else []), *pieces]
            left = width - self._wide(pieces[-1], style)
        return lines

    def width(self, text: str, style: Style) -> float:
        self._take(style, text)
        return self._wide(text, style)

    def line(
        self, x: float, y: float, width: float, text: str, style: Style, whole: str, align: str
    ) -> None:
        """One line of `whole`, whose direction it has."""
        self._take(style, whole)
        self.pdf.set_xy(x, y)
        said = align or ("R" if runs_right_to_left(whole) else "L")
        self.pdf.cell(width, style.height, text, align=said, new_x=XPos.LEFT, new_y=YPos.TOP)

    def bars(self, x: float, y: float, height: float, module: float, bars: Bars) -> None:
        self.pdf.set_fill_color(BLACK)
        for at, wide in bars.bars:
            self.pdf.rect(x + at * module, y, wide * module, height, style="F")

    def rule(self, x: float, y: float, width: float, *, heavy: bool = False) -> None:
        self.pdf.set_draw_color(BLACK if heavy else 190)
        self.pdf.set_line_width(0.4 if heavy else 0.2)
        self.pdf.line(x, y, x + width, y)

    def _take(self, style: Style, whole: str) -> None:
        self.pdf.set_font(FAMILY, "B" if style.bold else "", style.size)
        self.pdf.set_text_color(GREY if style.soft else BLACK)
        if _is_plain(whole):  # shaping would change nothing, and takes ten times as long
            self.pdf.set_text_shaping(use_shaping_engine=False)
            return
        towards = TextDirection.RTL if runs_right_to_left(whole) else TextDirection.LTR
        self.pdf.set_text_shaping(use_shaping_engine=True, direction=towards)

    def _wide(self, word: str, style: Style) -> float:
        """Shaping takes its time, and the same words come again and again."""
        key = (word, style.bold, style.size)
        if key not in self._widths:
            self._widths[key] = float(self.pdf.get_string_width(word))
        return self._widths[key]

    def _broken(self, word: str, width: float, style: Style) -> list[str]:
        pieces = []
        while self._wide(word, style) > width:
            some = max(int(len(word) * width / self._wide(word, style)), 1)
            while some > 1 and self._wide(word[:some], style) > width:
                some -= 1
            # Marks stay with their letter.
            while some < len(word) - 1 and unicodedata.combining(word[some]):
                some += 1
            pieces.append(word[:some])
            word = word[some:]
            if not word:
                return pieces
        return [*pieces, word]


def _check(fonts: Sequence[Path]) -> None:
    """:raises SettingsRefused: one of them is no font; nothing was opened yet."""
    for font in fonts:
        if font.read_bytes()[:4] not in FONT_BEGINNINGS:
            raise _no_font(font)


def _no_font(font: Path) -> SettingsRefused:
    return SettingsRefused(f"{font.name} in config/documents/fonts is no font.")


def _is_plain(text: str) -> bool:
    """Latin, Greek or Cyrillic, a letter a glyph."""
    return all(letter < SHAPED and not unicodedata.combining(letter) for letter in text)


def runs_right_to_left(text: str) -> bool:
    """By its first letter that has a direction."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction == "L":
            return False
        if direction in RIGHT_TO_LEFT:
            return True
    return False
