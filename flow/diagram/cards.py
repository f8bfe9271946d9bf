"""How large a node is drawn, and where on it its words and ways out stand."""

from dataclasses import dataclass, field

from flow.diagram.measure import wrap
from flow.diagram.routes import Routes, Side
from flow.diagram.sketch import Exit, Node

WIDTH = 236.0
TEXT_LEFT, TEXT_RIGHT = 44.0, 12.0
TITLE, UNDER, SMALL = 13.0, 11.0, 11.5
TITLE_LINE, UNDER_LINE, EXIT_LINE = 17.0, 14.0, 15.0
PAD = 10.0
LEAST = 46.0
STACKED = (8.0, 4.0)
EXIT_PAD = 7.0
EXIT_ROOM = WIDTH - 46
NOTE_MARK = 16.0
FIRST_ENTRY, ENTRY_STEP = 12.0, 10.0
ASIDE = 5.0  # a line in from the right is no continuation of one in from the left
NUDGE = 3.0  # a line out on the left is no continuation of one out on the right


@dataclass(frozen=True, slots=True)
class Row:
    """A way out that leaves by a side; `top` and `height` within the card."""

    n: int
    exit: Exit
    side: Side
    lines: tuple[str, ...]
    top: float
    height: float

    @property
    def port(self) -> float:
        return self.top + self.height / 2 + (NUDGE if self.side is Side.LEFT else -NUDGE)


@dataclass(frozen=True, slots=True)
class Card:
    node: Node
    title: tuple[str, ...]
    under: tuple[str, ...]
    note: tuple[str, ...]
    head: float
    rows: tuple[Row, ...] = ()
    below: tuple[str, ...] = field(default=())  # words beside the line straight down

    @property
    def height(self) -> float:
        return self.rows[-1].top + self.rows[-1].height + 3 if self.rows else self.head

    @property
    def raised(self) -> float:
        """How far the cards behind it stand out, up and to the right."""
        return STACKED[0] if self.node.look == "each" else 0.0

    def entry(self, n: int, side: Side) -> float:
        """Where the nth trunk comes in."""
        first = 18 - ENTRY_STEP if self.node.is_pill else FIRST_ENTRY
        return first + n * ENTRY_STEP + (ASIDE if side is Side.RIGHT else 0)


def card(node: Node, routes: Routes) -> Card:
    room = WIDTH - TEXT_LEFT - TEXT_RIGHT
    title = wrap(node.title, room, TITLE, 3, bold=True)
    under = wrap(node.under, room, UNDER, 2)
    note = wrap(node.note, room - NOTE_MARK, UNDER, 3)
    least, pad = (36.0, 6) if node.is_pill else (LEAST, PAD)
    head = max(least, 2 * pad + len(title) * TITLE_LINE + (len(under) + len(note)) * UNDER_LINE)
    return Card(node, title, under, note, head, _rows(node, routes, head), _below(node, routes))


def _rows(node: Node, routes: Routes, head: float) -> tuple[Row, ...]:
    if node.is_pill:
        return ()
    rows: list[Row] = []
    top = head
    left = routes.leaving(node.id, Side.LEFT)
    for n in sorted(left | routes.leaving(node.id, Side.RIGHT)):
        exit = node.exits[n]
        lines = wrap(exit.text, EXIT_ROOM, SMALL, 3)
        height = len(lines) * EXIT_LINE + EXIT_PAD
        rows.append(Row(n, exit, Side.LEFT if n in left else Side.RIGHT, lines, top, height))
        top += height
    return tuple(rows)


def _below(node: Node, routes: Routes) -> tuple[str, ...]:
    n = routes.down.get(node.id)
    if n is None or node.exits[n].plain_then:
        return ()
    return wrap(node.exits[n].text, WIDTH / 2 - 6, SMALL, 3)
