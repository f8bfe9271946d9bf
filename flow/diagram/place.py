"""Where each node stands on the grid: the happy path down the first column, branches beside it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from flow.diagram.sequence import comes_from, in_turn, joining, ways_back
from flow.diagram.sketch import Sketch

ROWS_AHEAD = 7  # how far below its first chance a branch may begin
BLOCKED, STRAIGHT, ACROSS, ALONG, BRIDGED = 2.0, 1.4, 1.0, 0.1, 1.0
DOWN, DOWN_AND_BACK, ASIDE = 0.4, 0.8, 0.75  # what a row or column costs; the happy path waits for branches


class Cell(NamedTuple):
    row: int
    column: int


@dataclass
class Grid:
    """`kept` cells lie under a line straight down; they take no node."""

    cells: dict[str, Cell] = field(default_factory=dict)
    nodes: dict[Cell, str] = field(default_factory=dict)
    kept: set[Cell] = field(default_factory=set)
    below: dict[str, str] = field(default_factory=dict)  # node -> the one straight down from it

    def put(self, id: str, cell: Cell) -> None:
        self.cells[id] = cell
        self.nodes[cell] = id

    def is_free(self, cell: Cell) -> bool:
        return cell not in self.nodes and cell not in self.kept

    def are_empty(self, row: int, columns: range) -> bool:
        return all(Cell(row, column) not in self.nodes for column in columns)

    def between(self, upper: Cell, lower: Cell) -> list[Cell]:
        return [Cell(row, upper.column) for row in range(upper.row + 1, lower.row)]

    @property
    def columns(self) -> int:
        return 1 + max((cell.column for cell in self.nodes), default=0)

    @property
    def rows(self) -> int:
        return 1 + max((cell.row for cell in self.nodes), default=0)


def placed(drawn: Sketch) -> Grid:
    """Each node below, or beside and no higher than, those that lead to it; loops apart."""
    grid = Grid()
    before = comes_from(drawn, ways_back(drawn))
    happy, joins = frozenset(drawn.happy), joining(drawn, before)
    for id in in_turn(drawn, before):
        from_ = [each for each in before[id] if each in grid.cells]
        lowest = max((grid.cells[each].row for each in from_), default=-1)
        if id in happy:
            above = max((grid.cells[each].row for each in from_ if each in happy), default=-1)
            is_end = drawn.by_id[id].is_pill
            grid.put(id, Cell(max(lowest + is_end, above + 1), 0))
        else:
            _put_beside(grid, id, from_, max(lowest, 0), DOWN_AND_BACK if id in joins else DOWN)
        _join(grid, id, from_)
    return grid


def _put_beside(grid: Grid, id: str, before: list[str], lowest: int, down: float) -> None:
    cells = [
        Cell(row, column)
        for row in range(lowest, lowest + ROWS_AHEAD)
        for column in range(1, grid.columns + 2)
    ]
    fit = [cell for cell in cells if grid.is_free(cell)]
    grid.put(id, min(fit, key=lambda cell: (_cost(grid, cell, before) + down * (cell.row - lowest), cell)))


def _cost(grid: Grid, cell: Cell, before: list[str]) -> float:
    """Columns aside, and how far the lines to it would go."""
    links = sum(_link(grid, each, cell) for each in before)
    return ASIDE * cell.column + links


def _link(grid: Grid, id: str, cell: Cell) -> float:
    above = grid.cells[id]
    if above.column == cell.column:
        free = all(grid.is_free(each) for each in grid.between(above, cell))
        if above.row >= cell.row or not free or id in grid.below:
            return BLOCKED
        return 0.2 * (cell.row - above.row) - STRAIGHT
    aside = abs(cell.column - above.column) - 1
    passable = _passable(grid, above, cell)
    return ACROSS * aside + ALONG * abs(cell.row - above.row) + (0 if passable else BRIDGED)


def _passable(grid: Grid, start: Cell, goal: Cell) -> bool:
    left, right = sorted((start.column, goal.column))
    inner = range(left + 1, right)
    return grid.are_empty(start.row, inner) or grid.are_empty(goal.row, inner)


def _join(grid: Grid, id: str, before: list[str]) -> None:
    """The node now stands straight below one of those that lead to it, if nothing stands between."""
    here = grid.cells[id]
    for above in before:
        cell = grid.cells[above]
        is_above = cell.column == here.column and cell.row < here.row and above not in grid.below
        inner = grid.between(cell, here)
        if is_above and not any(each in grid.nodes for each in inner):
            grid.below[above] = id
            grid.kept.update(inner)
