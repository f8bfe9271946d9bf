"""How a document's blocks fill a page: each comes to pieces that fit, and none is cut."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from adapters.documents.barcode import QUIET, bars_of
from adapters.documents.ink import Ink, Style
from adapters.documents.page import Block

GAP = 2.2
COLUMN_GAP = 8.0
CELL_GAP = 3.0
RULE = 1.2
# A bar's width: what scanners like best, and the least that they read off a common printer.
WIDEST, NARROWEST = 0.33, 0.19
BAR_HEIGHT, BAR_HEIGHT_IN_ROW = 13.0, 8.0
TERM_SHARE = 0.34
STYLES = {
    "h1": Style(15, bold=True),
    "h2": Style(11, bold=True),
    "th": Style(8, bold=True, soft=True),
    "dt": Style(8.5, soft=True),
    "footer": Style(8, soft=True),
}
Paint = Callable[[float, float], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something `height` high that stands on one page; `head` is repeated above it on a new one."""

    height: float
    paint: Paint
    head: tuple["Piece", ...] = ()


class Layout:
    """`tallest` is what one page holds; nothing that it makes is higher."""

    def __init__(self, ink: Ink, tallest: float) -> None:
        self._ink = ink
        self._tallest = tallest

    def pieces(self, block: Block, width: float) -> list[Piece]:
        if block.tag == "table":
            return self._table(block, width)
        if block.tag == "columns":
            return self._columns(block, width)
        if block.tag == "dl":
            return self._pairs(block, width)
        if block.tag == "barcode":
            return [self._barcode(block.text, width, BAR_HEIGHT), self._space(GAP)]
        if block.tag == "hr":
            return [Piece(2 * GAP, lambda x, y: self._ink.rule(x, y + GAP, width))]
        return self._flow(block, width)

    def _flow(self, block: Block, width: float) -> list[Piece]:
        made = self._words(block, width)
        inner = parts_of(block)
        for part in inner:
            made += self.pieces(part, width)
        return [*made, self._space(GAP)] if block.lines or block.tag in ("header", "footer") else made

    def _words(self, block: Block, width: float, align: str = "") -> list[Piece]:
        style = style_of(block)
        return [
            self._line(text, width, style, whole, align)
            for whole in block.lines
            for text in self._ink.wrap(whole, width, style)
        ]

    def _line(self, text: str, width: float, style: Style, whole: str, align: str) -> Piece:
        return Piece(style.height, lambda x, y: self._ink.line(x, y, width, text, style, whole, align))

    def _space(self, height: float) -> Piece:
        return Piece(height, lambda _x, _y: None)

    def _barcode(self, text: str, width: float, height: float) -> Piece:
        style = Style(8)
        bars = bars_of(text)
        module = min(WIDEST, width / bars.width) if bars else 0.0
        if bars is None or module < NARROWEST:
            return stacked(
                self._line(part, width, style, text, "L") for part in self._ink.wrap(text, width, style)
            )
        # The letters begin where the bars do.
        below = [_beside([(QUIET * module, self._line(text, width, style, text, "L"))])]
        drawn = Piece(height + 1, lambda x, y: self._ink.bars(x, y, height, module, bars))
        return stacked([drawn, *below])

    def _columns(self, block: Block, width: float) -> list[Piece]:
        each = (width - COLUMN_GAP * (len(block.parts) - 1)) / max(len(block.parts), 1)
        columns = [
            [piece for part in column.parts for piece in self.pieces(part, each)] for column in block.parts
        ]
        if any(_height(column) > self._tallest for column in columns):
            return [piece for column in columns for piece in column]
        return [abreast([stacked(column) for column in columns], each + COLUMN_GAP)]

    def _pairs(self, block: Block, width: float) -> list[Piece]:
        term = width * TERM_SHARE
        made: list[Piece] = []
        names = [part for part in block.parts if part.tag == "dt"]
        values = [part for part in block.parts if part.tag == "dd"]
        for name, value in zip(names, values, strict=False):
            left = self._words(name, term - CELL_GAP)
            right = self._words(value, width - term)
            made += self._row([(0.0, left), (term, right)])
        return [*made, self._space(GAP)]

    def _table(self, block: Block, width: float) -> list[Piece]:
        rows = block.all("tr")
        head = [row for part in block.parts if part.tag == "thead" for row in part.parts]
        widths = self._widths(rows, width)
        above = tuple(piece for row in head for piece in self._table_row(row, widths, width, heavy=True))
        made = list(above)
        for row in rows:
            if row not in head:
                pieces = self._table_row(row, widths, width)
                made += [replace(piece, head=above) for piece in pieces]
        return [*made, self._space(GAP)]

    def _table_row(
        self, row: Block, widths: Sequence[float], width: float, *, heavy: bool = False
    ) -> list[Piece]:
        cells: list[tuple[float, list[Piece]]] = []
        at = 0.0
        for n, (cell, wide) in enumerate(zip(row.parts, widths, strict=False), 1):
            cells.append((at, self._cell(cell, wide - (CELL_GAP if n < len(widths) else 0))))
            at += wide
        rule = Piece(RULE, lambda x, y: self._ink.rule(x, y + RULE / 2, width, heavy=heavy))
        whole = self._row(cells)
        if len(whole) == 1:
            return [stacked([*whole, rule])]
        return [*whole, rule]

    def _cell(self, cell: Block, width: float) -> list[Piece]:
        align = "R" if "figure" in cell.classes else ""
        made = self._words(cell, width, align)
        for part in cell.parts:
            if part.tag == "barcode":
                made.append(self._barcode(part.text, width, BAR_HEIGHT_IN_ROW))
            else:
                made += self._words(part, width, align)
        return made

    def _row(self, cells: Sequence[tuple[float, list[Piece]]]) -> list[Piece]:
        """One piece; as many as there are lines, where they do not fit on a page together."""
        if max((_height(pieces) for _, pieces in cells), default=0.0) <= self._tallest:
            return [_beside([(at, stacked(pieces)) for at, pieces in cells])]
        most = max(len(pieces) for _, pieces in cells)
        return [_beside([(at, pieces[n]) for at, pieces in cells if n < len(pieces)]) for n in range(most)]

    def _widths(self, rows: Sequence[Block], width: float) -> list[float]:
        """Figures and narrow columns get what they need; the others share what is left."""
        many = max((len(row.parts) for row in rows), default=0)
        needs = [0.0] * many
        fixed = [False] * many
        for row in rows:
            for n, cell in enumerate(row.parts):
                fixed[n] = fixed[n] or bool(cell.classes & {"figure", "narrow"})
                needs[n] = max(needs[n], self._need(cell))
        given = [
            min(need + CELL_GAP, width / many * 1.25) if fix else 0.0
            for need, fix in zip(needs, fixed, strict=True)
        ]
        free = fixed.count(False)
        rest = (width - sum(given)) / free if free else 0.0
        return [given[n] if fixed[n] else rest for n in range(many)]

    def _need(self, cell: Block) -> float:
        said = [(line, style_of(block)) for block in (cell, *cell.parts) for line in block.lines]
        widths = [self._ink.width(line, style) for line, style in said if line]
        for part in cell.parts:
            bars = bars_of(part.text) if part.tag == "barcode" else None
            widths.append(bars.width * WIDEST if bars else 0.0)
        return max(widths, default=0.0)


def style_of(block: Block) -> Style:
    style = STYLES.get(block.tag, Style())
    if "big" in block.classes:
        style = replace(style, size=style.size * 1.5, bold=True)
    if "soft" in block.classes:
        style = replace(style, size=min(style.size, 8.5), soft=True)
    if block.classes & {"strong", "caution"}:
        style = replace(style, bold=True, soft=False)
    return style


def parts_of(block: Block) -> list[Block]:
    """Of a footer, as small as it is."""
    if block.tag != "footer":
        return block.parts
    return [replace(part, classes=part.classes | {"soft"}) for part in block.parts]


def stacked(pieces: Iterable[Piece]) -> Piece:
    """One piece out of several, one below the other."""
    all_ = tuple(pieces)

    def paint(x: float, y: float) -> None:
        for piece in all_:
            piece.paint(x, y)
            y += piece.height

    return Piece(_height(all_), paint)


def abreast(pieces: Sequence[Piece], step: float) -> Piece:
    """One piece out of several, side by side."""
    return _beside([(n * step, piece) for n, piece in enumerate(pieces)])


def _beside(pieces: Sequence[tuple[float, Piece]]) -> Piece:
    def paint(x: float, y: float) -> None:
        for at, piece in pieces:
            piece.paint(x + at, y)

    return Piece(max((piece.height for _, piece in pieces), default=0.0), paint)


def _height(pieces: Iterable[Piece]) -> float:
    return sum(piece.height for piece in pieces)
