"""Ways drawn: round corners, and a tip where they come in."""

from collections.abc import Iterator, Sequence

from flow.diagram.cards import EXIT_LINE
from flow.diagram.faces import escape
from flow.diagram.layout import Layout, Line, Point
from flow.diagram.overlay import Overlay
from flow.diagram.sketch import Sketch

ROUND = 7.0
TIP, HALF = 8.0, 4.5


def lines(drawn: Sketch, layout: Layout, overlay: Overlay) -> Iterator[str]:
    """Those taken last, so that they lie on top."""
    told = sorted(layout.lines, key=lambda line: overlay.was_taken(line.start, line.to))
    for line in told:
        yield from _way(drawn, layout, overlay, line)


def _way(drawn: Sketch, layout: Layout, overlay: Overlay, line: Line) -> Iterator[str]:
    node, goal = drawn.by_id[line.start], drawn.by_id[line.to]
    exit = node.exits[line.exit]
    said = f"{node.title}: {exit.text}" if exit.text else node.title
    yield f'<g class="{_looks(overlay, line, exit.where)}">'
    yield f"<title>{escape(f'{said} → {goal.title}')}</title>"
    # Drawn from its goal: where lines run together, their dashes lie on one another.
    yield f'<path d="{_path(_shortened(tuple(reversed(line.points))))}"/>{_tip(line.points)}'
    yield from _words(layout, line)
    yield "</g>"


def _looks(overlay: Overlay, line: Line, where: tuple[str, ...]) -> str:
    looks = ["way", line.kind.value]
    if overlay.was_taken(line.start, line.to):
        looks.append("taken")
    elif overlay.path:
        looks.append("dim")
    if overlay.never_taken(where):
        looks.append("never")
    return " ".join(looks)


def _words(layout: Layout, line: Line) -> Iterator[str]:
    if not line.is_down:
        return
    x, y = line.points[0]
    for n, text in enumerate(layout.boxes[line.start].card.below):
        yield f'<text class="halo" x="{x + 8:g}" y="{y + 15 + n * EXIT_LINE:g}">{escape(text)}</text>'


def _shortened(points: Sequence[Point]) -> list[Point]:
    """The tip takes the last of the line."""
    (x, y), (before_x, before_y) = points[0], points[1]
    dx = (before_x > x) - (before_x < x)
    dy = (before_y > y) - (before_y < y)
    return [(x + dx * (TIP - 1), y + dy * (TIP - 1)), *points[1:]]


def _tip(points: Sequence[Point]) -> str:
    (x, y), (before_x, _) = points[-1], points[-2]
    if before_x == x:
        return f'<path class="tip" d="M{x:g} {y:g}l{-HALF:g} {-TIP:g}h{2 * HALF:g}z"/>'
    back = TIP if before_x > x else -TIP
    return f'<path class="tip" d="M{x:g} {y:g}l{back:g} {-HALF:g}v{2 * HALF:g}z"/>'


def _path(points: Sequence[Point]) -> str:
    """Corners are cut by a curve as far as both their sides allow."""
    said = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(ROUND, _far(before, corner) / 2, _far(corner, after) / 2)
        (ax, ay), (bx, by) = _towards(corner, before, room), _towards(corner, after, room)
        said.append(f"L{ax:g} {ay:g}Q{corner[0]:g} {corner[1]:g} {bx:g} {by:g}")
    said.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(said)


def _far(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, goal: Point, length: float) -> Point:
    far = _far(start, goal)
    share = length / far if far else 0
    return start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share
