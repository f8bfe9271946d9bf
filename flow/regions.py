"""Conditions decided for every order there can be, as far as the values written in them tell them apart."""

import ast
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flow.grammar import path
from flow.kinds import ANYTHING, NUMBERS, WHOLE, Kind
from flow.values import instant

# Beyond so many kinds of orders nothing is said: the check stays quick, and never says too much.
MOST = 1024
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
Values = Mapping[str, Any]
Truth = Callable[[Values], bool]


@dataclass
class Regions:
    """
    Every combination of what the conditions can tell apart. What they cannot - sums, other facts,
    `any(...)` - counts as true or false by itself, so that nothing is concluded that may not be so.
    """

    trees: Sequence[ast.expr]
    types: Mapping[str, Kind]
    _written: dict[str, set[Any]] = field(default_factory=dict)  # fact -> values it is compared with
    _kinds: dict[str, Kind] = field(default_factory=dict)
    _free: dict[str, None] = field(default_factory=dict)  # in the order of the text

    def truths(self) -> list[tuple[bool, ...]] | None:
        """What the conditions answer, for each combination; None when there are too many of those."""
        asked = [self._truth(tree) for tree in self.trees]
        domains = {name: self._domain(name) for name in self._written}
        domains |= dict.fromkeys(self._free, (True, False))
        size = 1
        for values in domains.values():
            size *= len(values)
        if size > MOST:
            return None
        combinations = itertools.product(*domains.values())
        every = (dict(zip(domains, values, strict=True)) for values in combinations)
        return [tuple(truth(values) for truth in asked) for values in every]

    def _truth(self, node: ast.expr) -> Truth:
        match node:
            case ast.Constant(value=bool() as value):
                return lambda _: value
            case ast.BoolOp(op=op, values=parts):
                truths = [self._truth(part) for part in parts]
                together = all if isinstance(op, ast.And) else any
                return lambda values: together(truth(values) for truth in truths)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                truth = self._truth(part)
                return lambda values: not truth(values)
            case ast.IfExp():
                test, body, other = (self._truth(part) for part in (node.test, node.body, node.orelse))
                return lambda values: body(values) if test(values) else other(values)
            case ast.Compare():
                return self._chain(node)
        return self._unknown(ast.dump(node))

    def _chain(self, node: ast.Compare) -> Truth:
        lefts = [node.left, *node.comparators]
        pairs = zip(lefts, node.ops, node.comparators, strict=False)
        truths = [self._pair(left, op, right) for left, op, right in pairs]
        return lambda values: all(truth(values) for truth in truths)

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Truth:
        if isinstance(op, (ast.NotIn, ast.IsNot, ast.NotEq)):
            opposite = {ast.NotIn: ast.In, ast.IsNot: ast.Is, ast.NotEq: ast.Eq}[type(op)]()
            truth = self._pair(left, opposite, right)
            return lambda values: not truth(values)
        if isinstance(op, ast.In) and isinstance(right, ast.List):
            truths = [self._pair(left, ast.Eq(), item) for item in right.elts]
            return lambda values: any(truth(values) for truth in truths)
        if not path(left) and path(right):
            left, right, op = right, left, TURNED.get(type(op), type(op))()
        value = self._value(left, right)
        if value is None or type(op) not in COMPARE:
            return self._unknown(f"{ast.dump(left)} {type(op).__name__} {ast.dump(right)}")
        return self._compared(".".join(path(left)), COMPARE[type(op)], value)

    def _compared(self, name: str, compare: Callable[[Any, Any], bool], value: Any) -> Truth:
        self._written.setdefault(name, set()).add(value)
        return lambda values: compare(values[name], self._point(name, value))

    def _unknown(self, name: str) -> Truth:
        self._free[name] = None
        return lambda values: bool(values[name])

    def _value(self, left: ast.expr, right: ast.expr) -> Any:
        """What is written beside a fact, comparable with its likes; None for anything else."""
        names = path(left)
        negative = isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub)
        node = right.operand if isinstance(right, ast.UnaryOp) and negative else right
        if not names or not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            return None
        kind = kind_of(names, self.types)
        self._kinds[".".join(names)] = kind
        if kind.name in NUMBERS and not isinstance(node.value, str):
            return Decimal(str(node.value)) * (-1 if negative else 1)
        try:
            return READ[kind.name](node.value) if isinstance(node.value, str) else None
        except (KeyError, ValueError):
            return None

    def _domain(self, name: str) -> tuple[int, ...]:
        """Odd points are values as written, even ones lie between, before and after them."""
        kind, written = self._kinds[name], self._ordered(name)
        points = range(2 * len(written) + 1)
        if kind.name == "choice":
            return tuple(range(len(kind.options)))
        if kind.name in ("text", "anything"):
            return (0, *points[1::2])
        if kind.name in WHOLE:
            return tuple(point for point in points if _is_whole(point, written))
        return tuple(points)

    def _point(self, name: str, value: Any) -> int:
        kind = self._kinds[name]
        if kind.name == "choice":
            return kind.options.index(value) if value in kind.options else -1
        return 2 * self._ordered(name).index(value) + 1

    def _ordered(self, name: str) -> list[Any]:
        return sorted(self._written[name])


def _is_whole(point: int, written: Sequence[Decimal]) -> bool:
    """Whether a count can be there: whole, and nought or more."""
    n = point // 2
    if point % 2:
        return written[n] >= 0 and written[n] == written[n].to_integral_value()
    lowest = max(written[n - 1], Decimal(-1)) if n else Decimal(-1)
    return n == len(written) or int(lowest // 1) + 1 < written[n]


def kind_of(names: Sequence[str], types: Mapping[str, Kind]) -> Kind:
    """The kind of `order.total`; `anything` when it is not known."""
    kind = types.get(names[0], ANYTHING)
    for name in names[1:]:
        kind = kind.fields.get(name, ANYTHING)
    return kind


READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "choice": str,
    "instant": instant,
    "date": date.fromisoformat,
}


def always(tree: ast.expr, types: Mapping[str, Kind]) -> Iterator[tuple[ast.expr, bool]]:
    """Parts of a condition that are true, or false, of every order; each the widest of its kind."""
    answers = Regions([tree], types).truths()
    found = {answer for (answer,) in answers} if answers else set()
    if len(found) == 1:
        yield tree, found.pop()
    elif isinstance(tree, ast.BoolOp):
        for part in tree.values:
            yield from always(part, types)
    elif isinstance(tree, ast.UnaryOp):
        yield from always(tree.operand, types)
