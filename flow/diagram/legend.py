"""What the marks of a picture mean: of those that are on it."""

from collections.abc import Iterator

from flow.diagram.icons import mark
from flow.diagram.measure import width
from flow.diagram.sketch import Sketch

LINE = 22.0
GAP = 20.0
WORDS = {
    "run": "the machine does it",
    "ask": "a person answers",
    "decide": "a decision",
    "wait": "a wait",
    "tell": "a notice",
    "each": "a lane for each",
    "late": "when late",
    "refusal": "when refused",
}


def legend_height(drawn: Sketch, room: float) -> float:
    return 20 + LINE * (1 + max(line for line, _, _ in _places(drawn, room)))


def legend(drawn: Sketch, x: float, y: float, room: float) -> Iterator[str]:
    for line, at, look in _places(drawn, room):
        tone = look if look in {"late", "refusal"} else f"node {look}"
        base = y + line * LINE
        yield f'<g class="{tone}">{mark(look, x + at, base + 4, 15)}'
        yield f'<text class="soft" x="{x + at + 20:g}" y="{base + 16:g}">{WORDS[look]}</text></g>'


def _places(drawn: Sketch, room: float) -> list[tuple[int, float, str]]:
    """Of each mark its line, and how far from the left."""
    places: list[tuple[int, float, str]] = []
    line, at = 0, 0.0
    for look in _looks(drawn):
        wide = 20 + width(WORDS[look], 11.5)
        if at and at + wide > room:
            line, at = line + 1, 0.0
        places.append((line, at, look))
        at += wide + GAP
    return places


def _looks(drawn: Sketch) -> list[str]:
    kinds = {each.kind.value for node in drawn.nodes for each in node.exits}
    there = {node.look for node in drawn.nodes} | kinds
    return [look for look in WORDS if look in there]
