"""What may be written in a condition: a small part of Python's own expressions."""

import ast
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import cast

from flow.tokens import (
    GRAMMAR,
    RETURN,
    STAND_IN,
    Unreadable,
    check_tokens,
    one_line,
    without_return,
)

DEEPEST = 20
MOST_LOOPS = 2  # one inside the other
FUNCTIONS = ("any", "all", "len")
CALLS = "only any(... for x in ...), all(... for x in ...) and len(...) can be called"
SIGNS = (ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.expr_context)
ALLOWED = (
    ast.Add,
    ast.And,
    ast.Attribute,
    ast.BinOp,
    ast.BoolOp,
    ast.Call,
    ast.Compare,
    ast.Constant,
    ast.Eq,
    ast.Gt,
    ast.GtE,
    ast.IfExp,
    ast.In,
    ast.Is,
    ast.IsNot,
    ast.Load,
    ast.Lt,
    ast.LtE,
    ast.Mult,
    ast.Name,
    ast.Not,
    ast.NotEq,
    ast.NotIn,
    ast.Or,
    ast.Store,
    ast.Sub,
    ast.USub,
    ast.UnaryOp,
    ast.comprehension,
)


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """:raises Unreadable: where it stops being a condition."""
    line = one_line(text)
    check_tokens(line)
    try:
        tree = ast.parse(without_return(line).lstrip(" "), mode="eval").body
    except SyntaxError as error:
        at = _indent(line) + error.offset - 1 if error.offset else len(line)  # none at the end
        raise Unreadable("this does not read as a condition", min(at, len(line) - 1)) from error
    except (RecursionError, MemoryError) as error:
        raise _too_deep() from error
    _check_depth(tree)
    _check(tree, line)
    return cast("ast.expr", _Exact(line.lstrip(" ")).visit(tree))


def column(node: ast.AST, text: str) -> int:
    """Where a node starts, in characters of the text; the tree itself counts bytes."""
    line = one_line(text)
    start = _indent(line)
    offset = getattr(node, "col_offset", 0)
    return start + len(line[start:].encode()[:offset].decode(errors="ignore"))


def path(node: ast.expr) -> tuple[str, ...]:
    """`order.payment.state` name by name; empty for anything else."""
    fields: list[str] = []
    while isinstance(node, ast.Attribute):
        fields.insert(0, node.attr)
        node = node.value
    return (node.id, *fields) if isinstance(node, ast.Name) else ()


def reads(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """
    Every fact and result that the text reads, as a path, and where.

    :raises Unreadable: it is no condition.
    """
    tree = parse(text)
    nodes = list(ast.walk(tree))
    bound = {cast("ast.Name", node.target).id for node in nodes if isinstance(node, ast.comprehension)}
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    inner |= {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if isinstance(node, (ast.Attribute, ast.Name)) and id(node) not in inner:
            found = path(node)
            if found[0] not in bound:
                yield found, column(node, text)


class _Exact(ast.NodeTransformer):
    """Decimals as they are written, not as binary fractions, and `return` as the fact it is."""

    def __init__(self, line: str) -> None:
        self._bytes = line.encode()

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id == STAND_IN:
            node.id = RETURN
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if not isinstance(node.value, float):
            return node
        written = self._bytes[node.col_offset : node.end_col_offset].decode()
        exact = ast.Constant(value=cast("float", Decimal(written)))
        return ast.copy_location(exact, node)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _too_deep() -> Unreadable:
    return Unreadable(f"a condition more than {DEEPEST} levels deep", 0, "split it into several rows")


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if any(not isinstance(node, SIGNS) for node in level):
        raise _too_deep()


def _check(tree: ast.expr, line: str) -> None:
    """Lists, `for` and None have their one place each; `_placed` says where."""
    nodes = list(ast.walk(tree))
    placed = {id(child) for node in nodes for child in _placed(node)}
    for node in nodes:
        if id(node) in placed:
            continue
        if not isinstance(node, ALLOWED):
            raise Unreadable("this has no place in a condition here", column(node, line))
        fault = _fault(node)
        if fault:
            message, advice = fault
            raise Unreadable(message, column(node, line), advice)


def _placed(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node that are right there, and would be wrong elsewhere."""
    if isinstance(node, ast.Call) and _is_quantifier(node):
        yield node.args[0]
    if isinstance(node, ast.Compare):
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, ast.List):
                yield right
            if isinstance(op, (ast.Is, ast.IsNot)) and _is_none(right):
                yield right


def _fault(node: ast.AST) -> tuple[str, str] | None:
    """What is wrong with a node of an allowed kind, and what to do; None when all is well."""
    fault = None
    match node:
        case ast.Attribute() if node.attr.startswith("_"):
            fault = f"{node.attr!r} cannot be read", "name a fact"
        case ast.Attribute() if not path(node):
            fault = "a field can only be read of a fact", "write it as in order.payment.state"
        case ast.Constant() if _is_none(node):
            fault = "None can only be compared with `is`", "write `is None` or `is not None`"
        case ast.Constant() if not isinstance(node.value, (bool, int, float, str)):
            fault = "this value has no place in a condition", GRAMMAR
        case ast.Call() if not _is_quantifier(node) and not _is_len(node):
            fault = "this cannot be called", CALLS
        case ast.Compare():
            fault = _fault_of_comparison(node)
    return fault


def _fault_of_comparison(node: ast.Compare) -> tuple[str, str] | None:
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, (ast.In, ast.NotIn)) and not isinstance(right, ast.List):
            return "`in` wants a list on its right", 'write it as in order.country in ["DE", "AT"]'
        if isinstance(op, (ast.Is, ast.IsNot)) and not _is_none(right):
            return "`is` only asks whether a fact is missing (`is None`)", "compare with =="
    return None


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_len(node: ast.Call) -> bool:
    return _calls(node, ("len",)) and bool(path(node.args[0]))


def _is_quantifier(node: ast.Call) -> bool:
    """`any(... for x in ...)`: one `for`, no `if`, and not too deep."""
    if not _calls(node, ("any", "all")) or not isinstance(node.args[0], ast.GeneratorExp):
        return False
    depth = sum(isinstance(inner, ast.GeneratorExp) for inner in ast.walk(node))
    each = node.args[0].generators[0]
    plain = isinstance(each.target, ast.Name) and not each.ifs and not each.is_async
    return plain and len(node.args[0].generators) == 1 and bool(path(each.iter)) and depth <= MOST_LOOPS


def _calls(node: ast.Call, names: tuple[str, ...]) -> bool:
    one = len(node.args) == 1 and not node.keywords
    return one and isinstance(node.func, ast.Name) and node.func.id in names
