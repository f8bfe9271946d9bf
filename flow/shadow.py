"""Rows of a table that an earlier row leaves nothing to decide."""

import ast
from collections.abc import Iterator, Sequence
from decimal import Decimal

from flow.grammar import parse, path


def shadowed(conditions: Sequence[str]) -> Iterator[tuple[int, str]]:
    """
    Places of conditions that hold only where an earlier one does, each with that one.

    :raises Unreadable: one of them is no condition.
    """
    trees = [parse(text) for text in conditions]
    for n, later in enumerate(trees):
        earlier = [text for tree, text in zip(trees[:n], conditions, strict=False) if _implies(later, tree)]
        if earlier:
            yield n, earlier[0]


def _implies(later: ast.expr, earlier: ast.expr) -> bool:
    """Whether `later` surely holds only where `earlier` does; cautious, never wrongly so."""
    ways = [earlier, *_parts(earlier, ast.Or)]
    return any(_part_implies(part, way) for part in [later, *_parts(later, ast.And)] for way in ways)


def _parts(tree: ast.expr, op: type[ast.boolop]) -> list[ast.expr]:
    return tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, op) else []


def _part_implies(part: ast.expr, way: ast.expr) -> bool:
    if ast.dump(part) == ast.dump(way):
        return True
    a, b = _bound(part), _bound(way)
    if a is None or b is None or a[0] != b[0] or a[1] is not b[1]:
        return False
    (_, up, limit, strict), (_, _, other, other_strict) = a, b
    beyond = limit > other if up else limit < other
    return beyond or (limit == other and (strict or not other_strict))


def _bound(tree: ast.expr) -> tuple[tuple[str, ...], bool, Decimal, bool] | None:
    """`fact > number` as fact, whether upwards, number, and whether the number itself is left out."""
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or not path(tree.left):
        return None
    op, right = tree.ops[0], tree.comparators[0]
    if not isinstance(op, (ast.Gt, ast.GtE, ast.Lt, ast.LtE)) or not isinstance(right, ast.Constant):
        return None
    if isinstance(right.value, str):
        return None
    number = Decimal(str(right.value))
    return path(tree.left), isinstance(op, (ast.Gt, ast.GtE)), number, isinstance(op, (ast.Gt, ast.Lt))
