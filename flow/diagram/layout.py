"""Where everything of a picture stands, in pixels."""

from collections import defaultdict
from dataclasses import dataclass

from flow.diagram.cards import EXIT_LINE, WIDTH, Card, card
from flow.diagram.place import Grid, placed
from flow.diagram.routes import Route, Routes, Side, Trunk, routed
from flow.diagram.sketch import Kind, Sketch
from flow.diagram.tracks import Run, tracks

MARGIN = 28.0
TRACK = 11.0
BESIDE, ARROW = 20.0, 22.0  # of a channel: room before its first track, and after its last
LEAST_CHANNEL = 48.0
ABOVE, BELOW = 12.0, 24.0  # the same of a channel between rows

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A way as drawn, from the side of one node to that of another, by its corners."""

    start: str
    exit: int
    to: str
    kind: Kind
    points: tuple[Point, ...]
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    card: Card


@dataclass(frozen=True, slots=True)
class Layout:
    """`top` is left free for the heading."""

    width: float
    height: float
    boxes: dict[str, Box]
    lines: tuple[Line, ...]


def laid_out(drawn: Sketch, top: float) -> Layout:
    """The same sketch is laid out the same."""
    return _Table(drawn, top).layout()


class _Table:
    """Rows first, as the bridges between them need only columns; then the channels between columns."""

    def __init__(self, drawn: Sketch, top: float) -> None:
        self.drawn = drawn
        self.grid: Grid = placed(drawn)
        self.routes: Routes = routed(drawn, self.grid)
        self.cards = {
            node.id: card(node, self.routes) for node in drawn.nodes if node.id in self.grid.cells
        }
        self.bridges = self._bridges()
        self.tops, self.height = self._rows(top)
        self.channels = self._channels()
        self.lefts, self.width = self._columns()

    def layout(self) -> Layout:
        boxes = {id: Box(*self._corner(id), card) for id, card in self.cards.items()}
        aside = [self._aside(route) for route in self.routes.aside]
        down = [self._down(id, n) for id, n in self.routes.down.items()]
        return Layout(self.width, self.height, boxes, (*aside, *down))

    def _corner(self, id: str) -> Point:
        cell = self.grid.cells[id]
        return self.lefts[cell.column], self.tops[cell.row]

    def _bridges(self) -> dict[int, dict[Trunk, int]]:
        runs: dict[int, dict[Trunk, Run[Trunk]]] = defaultdict(dict)
        for route in self.routes.aside:
            if route.bridge is not None:
                run = runs[route.bridge].setdefault(route.trunk, Run(route.trunk))
                start, goal = self.grid.cells[route.start], self.grid.cells[route.to]
                (run.before if start.row < route.bridge else run.after).append(100.0 * route.near)
                (run.before if goal.row < route.bridge else run.after).append(100.0 * route.far)
        return {channel: dict(tracks(list(each.values()))) for channel, each in runs.items()}

    def _rows(self, top: float) -> tuple[list[float], float]:
        tops: list[float] = []
        at = top
        for row in range(self.grid.rows):
            at += self._gap(row)
            tops.append(at)
            at += max((self.cards[id].height for id in self._in_row(row)), default=0)
        return tops, at + self._gap(self.grid.rows) + MARGIN / 2

    def _in_row(self, row: int) -> list[str]:
        return [id for id, cell in self.grid.cells.items() if cell.row == row]

    def _words_below(self, row: int) -> float:
        lines = max((len(self.cards[id].below) for id in self._in_row(row)), default=0)
        return lines * EXIT_LINE + (4 if lines else 0)

    def _gap(self, row: int) -> float:
        """The height of the channel above a row."""
        lines = 1 + max(self.bridges.get(row, {}).values(), default=-1)
        if row in {0, self.grid.rows}:
            return lines * TRACK + (ABOVE + BELOW if row == 0 else 0)
        return ABOVE + self._words_below(row - 1) + max(lines - 1, 0) * TRACK + BELOW

    def _bridge_y(self, route: Route) -> float:
        row = route.bridge
        assert row is not None
        track = self.bridges[row][route.trunk]
        if row == self.grid.rows:
            return self.height - MARGIN / 2 - track * TRACK - 4
        return self.tops[row] - BELOW + 8 - track * TRACK

    def _leaves_y(self, route: Route) -> float:
        drawn = self.cards[route.start]
        here = self.tops[self.grid.cells[route.start].row]
        ports = {row.n: row.port for row in drawn.rows}
        return here + ports.get(route.exit, drawn.head / 2)

    def _enters_y(self, route: Route) -> float:
        n = self.routes.trunks_into(route.to, route.enters).index(route.trunk)
        return self.tops[self.grid.cells[route.to].row] + self.cards[route.to].entry(n, route.enters)

    def _channels(self) -> dict[int, dict[Trunk, int]]:
        runs: dict[int, dict[Trunk, Run[Trunk]]] = defaultdict(dict)

        def seen(channel: int, trunk: Trunk, at: float, *, to_left: bool) -> None:
            run = runs[channel].setdefault(trunk, Run(trunk))
            (run.before if to_left else run.after).append(at)

        for route in self.routes.aside:
            leaves_to_left = route.leaves is Side.RIGHT
            enters_from_left = route.enters is Side.RIGHT
            seen(route.near, route.trunk, self._leaves_y(route), to_left=leaves_to_left)
            seen(route.far, route.trunk, self._enters_y(route), to_left=enters_from_left)
            if route.bridge is not None:
                across = self._bridge_y(route)
                seen(route.near, route.trunk, across, to_left=route.far < route.near)
                seen(route.far, route.trunk, across, to_left=route.near < route.far)
        return {channel: dict(tracks(list(each.values()))) for channel, each in runs.items()}

    def _columns(self) -> tuple[list[float], float]:
        lefts: list[float] = []
        at = 0.0
        for column in range(self.grid.columns):
            at += self._room(column)
            lefts.append(at)
            at += WIDTH
        return lefts, at + self._room(self.grid.columns)

    def _room(self, channel: int) -> float:
        lines = 1 + max(self.channels.get(channel, {}).values(), default=-1)
        outer = channel in {0, self.grid.columns}
        if not lines:
            return MARGIN if outer else LEAST_CHANNEL
        return max(LEAST_CHANNEL, BESIDE + (lines - 1) * TRACK + ARROW)

    def _track_x(self, channel: int, trunk: Trunk) -> float:
        track = self.channels[channel][trunk] * TRACK
        if channel == self.grid.columns:
            return self.lefts[-1] + WIDTH + BESIDE + track
        used = max(self.channels[channel].values()) * TRACK
        right = self.lefts[channel]
        spare = self._room(channel) - used
        return right - self._room(channel) + spare / 2 + track

    def _aside(self, route: Route) -> Line:
        (left, _), (goal_left, _) = self._corner(route.start), self._corner(route.to)
        leave, enter = self._leaves_y(route), self._enters_y(route)
        near, far = self._track_x(route.near, route.trunk), self._track_x(route.far, route.trunk)
        first = (left + (WIDTH if route.leaves is Side.RIGHT else 0), leave)
        right = WIDTH + self.cards[route.to].raised
        last = (goal_left + (right if route.enters is Side.RIGHT else 0), enter)
        corners = [(near, leave), (near, enter)]
        if route.bridge is not None:
            across = self._bridge_y(route)
            corners = [(near, leave), (near, across), (far, across), (far, enter)]
        return Line(route.start, route.exit, route.to, route.kind, (first, *corners, last))

    def _down(self, id: str, n: int) -> Line:
        exit = self.drawn.by_id[id].exits[n]
        (x, y), (_, goal) = self._corner(id), self._corner(exit.to)
        middle = x + WIDTH / 2
        points = ((middle, y + self.cards[id].height), (middle, goal - self.cards[exit.to].raised))
        return Line(id, n, exit.to, exit.kind, points, is_down=True)
