"""Conditions checked before any order meets them: names, fields, kinds, and whether they ask anything."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, cast

from flow.finding import Rule
from flow.grammar import column, parse, path
from flow.kinds import ANYTHING, COUNT, NUMBER, NUMBERS, TEXT, WHOLE, WORDS, YES_NO, Kind, parse_kind
from flow.matching import accepts, comparable, fault_of_literal
from flow.regions import always
from flow.tokens import Problem, Unreadable

FACTS = "see `orders flow facts` for what may be read"


def check(
    text: str, types: Mapping[str, Kind], wanted: str = "yes_no", *, one_currency: bool = False
) -> list[Problem]:
    """
    Everything wrong with an expression that is to answer with the kind `wanted`.

    `types` are the facts and results that may be read, by name. With `one_currency` an amount may be
    compared with a plain number anywhere; without, only where `order.currency` has been tested.
    """
    try:
        tree = parse(text)
    except Unreadable as error:
        return [error.problem]
    checker = _Checker(text, dict(types), one_currency=one_currency)
    got = checker.kind(tree)
    if not checker.problems:
        checker.check_answer(tree, got, parse_kind(wanted) or Kind(wanted))
    return sorted(checker.problems, key=lambda problem: problem.column)


def meant(name: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """What a name that nobody knows was probably meant to be; empty when nothing is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    folded = {other.casefold(): other for other in known}
    return near[0] if near else folded.get(name.casefold(), "")


@dataclass
class _Checker:
    text: str
    names: dict[str, Kind]
    one_currency: bool
    problems: list[Problem] = field(default_factory=list)
    guarded: bool = False  # order.currency has been tested

    def kind(self, node: ast.expr) -> Kind:
        return cast("Callable[[_Checker, ast.expr], Kind]", NODES[type(node)])(self, node)

    def check_answer(self, tree: ast.expr, got: Kind, wanted: Kind) -> None:
        reads = any(isinstance(node, ast.Name) for node in ast.walk(tree))
        if wanted.name == "yes_no" and not reads:
            self._problem(tree, "this is always the same", "compare a fact or a result", "constant")
        elif wanted.name == "choice" and got.name == "text":
            self._check_chosen(tree, wanted)
        elif not accepts(wanted, got):
            told = f"this is {got}, but {wanted} is wanted"
            self._problem(tree, told, "read another fact, or compare it")
        for part, answer in self._decided(tree):
            never = "always true" if answer else "never true"
            self._problem(
                part, f"this is {never}", "leave it out, or compare with another value", "constant"
            )

    def _check_chosen(self, tree: ast.expr, wanted: Kind) -> None:
        """A text as it is written has to be one of the choices."""
        if isinstance(tree, ast.IfExp):
            for part in (tree.body, tree.orelse):
                self._check_chosen(part, wanted)
        elif not isinstance(tree, ast.Constant):
            self._problem(
                tree, f"this is text, but {wanted} is wanted", "read another fact, or write a choice"
            )
        elif tree.value not in wanted.options:
            near = meant(str(tree.value), wanted.options)
            hint = f" - did you mean '{near}'?" if near else ""
            self._problem(tree, f"{tree.value!r} is none of {wanted}{hint}", "write one of them")

    def _decided(self, tree: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
        if self.problems:
            return
        if isinstance(tree, ast.IfExp):
            yield from always(tree.test, self.names)
            for part in (tree.body, tree.orelse):
                yield from self._decided(part)
        elif isinstance(tree, (ast.BoolOp, ast.Compare)) or _is_not(tree):
            yield from always(tree, self.names)

    def _problem(self, node: ast.AST, message: str, advice: str = FACTS, rule: Rule = "condition") -> Kind:
        self.problems.append(Problem(message, column(node, self.text), advice, rule))
        return ANYTHING

    def read(self, node: ast.expr) -> Kind:
        kind, name = self._place(node)
        if kind.name == "private":
            message = f"{name} is free text, which stays in our own books"
            return self._problem(node, message, "ask for a choice [a, b] instead")
        return kind

    def _place(self, node: ast.expr) -> tuple[Kind, str]:
        first, *fields = path(node)
        if first not in self.names:
            return self._unknown(node, first, self.names), first
        kind, name = self.names[first], first
        for part in fields:
            if kind.name == "anything":
                return ANYTHING, name
            if part not in kind.fields or kind.name == "lines":
                return self._no_field(node, kind, name, part), name
            kind, name = kind.fields[part], f"{name}.{part}"
        return kind, name

    def _no_field(self, node: ast.expr, kind: Kind, name: str, part: str) -> Kind:
        if kind.name == "lines":
            advice = f"ask any(line.{part} ... for line in {name})"
            return self._problem(node, f"{name} are several lines", advice)
        if kind.name != "record":
            return self._problem(node, f"{name} is {kind} and has no fields")
        if not kind.fields:
            return self._problem(node, f"{name} answers with nothing that can be read")
        return self._unknown(node, part, kind.fields, f"{name}.")

    def _unknown(self, node: ast.expr, name: str, known: Mapping[str, Any], before: str = "") -> Kind:
        near = meant(name, {**known, "True": 0, "False": 0} if not before else known)
        what = f"unknown field '{before}{name}'" if before else f"unknown name '{name}'"
        hint = f" - did you mean '{before}{near}'?" if near else ""
        advice = FACTS if near else f"it can be {', '.join(known) or 'nothing'}"
        return self._problem(node, what + hint, advice)

    def _wants_truth(self, node: ast.expr) -> None:
        kind = self.kind(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            self._problem(node, f"{node.value} decides here always", "leave it out", "constant")
        elif not accepts(YES_NO, kind):
            advice = f"compare it, as in {ast.unparse(node)} == ..."
            self._problem(node, f"{ast.unparse(node)} is {kind}, neither true nor false", advice)

    def both(self, node: ast.BoolOp) -> Kind:
        """A test of the currency holds for what `and` puts after it."""
        before = self.guarded
        for part in node.values:
            self._wants_truth(part)
            if isinstance(node.op, ast.And):
                self.guarded = self.guarded or tests_currency(part)
        self.guarded = before
        return YES_NO

    def either(self, node: ast.IfExp) -> Kind:
        before = self.guarded
        self._wants_truth(node.test)
        self.guarded = before or tests_currency(node.test)
        body = self.kind(node.body)
        self.guarded = before
        other = self.kind(node.orelse)
        if accepts(body, other):
            return body
        if accepts(other, body):
            return other
        return self._problem(node, f"this is either {body} or {other}", "let both sides be of one kind")

    def signed(self, node: ast.UnaryOp) -> Kind:
        if not isinstance(node.op, ast.Not):
            return self._number(node.operand)
        self._wants_truth(node.operand)
        return YES_NO

    def _number(self, node: ast.expr) -> Kind:
        kind = self.kind(node)
        if kind.name in NUMBERS or kind.name == "anything":
            return replace(kind, optional=False)
        return self._problem(node, f"{ast.unparse(node)} is {kind}, which is no number", "take a number")

    def reckoned(self, node: ast.BinOp) -> Kind:
        left, right = self._number(node.left), self._number(node.right)
        if "anything" in (left.name, right.name):
            return ANYTHING
        if isinstance(node.op, ast.Mult):
            money = [kind for kind in (left, right) if kind.name == "money"]
            whole = left.name in WHOLE and right.name in WHOLE
            return money[0] if money else COUNT if whole else NUMBER
        if not comparable(left, right, node.left, node.right):
            return self._problem(node, f"{left} and {right} cannot be added", "take two of one kind")
        if {left.name, right.name} <= WHOLE:
            return left if left.name == right.name else COUNT
        return left if left.name == "money" else right

    def compared(self, node: ast.Compare) -> Kind:
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.Is, ast.IsNot)):
                self._asks_missing(left)
            elif isinstance(right, ast.List):
                for item in right.elts:
                    self._pair(left, ast.Eq(), item)
                if not right.elts:
                    self._problem(right, "this list is empty", "name what it may be", "constant")
            else:
                self._pair(left, op, right)
            left = right
        return YES_NO

    def _asks_missing(self, node: ast.expr) -> None:
        if not path(node):
            self._problem(node, "only a fact can be missing", "write order.payment.expires_at is None")
            return
        kind, name = self._place(node)
        if not kind.optional and kind.name != "anything":
            self._problem(node, f"{name} is never missing", "leave this out", "constant")

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> None:
        before = len(self.problems)
        a, b = self.kind(left), self.kind(right)
        if len(self.problems) > before:
            return
        fault = fault_of_literal(a, right) or fault_of_literal(b, left)
        if not comparable(a, b, left, right):
            self._problem(right, f"{a} cannot be compared with {b}", "compare two of one kind")
        elif fault:
            self._problem(right, fault, "see `orders flow facts` for its values")
        elif ast.dump(left) == ast.dump(right):
            self._problem(left, "both sides are the same", "compare with something else", "constant")
        elif not isinstance(op, (ast.Eq, ast.NotEq)) and a.name in (*WORDS, "yes_no", "lines", "record"):
            self._problem(left, f"{a} has no more or less", "compare with == or in [...]")
        else:
            self._check_currency(a, b, left, right)

    def _check_currency(self, a: Kind, b: Kind, left: ast.expr, right: ast.expr) -> None:
        sides = ((a, left), (b, right))
        plain = [node for kind, node in sides if kind.name != "money" and not _is_nought(node)]
        if self.one_currency or self.guarded or "money" not in (a.name, b.name) or not plain:
            return
        advice = 'test it first, as in order.currency == "EUR" and ...'
        self._problem(plain[0], "an amount without its currency", advice, "currency")

    def called(self, node: ast.Call) -> Kind:
        name = cast("ast.Name", node.func).id
        if name == "len":
            self._lines(node.args[0])
            return replace(COUNT, unit="lines")
        each = cast("ast.GeneratorExp", node.args[0])
        loop = each.generators[0]
        lines = self._lines(loop.iter)
        target = cast("ast.Name", loop.target)
        if target.id in self.names:
            told = f"{target.id} already means something"
            return self._problem(target, told, "give the line a name of its own")
        item = lines if lines.name == "anything" else replace(lines, name="record")
        self.names[target.id] = item
        self._wants_truth(each.elt)
        del self.names[target.id]
        names = {inner.id for inner in ast.walk(each.elt) if isinstance(inner, ast.Name)}
        if target.id not in names:
            self._problem(
                each.elt, f"this does not look at {target.id}", "read one of its fields", "constant"
            )
        return YES_NO

    def _lines(self, node: ast.expr) -> Kind:
        kind, name = self._place(node)
        if kind.name in ("lines", "anything"):
            return kind
        return self._problem(node, f"{name} is {kind}, not lines", "take order.lines")


def tests_currency(node: ast.expr) -> bool:
    """Whether the condition, where it holds, settles the order's currency."""
    match node:
        case ast.BoolOp(op=ast.And()):
            return any(tests_currency(part) for part in node.values)
        case ast.BoolOp():
            return all(tests_currency(part) for part in node.values)
        case ast.Compare(ops=[ast.Eq() | ast.In()]):
            return path(node.left) == ("order", "currency")
    return False


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_nought(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _literal(value: Any) -> Kind:
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int):
        return COUNT
    return TEXT if isinstance(value, str) else NUMBER


NODES: dict[type[ast.expr], Any] = {
    ast.Constant: lambda _, node: _literal(node.value),
    ast.Name: _Checker.read,
    ast.Attribute: _Checker.read,
    ast.BoolOp: _Checker.both,
    ast.UnaryOp: _Checker.signed,
    ast.BinOp: _Checker.reckoned,
    ast.IfExp: _Checker.either,
    ast.Compare: _Checker.compared,
    ast.Call: _Checker.called,
}
