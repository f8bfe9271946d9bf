"""
Charts as SVG, drawn here: bars side by side over the same scale, in the page's own colours.

Each stands beside a table of the same figures; the picture itself is one image to a screen reader.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from markupsafe import Markup

Say = Callable[[int], str]
WIDTH, HEIGHT = 460, 190
LEFT, RIGHT, TOP, BOTTOM = 58, 6, 10, 24
LINES = 4
NAMES = 6
# Of the room of a bar, so much is left between it and the next.
GAP = 0.24
WIDEST = 34
STEPS = (1, 2, 5, 10)
FILLED = 0.92
METER = 100


@dataclass(frozen=True, slots=True)
class Bars:
    """One colour of a chart: `kind` is its class in the style sheet."""

    name: str
    kind: str
    figures: Sequence[int]


def chart(
    title: str, names: Sequence[str], bars: Sequence[Bars], say: Say, axis: Say, unit: int = 1
) -> Markup:
    """
    Figures of nought or more: `say` writes one out, `axis` those of the lines, which stand at whole
    `unit`s. Nothing where there are no figures at all.
    """
    most = max((figure for each in bars for figure in each.figures), default=0)
    if most <= 0 or not names:
        return Markup("")
    top, lines = _scale(most, unit)
    room = (WIDTH - LEFT - RIGHT) / len(names)
    drawn = [
        *(_line(figure, top, axis(figure)) for figure in lines),
        *(_bar(bars, names, say, top, room, n) for n in range(len(names))),
        *_names(names, room),
    ]
    whole = f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    # Whatever comes from outside was escaped above.
    return Markup(f"{whole}{''.join(drawn)}</svg>")  # noqa: S704


def meter(figure: int, most: int, kind: str = "main") -> Markup:
    """A small bar within a table; its figure stands beside it."""
    width = METER * max(figure, 0) / most if most > 0 else 0
    bar = f'<rect class="{escape(kind)}" width="{width:.1f}" height="8"/>' if figure > 0 else ""
    head = f'<svg class="meter" viewBox="0 0 {METER} 8" preserveAspectRatio="none" aria-hidden="true">'
    return Markup(f"{head}{bar}</svg>")  # noqa: S704 - figures, and what was escaped above


def _scale(most: int, unit: int) -> tuple[int, list[int]]:
    """The height of the chart, and where its lines are: at round figures of whole units."""
    rough = most / unit / LINES
    size = 10 ** floor(log10(rough)) if rough >= 1 else 1
    step = unit * next(size * each for each in STEPS if size * each >= rough)
    top = step * ceil(most / step)
    return top, list(range(0, top + 1, step))


def _line(figure: int, top: int, said: str) -> str:
    y = _y(figure, top)
    kind = "grid" if figure else "base"
    line = f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(LEFT - 8, y + 4, "end", said)


def _bar(bars: Sequence[Bars], names: Sequence[str], say: Say, top: int, room: float, n: int) -> str:
    """Every colour of one place, with what a pointer over it is told."""
    wide = min(room * (1 - GAP) / len(bars), WIDEST)
    first = LEFT + room * (n + 0.5) - wide * len(bars) / 2
    told = "; ".join(f"{each.name} {say(each.figures[n])}" for each in bars)
    drawn = [_rect("over", LEFT + room * n, TOP, room)]
    for i, each in enumerate(bars):
        drawn.append(_rect(each.kind, first + wide * i, _y(max(each.figures[n], 0), top), wide * FILLED))
    return f"<g><title>{escape(names[n])}: {escape(told)}</title>{''.join(drawn)}</g>"


def _names(names: Sequence[str], room: float) -> list[str]:
    """As many as can be read beside each other."""
    every = ceil(len(names) / NAMES)
    shown = [(n, name) for n, name in enumerate(names) if n % every == 0]
    return [_text(LEFT + room * (n + 0.5), HEIGHT - 6, "middle", name) for n, name in shown]


def _rect(kind: str, x: float, y: float, width: float) -> str:
    """Down to the base of the chart."""
    height = HEIGHT - BOTTOM - y
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{escape(kind)}" {place}/>'


def _text(x: float, y: float, anchor: str, said: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


def _y(figure: int, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * figure / top
