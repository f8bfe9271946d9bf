"""Conditions: the questions a flow asks about an order, decided with the reason why."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from flow.comparing import COMPARED, RECKONED
from flow.facts import ROOTS
from flow.grammar import parse, path
from flow.kinds import Kind
from flow.tokens import Problem, Unreadable
from flow.typed import check
from flow.values import ConditionFailed, as_json, is_number, show, typed

__all__ = ["Condition", "ConditionFailed", "Problem", "Unreadable", "Verdict", "check", "compile"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`value` is plain JSON, decimals as text; `because` is one sentence for the timeline."""

    value: Any
    because: str


@dataclass(frozen=True)
class Condition:
    """An expression of the flow language, ready to be asked."""

    text: str
    tree: ast.expr

    def evaluate(self, scope: Mapping[str, Any]) -> Verdict:
        """
        Decide in a scope of facts and results, such as `{"order": {...}, "screen": {"score": 12}}`.

        Facts are typed by the catalogue of facts. Results of steps are taken as they come: a decimal
        text among them counts as a number where a number is wanted.

        :raises ConditionFailed: a fact or result is missing, or is not what the expression takes it for.
        """
        asked = _Asked({name: _Place(scope[name], ROOTS.get(name), name) for name in scope}, {})
        value = as_json(asked.value(self.tree))
        text = " ".join(self.text.split())
        said = f"not {_joined(self.tree, text)}" if value is False else text
        reasons = ", ".join(asked.reasons.values())
        return Verdict(value, f"{said} because {reasons}" if reasons else said)


@lru_cache(maxsize=4096)
def compile(text: str) -> Condition:
    """:raises ConditionFailed: the text is no expression; `check` says more."""
    try:
        return Condition(text, parse(text))
    except Unreadable as error:
        raise ConditionFailed(f"{text!r}: {error}") from error


def _joined(tree: ast.expr, text: str) -> str:
    return f"({text})" if isinstance(tree, (ast.BoolOp, ast.IfExp)) else text


@dataclass(frozen=True, slots=True)
class _Place:
    """A value where it stands, with its kind as far as it is known, and what it is called."""

    value: Any
    kind: Kind | None
    name: str

    def field(self, name: str) -> "_Place":
        label = f"{self.name}.{name}"
        if not isinstance(self.value, Mapping):
            raise ConditionFailed(f"{label} is not known: {self.name} is {show(self.value)}")
        kind = self.kind.fields.get(name) if self.kind else None
        return _Place(self.value.get(name), kind, label)

    def items(self) -> list["_Place"]:
        lines = typed(self.value, self.kind, self.name)
        if not isinstance(lines, list):
            raise ConditionFailed(f"{self.name} is {show(lines)}, which is no list")
        kind = replace(self.kind, name="record") if self.kind else None
        return [_Place(item, kind, f"{self.name}[{_label(item, n)}]") for n, item in enumerate(lines)]


def _label(item: Any, n: int) -> str:
    return str(item["sku"]) if isinstance(item, Mapping) and "sku" in item else str(n + 1)


@dataclass(slots=True)
class _Asked:
    """One evaluation: what names mean here, and what was read, each once, in order."""

    names: dict[str, _Place]
    reasons: dict[str, str]

    def value(self, node: ast.expr) -> Any:
        return cast("Callable[[_Asked, ast.expr], Any]", NODES[type(node)])(self, node)

    def read(self, node: ast.expr) -> Any:
        place = self.place(node)
        value = typed(place.value, place.kind, place.name)
        self.reasons.setdefault(place.name, f"{place.name} = {show(place.value)}")
        return value

    def place(self, node: ast.expr) -> _Place:
        first, *fields = path(node)
        if first not in self.names:
            raise ConditionFailed(f"{'.'.join([first, *fields])} is not known: there is no {first} yet")
        place = self.names[first]
        for name in fields:
            place = place.field(name)
        return place

    def truth(self, node: ast.expr) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            raise ConditionFailed(f"{ast.unparse(node)} is {show(value)}, neither true nor false")
        return value


def _both(asked: _Asked, node: ast.BoolOp) -> bool:
    if isinstance(node.op, ast.And):
        return all(asked.truth(part) for part in node.values)
    return any(asked.truth(part) for part in node.values)


def _signed(asked: _Asked, node: ast.UnaryOp) -> Any:
    if isinstance(node.op, ast.Not):
        return not asked.truth(node.operand)
    return RECKONED[ast.Sub](0, _number(asked, node.operand))


def _reckoned(asked: _Asked, node: ast.BinOp) -> Any:
    return RECKONED[type(node.op)](_number(asked, node.left), _number(asked, node.right))


def _number(asked: _Asked, node: ast.expr) -> Any:
    value = asked.value(node)
    number = typed(value, NUMBER, ast.unparse(node)) if isinstance(value, str) else value
    if not is_number(number):
        raise ConditionFailed(f"{ast.unparse(node)} is {show(value)}, which is no number")
    return number


def _compared(asked: _Asked, node: ast.Compare) -> bool:
    left = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        if not _holds(asked, left, op, right):
            return False
        left = right
    return True


def _holds(asked: _Asked, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(op, (ast.Is, ast.IsNot)):
        place = asked.place(left)
        asked.reasons.setdefault(place.name, f"{place.name} = {show(place.value)}")
        return (place.value is None) is isinstance(op, ast.Is)
    value = asked.value(left)
    if isinstance(right, ast.List):
        same = [COMPARED[ast.Eq](value, asked.value(item)) for item in right.elts]
        return any(same) is isinstance(op, ast.In)
    return COMPARED[type(op)](value, asked.value(right))


def _called(asked: _Asked, node: ast.Call) -> Any:
    name = cast("ast.Name", node.func).id
    if name == "len":
        place = asked.place(node.args[0])
        size = len(place.items())
        asked.reasons.setdefault(f"len({place.name})", f"len({place.name}) = {size}")
        return size
    return _quantified(asked, cast("ast.GeneratorExp", node.args[0]), any_of=name == "any")


def _quantified(asked: _Asked, each: ast.GeneratorExp, *, any_of: bool) -> bool:
    """The one line that decides is the reason; where none does, their number is."""
    loop = each.generators[0]
    source = asked.place(loop.iter)
    items = source.items()
    for item in items:
        inner = _Asked({**asked.names, cast("ast.Name", loop.target).id: item}, {})
        decides = inner.truth(each.elt) is any_of
        for name, reason in inner.reasons.items():
            if decides or not name.startswith(item.name):
                asked.reasons.setdefault(name, reason)
        if decides:
            return any_of
    told = f"none of {len(items)} {source.name}" if any_of else f"all of {len(items)} {source.name}"
    asked.reasons.setdefault(told, told)
    return not any_of


NUMBER = Kind("number")
NODES: dict[type[ast.expr], Any] = {
    ast.BoolOp: _both,
    ast.UnaryOp: _signed,
    ast.BinOp: _reckoned,
    ast.Compare: _compared,
    ast.IfExp: lambda asked, node: asked.value(node.body if asked.truth(node.test) else node.orelse),
    ast.Call: _called,
    ast.Constant: lambda _, node: node.value,
    ast.Name: _Asked.read,
    ast.Attribute: _Asked.read,
}
