"""Which channels of the grid each way out runs through; channels hold no nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flow.diagram.place import Cell, Grid
from flow.diagram.sketch import Kind, Sketch


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


# Ways of one kind to one side of a node run together.
Trunk = tuple[str, Kind, Side]


@dataclass(frozen=True, slots=True)
class Route:
    """
    From the side of a node, down or up a channel, to the side of another. Channel `n` lies left of
    column `n`; where one channel does not do, `bridge` is the channel above that row, from `near` to `far`.
    """

    start: str
    exit: int
    to: str
    kind: Kind
    leaves: Side
    enters: Side
    near: int
    far: int
    row: int  # that of its start
    bridge: int | None = None

    @property
    def trunk(self) -> Trunk:
        return self.to, self.kind, self.enters


@dataclass
class Routes:
    """`down` is the exit of a node that leads straight to the node below it."""

    aside: list[Route] = field(default_factory=list)
    down: dict[str, int] = field(default_factory=dict)

    def leaving(self, id: str, side: Side) -> frozenset[int]:
        return frozenset(each.exit for each in self.aside if each.start == id and each.leaves == side)

    def trunks_into(self, id: str, side: Side) -> list[Trunk]:
        """From the top: what comes from above first."""
        rows: dict[Trunk, list[int]] = {}
        for each in self.aside:
            if each.to == id and each.enters == side:
                rows.setdefault(each.trunk, []).append(each.row)
        return sorted(rows, key=lambda trunk: (sum(rows[trunk]) / len(rows[trunk]), trunk[1]))


def routed(drawn: Sketch, grid: Grid) -> Routes:
    routes = Routes()
    passes: dict[Cell, str] = {}  # an empty cell -> the node whose line runs through it
    for node in drawn.nodes:
        for n, way_out in enumerate(node.exits):
            if way_out.to not in grid.cells:
                continue
            if grid.below.get(node.id) == way_out.to and node.id not in routes.down:
                routes.down[node.id] = n
            else:
                routes.aside.append(_route(grid, passes, (node.id, n), way_out.to, way_out.kind))
    return routes


def _route(grid: Grid, passes: dict[Cell, str], way: tuple[str, int], to: str, kind: Kind) -> Route:
    start, goal = grid.cells[way[0]], grid.cells[to]
    leaves, enters = _sides(start, goal)
    for channel in _channels(start, goal):
        cells = list(_passed(start, goal, channel))
        owners = [(cell, way[0] if cell.row == start.row else to) for cell in cells]
        if all(cell not in grid.nodes and passes.get(cell, owner) == owner for cell, owner in owners):
            passes.update(owners)
            return Route(*way, to, kind, leaves, enters, channel, channel, start.row)
    near = start.column + (leaves is Side.RIGHT)
    far = goal.column + (enters is Side.RIGHT)
    bridge = goal.row if goal.row > start.row else goal.row + 1
    return Route(*way, to, kind, leaves, enters, near, far, start.row, bridge)


def _sides(start: Cell, goal: Cell) -> tuple[Side, Side]:
    """Loops of the happy path run left of it, those of branches right of these."""
    if start.column == goal.column:
        side = Side.LEFT if start.column == 0 else Side.RIGHT
        return side, side
    if start.column < goal.column:
        return Side.RIGHT, Side.LEFT
    return Side.LEFT, Side.RIGHT


def _channels(start: Cell, goal: Cell) -> list[int]:
    """Those a single line could turn in, the one beside the goal first."""
    if start.column == goal.column:
        return [start.column + (start.column > 0)]
    if start.column < goal.column:
        return list(range(goal.column, start.column, -1))
    return list(range(goal.column + 1, start.column + 1))


def _passed(start: Cell, goal: Cell, channel: int) -> Iterator[Cell]:
    """Cells that a line turning in this channel runs through: in the row of its start, then of its goal."""
    if start.column < goal.column:
        yield from (Cell(start.row, column) for column in range(start.column + 1, channel))
        yield from (Cell(goal.row, column) for column in range(channel, goal.column))
    else:
        yield from (Cell(start.row, column) for column in range(channel, start.column))
        yield from (Cell(goal.row, column) for column in range(goal.column + 1, channel))
