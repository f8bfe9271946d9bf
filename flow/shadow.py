"""Rows of a table that the rows before them leave nothing to decide."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from flow.grammar import parse
from flow.kinds import Kind
from flow.regions import Regions

# Rows of a longer table are not compared two by two.
MOST_ROWS = 30


def shadowed(conditions: Sequence[str], types: Mapping[str, Kind]) -> Iterator[tuple[int, str]]:
    """
    Places of conditions that hold only where an earlier one does, each with that one; with an empty
    text where it takes several of them together.

    :raises Unreadable: one of them is no condition.
    """
    trees = [parse(text) for text in conditions]
    together = Regions(trees, types).truths()
    for n in range(1, len(trees)):
        one = _one_before(trees[: n + 1], types) if n < MOST_ROWS else None
        if one is not None:
            yield n, conditions[one]
        elif together and _covered(together, n):
            yield n, ""


def _one_before(trees: Sequence[ast.expr], types: Mapping[str, Kind]) -> int | None:
    for n, earlier in enumerate(trees[:-1]):
        answers = Regions([earlier, trees[-1]], types).truths()
        if answers and _covered(answers, 1):
            return n
    return None


def _covered(answers: Sequence[tuple[bool, ...]], n: int) -> bool:
    """A row that never holds at all is told of by itself."""
    where = [before for before in answers if before[n]]
    return bool(where) and all(any(before[:n]) for before in where)


def told(earlier: str) -> str:
    """What is wrong with a row, in words."""
    first = f"'{earlier}' comes first" if earlier else "the rows before it leave nothing over"
    return f"this row is never reached: {first}"
