"""Entering a step: what each of the seven verbs does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.journal import AnswerOption, EntryKind, WaitOpened
from domain.notice import Notice
from flow.conditions import ConditionFailed
from flow.engine.commands import LoadFlow, Send
from flow.engine.machine import Machine, has_shipped, is_open
from flow.engine.state import Lane, Phase, Telling, Wait, Work
from flow.model import Ask, Decide, Each, Lateness, Level, Pause, Run, Step, Tell, WaitFor


def enter_run(m: Machine, lane: Lane, step: Step) -> None:
    run = step.does
    assert isinstance(run, Run)
    try:
        args = {name: _plain(m.evaluate(lane, text).value) for name, text in run.with_.items()}
    except ConditionFailed as failure:
        m.stop_and_ask(lane, f"{failure}.", "step", role=run.owner, may_skip=run.may_skip)
        return
    work = Work(m.key(lane, run.action), run.action, step.id, lane.visit, args)
    if run.undo:
        # Before the effect: a crash or an unknown outcome must not forget what may have to go back.
        lane.undo.append(Work(m.key(lane, run.undo), run.undo, step.id, lane.visit, {}, undo=True))
    m.perform(lane, work)


def enter_ask(m: Machine, lane: Lane, step: Step) -> None:
    ask = step.does
    assert isinstance(ask, Ask)
    try:
        task = _task(m, lane, ask)
    except ConditionFailed as failure:
        m.stop_and_ask(lane, f"{failure}.", "step", role="ops")
        return
    wait = _open_wait(m, lane, step, "ask")
    m.page.opened.append(_told(m, lane, step, wait, **task))
    m.say(lane, EntryKind.WAIT, f"Waiting for {ask.role}: {step.title}.")


def enter_decide(m: Machine, lane: Lane, step: Step) -> None:
    decide = step.does
    assert isinstance(decide, Decide)
    place, why = decide.otherwise, ""
    try:
        for row in decide.rows:
            verdict = m.evaluate(lane, row.if_)
            if verdict.value:
                place, why = row.go, verdict.because
                break
    except ConditionFailed as failure:
        m.stop_and_ask(lane, f"{failure}.", "step", role="ops")
        return
    reason = f": {why}" if why else ", as no rule spoke against it" if decide.rows else ""
    asked = step.title if step.title.endswith("?") else f"{step.title}:"
    m.say(lane, EntryKind.DECISION, f"{asked} “{m.title(lane, place)}”{reason}.")
    lane.passed.append(step.id)
    m.go(lane, place)


def enter_wait_for(m: Machine, lane: Lane, step: Step) -> None:
    wait = _open_wait(m, lane, step, "event")
    m.page.opened.append(_told(m, lane, step, wait))
    m.say(lane, EntryKind.WAIT, f"{step.title}.")


def enter_pause(m: Machine, lane: Lane, step: Step) -> None:
    pause = step.does
    assert isinstance(pause, Pause)
    wait = _open_wait(m, lane, step, "pause")
    m.page.opened.append(_told(m, lane, step, wait))
    m.say(lane, EntryKind.WAIT, f"{step.title}: {pause.length}.")


def enter_tell(m: Machine, lane: Lane, step: Step) -> None:
    """A notice goes beside the flow, which goes on at once."""
    tell = step.does
    assert isinstance(tell, Tell)
    id = f"{lane.id}.{step.id}.{lane.visit}"
    send(m, Notice(id, m.state.order, lane.id, tell.template, tell.to, marketing=tell.marketing))
    m.say(lane, EntryKind.NOTICE, f"{step.title}.")
    lane.passed.append(step.id)
    m.go(lane, step.then)


def enter_each(m: Machine, lane: Lane, step: Step) -> None:
    wait = _open_wait(m, lane, step, "each")
    m.page.opened.append(_told(m, lane, step, wait))
    open_lanes(m, lane, step)
    count_lanes(m)


ENTER: dict[type, Callable[[Machine, Lane, Step], None]] = {
    Run: enter_run,
    Ask: enter_ask,
    Decide: enter_decide,
    WaitFor: enter_wait_for,
    Pause: enter_pause,
    Tell: enter_tell,
    Each: enter_each,
}


def open_lanes(m: Machine, root: Lane, step: Step) -> None:
    """A lane for every open fulfilment that has none yet."""
    each = step.does
    assert isinstance(each, Each)
    for id, facts in m.state.fulfilments.items():
        if id in m.state.lanes or not is_open(facts):
            continue
        scope = {**m.scope(root), "fulfilment": facts}
        lane = Lane(id, Level.FULFILMENT, "", "", m.now)
        m.state.lanes[id] = lane
        m.page.lanes[id] = None
        try:
            lane.flow = str(m.evaluate_in(scope, each.use).value)
        except ConditionFailed as failure:
            m.stop_and_ask(lane, f"{failure}.", "load", role="ops")
            continue
        lane.sha256 = m.state.flows.get(lane.flow, "")
        if lane.sha256:
            load(m, lane)
        else:
            lane.step = lane.flow
            m.stop_and_ask(lane, f"There is no flow {lane.flow!r} for this order.", "load", role="ops")


def load(m: Machine, lane: Lane) -> None:
    """Fetch the lane's definition, unless it is here already."""
    if lane.sha256 in m.flows:
        m.go(lane, m.flow(lane).first)
    else:
        m.touch(lane, Phase.LOADING)
        m.out.append(LoadFlow(lane.id, lane.sha256))


def count_lanes(m: Machine) -> None:
    """When no lane is open any more, the order's own flow goes on."""
    root = m.state.root
    if root.wait is None or root.wait.kind != "each":
        return
    lanes = [lane for lane in m.state.lanes.values() if lane is not root]
    if any(lane.phase != Phase.ENDED for lane in lanes):
        return
    m.close_wait(root)
    # Goods taken out of a parcel are called off without ever having had a lane.
    taken_out = sum(id not in m.state.lanes for id in m.state.fulfilments)
    shipped = sum(has_shipped(m.state.fulfilments[lane.id]) for lane in lanes)
    root.results[root.step] = {
        "total": len(lanes) + taken_out,
        "fulfilled": sum(lane.state == "fulfilled" for lane in lanes),
        "cancelled": sum(lane.state == "cancelled" for lane in lanes) + taken_out,
        "shipped": shipped,
    }
    # With nothing sent and nothing left to send, no hold keeps the order from letting everything go.
    root.stopping = shipped == 0
    root.passed.append(root.step)
    m.go(root, m.flow(root).step(root.step).then)


def send(m: Machine, notice: Notice) -> None:
    m.state.told += 1
    notice = replace(notice, n=m.state.told)
    m.state.notices[notice.id] = Telling(notice)
    m.out.append(Send(notice))


def _open_wait(m: Machine, lane: Lane, step: Step, kind: str) -> Wait:
    lane.wait = Wait(f"{lane.id}.{step.id}.{lane.visit}", step.id, lane.visit, kind, m.now)
    m.touch(lane, Phase.WAITING)
    return lane.wait


def wait_as_told(m: Machine, lane: Lane, step: Step, wait: Wait) -> WaitOpened:
    """
    An open wait in the words of this step.

    :raises ConditionFailed: a fact that a task shows is missing.
    """
    task = _task(m, lane, step.does) if isinstance(step.does, Ask) else {}
    return _told(m, lane, step, wait, **task)


def _told(m: Machine, lane: Lane, step: Step, wait: Wait, **task: Any) -> WaitOpened:
    return WaitOpened(
        lane=lane.id,
        step=step.id,
        visit=wait.visit,
        kind=wait.kind,
        title=step.title,
        since=wait.since,
        calendar=m.flow(lane).calendar,
        **_lateness(m, lane, step),
        **task,
    )


def _lateness(m: Machine, lane: Lane, step: Step) -> dict[str, Any]:
    match step.does:
        case Pause(length=length):
            return {"late": length}
        case WaitFor(event=event, if_late=late):
            return {"event": event, "late": late.after, "late_then": m.title(lane, late.go)}
        case Ask(if_late=late) | Each(if_late=Lateness() as late):
            return {"late": late.after, "late_then": m.title(lane, late.go)}
    return {}


def _task(m: Machine, lane: Lane, ask: Ask) -> dict[str, Any]:
    """:raises ConditionFailed: a fact is missing."""
    return {
        "role": ask.role,
        "priority": int(m.evaluate(lane, ask.priority).value),
        "show": {name: _fact(m, lane, name) for name in ask.show},
        "scan": ask.scan,
        "answers": tuple(AnswerOption(a.name, a.label, a.needs) for a in ask.answers),
        "not_same_person_as": ask.not_same_person_as,
        "due": ask.due,
        "remind": ask.remind,
    }


def _fact(m: Machine, lane: Lane, name: str) -> Any:
    return _plain(m.evaluate(lane, name).value)


def _plain(value: Any) -> Any:
    """JSON for the history: decimals as text."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value if isinstance(value, str | int | bool | None) else str(value)
