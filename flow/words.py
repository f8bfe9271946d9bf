"""A flow read aloud: each step in one plain sentence."""

from collections.abc import Sequence

from domain.returns import OPENING
from flow.model import Ask, Decide, Each, Flow, Pause, Run, Step, Tell, Verb, WaitFor


def sentences(flow: Flow) -> list[str]:
    """One sentence a step, in the order of the file; places are named by their titles."""
    return [sentence(flow, step) for step in flow.steps]


def sentence(flow: Flow, step: Step) -> str:
    """
    What a step does, for how long, and where it leads, as in:
    "Pick and pack: a task for warehouse; “Packed” leads to “Take the payment”; due after 1 working day."
    """
    title = step.title if step.title.endswith("?") else f"{step.title}:"
    told = f"{title} {'; '.join(_parts(flow, step))}."
    return told if _goes_on(flow, step) else f"{told[:-1]}; then {_place(flow, step.then)}."


def _goes_on(flow: Flow, step: Step) -> bool:
    """Whether nothing needs to be said about what comes next."""
    if isinstance(step.does, (Ask, Decide)) or (isinstance(step.does, WaitFor) and step.does.choices):
        return True
    ids = [other.id for other in flow.steps]
    return step.then in ids and ids.index(step.then) == ids.index(step.id) + 1


def _parts(flow: Flow, step: Step) -> list[str]:
    match step.does:
        case Run() as run:
            return _run(flow, run)
        case Ask() as ask:
            return _ask(flow, ask)
        case Decide() as decide:
            rows = [f"if {row.if_}, {_place(flow, row.go)}" for row in decide.rows]
            return [*rows, f"otherwise {_place(flow, decide.otherwise)}"]
    return _outside(flow, step.does)


def _outside(flow: Flow, does: Verb) -> list[str]:
    match does:
        case WaitFor() as wait:
            chosen = [f"on {value}, {_place(flow, to)}" for value, to in wait.choices.items()]
            return [f"waits for {wait.event}", *chosen, _late(flow, wait.if_late.after, wait.if_late.go)]
        case Tell() as tell:
            consent = ", with consent only" if tell.marketing else ""
            whom = f"the {tell.to}" if tell.to in ("customer", "partner") else tell.to
            return [f"sends the notice {tell.template} to {whom}{consent}"]
        case Pause() as pause:
            return [f"waits {pause.length}"]
        case Each() as each:
            late = each.if_late
            told = f"every fulfilment follows {each.use}, side by side, until none is open"
            return [told, *([_late(flow, late.after, late.go)] if late else [])]
    raise AssertionError(does)


def _run(flow: Flow, run: Run) -> list[str]:
    given = ", ".join(f"{name} = {text}" for name, text in run.with_.items())
    told = f"runs {run.action}{f' with {given}' if given else ''}"
    parts = [f"{told}, up to {run.retry.tries} times of {run.timeout}"]
    parts += [f"on {refusal}, {_place(flow, to)}" for refusal, to in run.on_error.items()]
    if run.undo:
        parts.append(f"undone by {run.undo}")
    if run.renew:
        before, unpaid = run.renew.before, run.renew.unpaid
        parts.append(f"held anew {before} before it runs out; an incident when unpaid for {unpaid}")
    if run.may_skip:
        parts.append(f"{_listed(run.may_skip)} may skip it")
    return parts


def _ask(flow: Flow, ask: Ask) -> list[str]:
    parts = [f"a task for {ask.role}"]
    for answer in ask.answers:
        needs = f" (needs {_listed(tuple(answer.needs))})" if answer.needs else ""
        parts.append(f"“{answer.label}”{needs} leads to {_place(flow, answer.go)}")
    if ask.due:
        parts.append(f"due after {ask.due}")
    if ask.remind:
        parts.append(f"a reminder after {ask.remind}")
    if ask.not_same_person_as:
        other = ask.not_same_person_as
        did = "opened it" if other == OPENING else f"answered {_place(flow, other)}"
        parts.append(f"not by the person who {did}")
    return [*parts, _late(flow, ask.if_late.after, ask.if_late.go)]


def _late(flow: Flow, after: str, go: str) -> str:
    return f"after {after} without that, {_place(flow, go)}"


def _place(flow: Flow, id: str) -> str:
    place = flow.by_id[id]
    return f"“{place.title}”" if isinstance(place, Step) else f"the end “{place.title}”"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
