"""A step that failed for good stops and asks: try again, skip it, or cancel the order."""

from domain.act import Act, ActResult, Outcome
from domain.journal import EntryKind, IncidentClosed
from flow.engine import leaving, renewals
from flow.engine.commands import Send
from flow.engine.machine import Machine
from flow.engine.state import Lane, Phase, Telling
from flow.engine.verbs import load


def refuse_retry(m: Machine, act: Act) -> str:
    if _of_clock(m, act.target):
        return ""
    lane = _lane_of(m, act.target)
    if lane is None:
        return "" if _telling_of(m, act.target) else f"There is no open incident {act.target}."
    return _refuse_on_hold(m, lane)


def retry(m: Machine, act: Act) -> None:
    m.settle(act.id, ActResult(Outcome.DONE))
    if _of_clock(m, act.target):
        renewals.retry(m, act)
        return
    telling = _telling_of(m, act.target)
    if telling is not None:
        _close_telling(m, telling, act, "retried")
        m.out.append(Send(telling.notice))
        return
    lane = _lane_of(m, act.target)
    assert lane is not None
    incident = m.close_incident(lane, "retried", act.id)
    m.say(lane, EntryKind.INCIDENT, f"{m.title(lane, lane.step)}: trying again.", act.id)
    if incident.cause == "load":
        lane.sha256 = m.state.flows.get(lane.flow, lane.sha256)
        load(m, lane)
    elif incident.cause == "step" or lane.work is None:
        lane.visits[lane.step] -= 1
        lane.granted[lane.step] = lane.granted.get(lane.step, 0) + 1
        m.go(lane, lane.step)
    else:
        if lane.work.undo:
            m.touch(lane, Phase.UNDOING)
        m.perform(lane, lane.work)


def refuse_skip(m: Machine, act: Act) -> str:
    if _of_clock(m, act.target):
        unpaid = m.state.clock.unpaid is not None
        return f"Order {m.state.order} is not paid: have it paid, or cancel it." if unpaid else ""
    if _telling_of(m, act.target) is not None:
        return ""
    lane = _lane_of(m, act.target)
    if lane is None or lane.incident is None:
        return f"There is no open incident {act.target}."
    if not lane.incident.may_skip:
        return f"“{m.title(lane, lane.step)}” of order {m.state.order} cannot be skipped."
    return _refuse_on_hold(m, lane)


def _refuse_on_hold(m: Machine, lane: Lane) -> str:
    """No new work while a hold stands; taking back goes on."""
    if m.state.holds and not lane.stopping:
        return f"{m.state.what} is on hold: {', '.join(m.state.holds)}."
    return ""


def skip(m: Machine, act: Act) -> None:
    m.settle(act.id, ActResult(Outcome.DONE))
    if _of_clock(m, act.target):
        renewals.skip(m, act)
        return
    telling = _telling_of(m, act.target)
    if telling is not None:
        _close_telling(m, telling, act, "skipped")
        del m.state.notices[telling.notice.id]
        return
    lane = _lane_of(m, act.target)
    assert lane is not None
    m.close_incident(lane, "skipped", act.id)
    m.say(lane, EntryKind.INCIDENT, f"{m.title(lane, lane.step)}: skipped.", act.id)
    undoing = lane.work is not None and lane.work.undo
    lane.work = None
    if undoing:
        leaving.undo_next(m, lane)
        return
    lane.passed.append(lane.step)
    m.go(lane, m.flow(lane).step(lane.step).then)


def tell_failed(m: Machine, notice: str, why: str) -> None:
    """A notice that cannot be sent waits for a person; the flow goes on beside it."""
    telling = m.state.notices[notice]
    lane = m.state.lanes[telling.notice.lane]
    what = f"The notice “{telling.notice.template}” was not sent: {why}"
    telling.incident = m.incident(lane, what, "notice", role="support", may_skip=("support", "admin"))


def _close_telling(m: Machine, telling: Telling, act: Act, how: str) -> None:
    assert telling.incident is not None
    closed = IncidentClosed(telling.incident.id, m.now, how, act.id)
    m.page.incidents_closed.append(closed)
    telling.incident = None


def _of_clock(m: Machine, incident: str) -> bool:
    stopped = m.state.clock.incident
    return stopped is not None and stopped.id == incident


def _lane_of(m: Machine, incident: str) -> Lane | None:
    lanes = m.state.lanes.values()
    return next((lane for lane in lanes if lane.incident and lane.incident.id == incident), None)


def _telling_of(m: Machine, incident: str) -> Telling | None:
    notices = m.state.notices.values()
    return next(
        (telling for telling in notices if telling.incident and telling.incident.id == incident), None
    )
