"""The ways through a flow: what is never reached, never ends, or read before it is known."""

from flow.catalogue import Changes
from flow.checks.case import Case, Expression
from flow.grammar import reads
from flow.graph import entries, known_before, reachable, way_without
from flow.load.flow import FILE
from flow.model import Run, Step

LONGEST_WAY = 8


def check_paths(case: Case) -> None:
    """Only for a flow without other findings: a dangling name would make every path look wrong."""
    reached = reachable(case.flow, entries(case.flow))
    for id, place in case.flow.by_id.items():
        if id not in reached:
            step = isinstance(place, Step)
            where, what = ((id,), "step") if step else ((f"end {id}",), "end")
            told = f"no way leads to the {what} '{id}'"
            case.wrong(where, told, "lead to it, or take it out", "unreachable")
    _check_endless(case, reached)
    _check_known(case)
    _check_cancelling(case)


def _check_endless(case: Case, reached: frozenset[str]) -> None:
    ends = {end.id for end in case.flow.ends}
    for step in case.flow.steps:
        if step.id in reached and not reachable(case.flow, frozenset({step.id})) & ends:
            told = f"from '{step.id}' the flow never comes to an end"
            case.wrong((step.id,), told, "lead one way out of the loop", "endless")


def _check_known(case: Case) -> None:
    """A result is read only where its step has answered, whichever way was taken."""
    known = known_before(case.flow, case.catalogue)
    for step in case.flow.steps:
        if step.id in known:
            for expression in case.expressions(step):
                _check_reads(case, step, expression, known[step.id])


def _check_reads(case: Case, step: Step, expression: Expression, known: frozenset[str]) -> None:
    ids = {other.id for other in case.flow.steps}
    for names, column in reads(expression.text):
        name = ".".join(names[:2])
        if names[0] not in ids or name in known:
            continue
        way = way_without(case.flow, case.catalogue, step.id, name)
        shown = " > ".join(way if len(way) <= LONGEST_WAY else ("...", *way[-LONGEST_WAY:]))
        told = f"'{name}' is not known on every way here: {shown}"
        advice = f"read it only after '{names[0]}' has given it"
        case.wrong(expression.where, told, advice, "not-known", column)


def _check_cancelling(case: Case) -> None:
    """What has left the house cannot be called off, so cancelling ends with it or before."""
    until = case.flow.cancel_until
    if not until:
        return
    before = reachable(case.flow, frozenset({case.flow.first}), without=until)
    for step in case.flow.steps:
        if step.id in before - {until} and _ships(case, step):
            told = f"'{step.id}' lets the goods go while the order can still be cancelled"
            where = (*FILE, "cancel_until")
            case.wrong(where, told, f"write cancel_until: {step.id}", "cancel")


def _ships(case: Case, step: Step) -> bool:
    if not isinstance(step.does, Run):
        return False
    action = case.catalogue.actions.get(step.does.action)
    return action is not None and action.changes == Changes.SHIPS
