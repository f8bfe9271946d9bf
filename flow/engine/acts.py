"""What people and the outside world may do to an order now, and doing it once."""

import re
from collections.abc import Callable

from domain.act import Act, ActKind, ActResult, Outcome
from domain.journal import EntryKind
from flow.engine import edits, events, holds, incidents, leaving, moving
from flow.engine.machine import Machine
from flow.engine.state import Lane
from flow.model import Answer, Ask


def refusal(m: Machine, act: Act) -> str:
    """Why this act cannot be done now; empty when it can, or when it was. Changes nothing."""
    return "" if _is_known(m, act.id) else REFUSALS[act.kind](m, act)


def apply(m: Machine, act: Act) -> None:
    """Do an act once; its result, as soon as there is one, stands in `state.acts` under its id."""
    if _is_known(m, act.id):
        return
    why = refusal(m, act)
    if why:
        m.settle(act.id, ActResult(Outcome.REFUSED, why))
    else:
        APPLY[act.kind](m, act)


def answer_early(m: Machine, lane: Lane) -> None:
    """An answer that came before its task was open is given now."""
    assert lane.wait is not None
    for act in m.state.early.pop(lane.wait.id, ()):
        apply(m, act)


def _is_known(m: Machine, id: str) -> bool:
    """Whether this act was done or refused, or is still being made up a mind about."""
    early = (act.id for acts in m.state.early.values() for act in acts)
    moving_ = m.state.moving is not None and m.state.moving.act == id
    pending = {each.act for each in m.state.cancelling} | {each.act for each in m.state.editing}
    return id in m.state.acts or id in early or moving_ or id in pending


def _refuse_answer(m: Machine, act: Act) -> str:
    lane = _lane_of_task(m, act.target)
    if lane is None:
        over = _is_over(m, act.target)
        return f"Task {act.target} is closed: it was answered, ran late or was called off." if over else ""
    if m.state.holds:
        return f"{m.state.what} is on hold: {', '.join(m.state.holds)}."
    answer = _answer(m, lane, act)
    if answer is None:
        return f"Task {act.target} has no answer {act.answer!r}."
    wanted = {name for name, kind in answer.needs.items() if kind != "text"}
    if set(act.values) != wanted:
        names = ", ".join(sorted(wanted)) or "no fields"
        return f"Answer {act.answer!r} of task {act.target} needs {names}."
    return ""


def _give_answer(m: Machine, act: Act) -> None:
    lane = _lane_of_task(m, act.target)
    if lane is None:
        # The row of a task may be seen before a recovering workflow has opened it again.
        m.state.early.setdefault(act.target, []).append(act)
        return
    answer = _answer(m, lane, act)
    assert answer is not None
    wait = m.close_wait(lane, act.id)
    lane.results[wait.step] = {"answer": act.answer, **act.values}
    lane.passed.append(wait.step)
    m.say(lane, EntryKind.ANSWER, f"{m.title(lane, wait.step)}: {answer.label}.", act.id)
    m.settle(act.id, ActResult(Outcome.DONE))
    m.go(lane, answer.go)


def _lane_of_task(m: Machine, task: str) -> Lane | None:
    for lane in m.state.lanes.values():
        if lane.wait is not None and lane.wait.kind == "ask" and lane.wait.id == task:
            return lane
    return None


def _is_over(m: Machine, task: str) -> bool:
    """Whether this visit of a known lane's step has been; what is not known yet may still come."""
    id, step, visit = ("", "", *task.rsplit(".", 2))[-3:]
    lane = m.state.lanes.get(id)
    if lane is None:
        return not id.startswith(m.state.subject)
    cannot_be = re.fullmatch("[0-9]{1,9}", visit) is None
    return bool(lane.state) or cannot_be or int(visit) <= lane.visits.get(step, 0)


def _answer(m: Machine, lane: Lane, act: Act) -> Answer | None:
    ask = m.flow(lane).step(lane.step).does
    assert isinstance(ask, Ask)
    return next((answer for answer in ask.answers if answer.name == act.answer), None)


REFUSALS: dict[ActKind, Callable[[Machine, Act], str]] = {
    ActKind.ANSWER: _refuse_answer,
    ActKind.EVENT: lambda _m, _act: "",  # kept, whatever it is: it may only be early
    ActKind.CANCEL: leaving.refuse_cancel,
    ActKind.HOLD: holds.refuse_hold,
    ActKind.RELEASE: holds.refuse_release,
    ActKind.RETRY: incidents.refuse_retry,
    ActKind.SKIP: incidents.refuse_skip,
    ActKind.MOVE: moving.refuse_move,
    ActKind.ADDRESS: edits.refuse_address,
    ActKind.EDIT: edits.refuse_edit,
    ActKind.RESEND: lambda m, _act: f"{m.state.what} sends no mail a second time by itself.",
}
APPLY: dict[ActKind, Callable[[Machine, Act], None]] = {
    ActKind.ANSWER: _give_answer,
    ActKind.EVENT: events.hear,
    ActKind.CANCEL: leaving.cancel,
    ActKind.HOLD: holds.hold,
    ActKind.RELEASE: holds.release,
    ActKind.RETRY: incidents.retry,
    ActKind.SKIP: incidents.skip,
    ActKind.MOVE: moving.move,
    ActKind.ADDRESS: edits.readdress,
    ActKind.EDIT: edits.edit,
}
