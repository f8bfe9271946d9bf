"""The ways through a flow: what is never reached, never ends, goes round idly, or is read too early."""

from flow.catalogue import Action, Changes
from flow.checks.case import Case, Expression
from flow.grammar import reads
from flow.graph import (
    NOTHING,
    Edge,
    cancellable,
    edges_of,
    entries,
    known_after,
    leading_to,
    reachable,
    shown,
    surely,
    way_lacking,
    way_out,
)
from flow.load.flow import FILE
from flow.model import Decide, Level, Run, Step, Tell
from flow.tokens import Unreadable


def check_paths(case: Case) -> None:
    """Only for a flow whose ways are sound: a dangling name would make every way look wrong."""
    reached = reachable(case.flow, entries(case.flow))
    for id, place in case.flow.by_id.items():
        if id not in reached:
            step = isinstance(place, Step)
            where, what = ((id,), "step") if step else ((f"end {id}",), "end")
            told = f"no way leads to the {what} '{id}'"
            case.wrong(where, told, "lead to it, or take it out", "unreachable")
    _check_endless(case, reached)
    _check_idle(case)
    _check_known(case)
    _check_cancelling(case)


def _check_endless(case: Case, reached: frozenset[str]) -> None:
    ending = leading_to(case.flow, frozenset(end.id for end in case.flow.ends))
    for step in case.flow.steps:
        if step.id in reached and step.id not in ending:
            told = f"from '{step.id}' the flow never comes to an end"
            case.wrong((step.id,), told, "lead one way out of the loop", "endless")


def _check_idle(case: Case) -> None:
    """Nothing changes while a flow only decides and tells, so it would go round until `visits` stop it."""
    idle = {step.id: step for step in case.flow.steps if isinstance(step.does, (Decide, Tell))}
    onward = {id: [edge.to for edge in edges_of(step) if edge.to in idle] for id, step in idle.items()}
    told: set[str] = set()
    for id in idle:
        round_ = _round(onward, id)
        if round_ and told.isdisjoint(round_):
            told.update(round_)
            message = f"nothing is done or waited for on the way round: {shown((*round_, id))}"
            case.wrong((id,), message, "wait for something there, or lead out of the loop", "loop")


def _round(onward: dict[str, list[str]], start: str) -> tuple[str, ...]:
    """A shortest way from a step back to itself; empty when there is none."""
    ahead: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ahead:
        for to in onward[way[-1]]:
            if to == start:
                return way
            if to not in seen:
                seen.add(to)
                ahead.append((*way, to))
    return ()


def _check_known(case: Case) -> None:
    """A result is read only where its step has answered, whichever way was taken."""

    def effect(step: Step, edge: Edge, before: frozenset[str]) -> frozenset[str]:
        return before | known_after(step, edge, case.catalogue)

    ids = {step.id for step in case.flow.steps}
    known = surely(case.flow, NOTHING, effect)
    for step in case.flow.steps:
        for expression in case.expressions(step) if step.id in known else ():
            for name, column in _results(case, expression, ids):
                if name not in known[step.id]:
                    way = way_lacking(case.flow, NOTHING, effect, step.id, name)
                    told = f"'{name}' is not known on every way here: {shown(way)}"
                    advice = f"read it only after '{name.partition('.')[0]}' has given it"
                    case.wrong(expression.where, told, advice, "not-known", column)


def _results(case: Case, expression: Expression, ids: set[str]) -> list[tuple[str, int]]:
    """What an expression reads of earlier steps; a field that they do not have is told of elsewhere."""
    try:
        found = [(names, column) for names, column in reads(expression.text) if names[0] in ids]
    except Unreadable:
        return []
    known = [
        (names, column) for names, column in found if names[1:2] and names[1] in case.types[names[0]].fields
    ]
    return [(".".join(names[:2]), column) for names, column in known]


def _check_cancelling(case: Case) -> None:
    """What is done for good cannot be called off, so cancelling ends with it or before."""
    flow = case.flow
    if not way_out(flow):
        told = "a cancellation has no end to come to"
        advice = "add one with state: cancelled and undo: true, or say on_cancel: STEP"
        case.wrong((*FILE, "ends"), told, advice, "cancel")
    before = cancellable(flow) - {flow.cancel_until}
    for step in flow.steps:
        if step.id in before and _is_final(case, step):
            told = f"'{step.id}' is done for good while the {flow.level} can still be cancelled"
            where = (*FILE, "cancel_until") if flow.cancel_until else (step.id, "run")
            case.wrong(where, told, f"write cancel_until: {step.id}", "cancel")
            return


def _is_final(case: Case, step: Step) -> bool:
    """Goods that have left do not come back; of a return, neither does the money, nor what was scrapped."""
    action = action_of(case, step)
    if action is None:
        return False
    of_return = case.flow.level == Level.RETURN
    return action.changes == Changes.SHIPS or (
        of_return and not action.undo and action.changes in (Changes.REFUNDS, Changes.STOCK)
    )


def action_of(case: Case, step: Step) -> Action | None:
    return case.catalogue.actions.get(step.does.action) if isinstance(step.does, Run) else None
