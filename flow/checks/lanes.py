"""Order flows and the flows of their lanes taken together: what a lane may rely on when it begins."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flow.checks.case import Case
from flow.checks.money import ALONE, HELD, PAID, TAKEN, Beginning, effect_of
from flow.grammar import parse, path
from flow.graph import shown, surely, way_lacking
from flow.model import Each, Level, Step

WAYS = (HELD, TAKEN, PAID)


def beginnings(orders: Iterable[Case], routed: Sequence[str]) -> dict[str, Beginning]:
    """
    For each flow that lanes of these order flows take: what holds there whichever of them opened it.

    `routed` are the flows that routing.yaml gives to fulfilments.
    """
    found: dict[str, Beginning] = {}
    for case in orders:
        for step in case.flow.steps:
            for name in _opened(step, routed):
                here = _beginning(case, step)
                found[name] = _both(found[name], here) if name in found else here
    return found


def _opened(step: Step, routed: Sequence[str]) -> Iterator[str]:
    if isinstance(step.does, Each):
        yield from _answers(parse(step.does.use), routed)


def _answers(tree: ast.expr, routed: Sequence[str]) -> Iterator[str]:
    if isinstance(tree, ast.IfExp):
        yield from _answers(tree.body, routed)
        yield from _answers(tree.orelse, routed)
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    elif path(tree):
        yield from routed


def _beginning(case: Case, step: Step) -> Beginning:
    start = ALONE[Level.ORDER]
    effect = effect_of(case, start)
    holds = surely(case.flow, start.holds, effect).get(step.id, frozenset(WAYS))
    lacking = {
        name: way_lacking(case.flow, start.holds, effect, step.id, name)
        for name in WAYS
        if name not in holds
    }
    ways = {name: f"{case.flow.name}: {shown(way)}, then " for name, way in lacking.items()}
    return Beginning(holds, ways)


def _both(one: Beginning, other: Beginning) -> Beginning:
    ways: Mapping[str, str] = {**other.ways, **one.ways}
    return Beginning(one.holds & other.holds, ways)
