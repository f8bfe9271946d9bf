"""The expressions of a flow: their kinds, rows that never speak, lengths of time without a calendar."""

import ast
from collections.abc import Iterator

from domain.duration import Duration
from flow.checks.case import Case, Expression
from flow.grammar import parse, path
from flow.load.form import Where
from flow.model import Ask, Decide, Each, Level, Pause, Step, WaitFor
from flow.shadow import shadowed, told


def check_questions(case: Case) -> None:
    for step in case.flow.steps:
        sound = {e.where: case.check_expression(e) for e in case.expressions(step)}
        for expression in case.expressions(step):
            if sound[expression.where]:
                _check_form(case, expression)
        if isinstance(step.does, Decide) and all(sound.values()):
            _check_shadowed(case, step)
        _check_durations(case, step)


def _check_form(case: Case, expression: Expression) -> None:
    """What a task shows and scans is a fact, not a sum; what lanes use is a flow."""
    tree = parse(expression.text)
    if "show" in expression.where[1:] or expression.where[-1] == "scan":
        _check_fact(case, expression, path(tree))
    if expression.where[-1] == "use":
        flows = [name for name, level in case.catalogue.flows.items() if level == Level.FULFILMENT]
        for name in _answers_of(tree):
            case.known(expression.where, name, flows, "flow for fulfilments", "flow")


def _check_fact(case: Case, expression: Expression, names: tuple[str, ...]) -> None:
    first, *fields = names or ("",)
    if not fields:
        told = f"'{expression.text}' is not one fact"
        case.wrong(expression.where, told, "name it, as in order.total", "show")
        return
    kind = case.types[first]
    for name in fields:
        kind = kind.fields.get(name, kind)
    if kind.optional:
        told = f"'{expression.text}' may be missing, and then the task could not be shown"
        case.wrong(expression.where, told, "show another fact", "show")


def _answers_of(tree: ast.expr) -> Iterator[str]:
    """Texts that an expression may answer with as they are written."""
    if isinstance(tree, ast.IfExp):
        yield from _answers_of(tree.body)
        yield from _answers_of(tree.orelse)
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value


def _check_shadowed(case: Case, step: Step) -> None:
    assert isinstance(step.does, Decide)
    conditions = [row.if_ for row in step.does.rows]
    for n, earlier in shadowed(conditions, case.types) if all(conditions) else ():
        case.wrong(
            (step.id, "decide", str(n), "if"), told(earlier), "put the narrower row first", "shadowed"
        )


def _check_durations(case: Case, step: Step) -> None:
    for where, length in _durations(step):
        if length and Duration.parse(length).working and not case.flow.calendar:
            told = f"'{length}' needs a calendar to be counted in"
            case.wrong(where, told, "add calendar: NAME at the top of the file", "calendar")


def _durations(step: Step) -> Iterator[tuple[Where, str]]:
    does = step.does
    if isinstance(does, Ask):
        yield (step.id, "due"), does.due
        yield (step.id, "remind"), does.remind
    if isinstance(does, (Ask, WaitFor, Each)) and does.if_late:
        yield (step.id, "if_late", "after"), does.if_late.after
    if isinstance(does, Pause):
        yield (step.id, "pause"), does.length
