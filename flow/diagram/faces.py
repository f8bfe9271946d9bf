"""Nodes drawn: a card with its mark, its words and its ways out; an end as a pill."""

from collections.abc import Iterator, Sequence

from flow.diagram.cards import (
    EXIT_LINE,
    NOTE_MARK,
    PAD,
    STACKED,
    TEXT_LEFT,
    TITLE_LINE,
    UNDER_LINE,
    WIDTH,
    Card,
    Row,
)
from flow.diagram.icons import mark
from flow.diagram.layout import Box
from flow.diagram.measure import width
from flow.diagram.overlay import Overlay
from flow.diagram.routes import Side
from flow.diagram.sketch import Kind, Node, Sketch

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
BADGE = 18.0
MOST_LANES = 3


def escape(text: str) -> str:
    """As text or as an attribute; signs that no document may hold are left out."""
    return "".join(ESCAPES.get(char, char) for char in text if char >= " " or char in "\t\n")


def face(drawn: Sketch, box: Box, overlay: Overlay) -> Iterator[str]:
    node, card = box.card.node, box.card
    place = f"translate({box.x:g} {box.y:g})"
    yield f'<g id="step-{escape(node.id)}" class="{_looks(node, overlay)}" transform="{place}">'
    yield f"<title>{escape(_told(drawn, node, overlay))}</title>"
    yield from (_pill(card) if node.is_pill else _card(card))
    yield from _words(card)
    for row in card.rows:
        yield from _row(row, never=overlay.never_taken(row.exit.where))
    yield from _badges(node, overlay)
    yield "</g>"


def _looks(node: Node, overlay: Overlay) -> str:
    looks = ["node", node.look]
    if node.id in overlay.position:
        looks.append("here")
    elif node.id in overlay.path:
        looks.append("passed")
    if overlay.is_dim(node.id):
        looks.append("dim")
    return " ".join(looks)


def _told(drawn: Sketch, node: Node, overlay: Overlay) -> str:
    """Everything of a node in full, for who listens or points at it."""
    parts = [f"{node.title} ({node.under})" if node.under else node.title]
    if node.note:
        parts.append(node.note[0].upper() + node.note[1:])
    parts += [
        f"{each.text}: {drawn.by_id[each.to].title}"
        for each in node.exits
        if each.to in drawn.by_id and each.text
    ]
    if lanes := overlay.position.get(node.id):
        parts.append(f"Here: {', '.join(lanes)}")
    if count := overlay.counts.get(node.id):
        parts.append(f"{_open(node, count, overlay)} here")
    if late := overlay.late.get(node.id):
        parts.append(f"{late} of these late")
    return ". ".join(parts)


def _card(card: Card) -> Iterator[str]:
    height = card.height
    size = f'width="{WIDTH:g}" height="{height:g}" rx="9"'
    if card.node.look == "each":
        yield from (f'<rect class="card behind" x="{off:g}" y="{-off:g}" {size}/>' for off in STACKED)
    yield f'<rect class="card" {size}/>'
    yield f'<path class="band" d="{_band(height)}"/>'
    yield f'<circle class="tint" cx="25" cy="{PAD + 13:g}" r="14"/>{mark(card.node.look, 16, PAD + 4, 18)}'


def _band(height: float) -> str:
    return (
        f"M9 0A9 9 0 0 0 0 9V{height - 9:g}A9 9 0 0 0 9 {height:g}Q5 {height:g} 5 {height - 4:g}V4Q5 0 9 0Z"
    )


def _pill(card: Card) -> Iterator[str]:
    yield f'<rect class="pill" width="{WIDTH:g}" height="{card.height:g}" rx="18"/>'
    yield f'<rect class="tint" width="{WIDTH:g}" height="{card.height:g}" rx="18"/>'
    yield mark(card.node.look, 16, 9, 18)


def _words(card: Card) -> Iterator[str]:
    tall = len(card.title) * TITLE_LINE + (len(card.under) + len(card.note)) * UNDER_LINE
    top = (card.head - tall) / 2
    yield from _text("title", card.title, TEXT_LEFT, top + 13, TITLE_LINE)
    top += len(card.title) * TITLE_LINE
    yield from _text("under", card.under, TEXT_LEFT, top + 11, UNDER_LINE)
    top += len(card.under) * UNDER_LINE
    if card.note:
        yield f'<g class="note">{mark("called-off", TEXT_LEFT, top, 13)}'
        yield from _text("what", card.note, TEXT_LEFT + NOTE_MARK, top + 11, UNDER_LINE)
        yield "</g>"


def _text(look: str, lines: Sequence[str], x: float, y: float, step: float) -> Iterator[str]:
    for n, line in enumerate(lines):
        yield f'<text class="{look}" x="{x:g}" y="{y + n * step:g}">{escape(line)}</text>'


def _row(row: Row, *, never: bool) -> Iterator[str]:
    left = row.side is Side.LEFT
    port = 0.0 if left else WIDTH
    looks = f"exit {row.exit.kind}" + (" never" if never else "")
    yield f'<g class="{looks}"><title>{escape(row.exit.text)}{" (never taken)" if never else ""}</title>'
    yield f'<path class="rule" d="M{14:g} {row.top:g}H{WIDTH - 14:g}"/>'
    x, anchor = (14.0, "start") if left else (WIDTH - 14, "end")
    base = row.top + row.height / 2 - (len(row.lines) - 1) * EXIT_LINE / 2 + 4
    for n, line in enumerate(row.lines):
        yield f'<text x="{x:g}" y="{base + n * EXIT_LINE:g}" text-anchor="{anchor}">{escape(line)}</text>'
    if row.exit.kind is not Kind.PLAIN:
        widest = max(width(line, 11.5) for line in row.lines)
        at = x + widest + 5 if left else x - widest - 18
        yield mark(row.exit.kind, at, row.top + row.height / 2 - 6.5, 13)
    yield f'<circle class="port" cx="{port:g}" cy="{row.port:g}" r="2.8"/></g>'


def _badges(node: Node, overlay: Overlay) -> Iterator[str]:
    """From the right edge inwards: who stands here, how many, how many of these late."""
    lanes = overlay.position.get(node.id, ())
    shown = ", ".join(lanes[:MOST_LANES]) + (
        f" +{len(lanes) - MOST_LANES}" if len(lanes) > MOST_LANES else ""
    )
    count = overlay.counts.get(node.id)
    at = WIDTH - 8
    for look, text in (
        ("lanes", shown),
        ("open", _open(node, count, overlay) if count else ""),
        ("late", _lateness(node, overlay)),
    ):
        if text:
            wide = width(text, 11, bold=True) + 14
            at -= wide
            yield (
                f'<g class="badge {look}">'
                f'<rect x="{at:g}" y="{-BADGE / 2:g}" width="{wide:g}" height="{BADGE:g}" rx="9"/>'
                f'<text x="{at + wide / 2:g}" y="4" text-anchor="middle">{escape(text)}</text></g>'
            )
            at -= 4


def _open(node: Node, count: int, overlay: Overlay) -> str:
    """`41 open, oldest 3 d`."""
    oldest = overlay.oldest.get(node.id, "")
    return f"{count} open" + (f", oldest {oldest}" if oldest else "")


def _lateness(node: Node, overlay: Overlay) -> str:
    late = overlay.late.get(node.id)
    if not late:
        return ""
    return "late" if node.id in overlay.position else f"{late} late"
