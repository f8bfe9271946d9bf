"""Outside events: early, twice, out of order or for nobody, none is lost."""

from domain.act import Act, ActResult, Outcome
from domain.facts import Facts
from domain.fulfilment import FulfilmentState
from domain.journal import EntryKind
from flow.engine import holds, renewals
from flow.engine.machine import Machine
from flow.engine.state import KeptEvent, Lane
from flow.model import WaitFor


def hear(m: Machine, act: Act) -> None:
    """An event serves the lane that waits for it, or is kept for the next wait of its name."""
    m.settle(act.id, ActResult(Outcome.DONE))
    if renewals.paid(m, act):
        return
    if act.target in (renewals.PAID, "payment.received") and m.state.clock.unpaid is None:
        holds.paid(m, act)
    lane = _addressee(m, act)
    event = KeptEvent(act.id, act.target, lane.id if lane else act.lane, act.values, act.tracking)
    if lane is not None and _waits_for(m, lane, act.target):
        _serve(m, lane, event)
        return
    m.state.kept.append(event)
    m.page.kept_events.append(act.id)
    m.say(lane or m.state.root, EntryKind.EVENT, f"{act.target} came; nothing waits for it now.", act.id)


def serve_kept(m: Machine, lane: Lane) -> None:
    """The first kept event of the name this lane now waits for, if there is one, once."""
    for event in m.state.kept:
        if _is_for(m, event, lane) and _waits_for(m, lane, event.name):
            m.state.kept.remove(event)
            _serve(m, lane, event)
            return


def _serve(m: Machine, lane: Lane, event: KeptEvent) -> None:
    wait = m.close_wait(lane, event.act)
    step = m.flow(lane).step(wait.step)
    wait_for = step.does
    assert isinstance(wait_for, WaitFor)
    lane.results[wait.step] = event.values
    lane.passed.append(wait.step)
    if lane.id in m.state.fulfilments:
        m.learn(m.state.fulfilments[lane.id], _news(event))
    m.say(lane, EntryKind.EVENT, f"{step.title}: {event.name}.", event.act)
    values = [value for value in event.values.values() if isinstance(value, str)]
    chosen = [wait_for.choices[value] for value in values if value in wait_for.choices]
    m.go(lane, chosen[0] if chosen else step.then)


def _news(event: KeptEvent) -> Facts:
    """What an event says about the fulfilment it comes to: goods that arrived lie somewhere."""
    if event.name != "stock.arrived":
        return {}
    return {"state": FulfilmentState.OPEN.value, **event.values}


def _addressee(m: Machine, act: Act) -> Lane | None:
    """The lane an event names, by itself or by tracking number, else the only one it can mean."""
    lanes = m.state.lanes
    if act.lane:
        return lanes.get(act.lane)
    if act.tracking:
        facts = m.state.fulfilments.values()
        named = [lanes[f["id"]] for f in facts if f["tracking"] == act.tracking and f["id"] in lanes]
        return named[0] if named else None
    waiting = [lane for lane in lanes.values() if _waits_for(m, lane, act.target)]
    return waiting[0] if len(waiting) == 1 else None


def _is_for(m: Machine, event: KeptEvent, lane: Lane) -> bool:
    if event.lane or not event.tracking:
        return event.lane in ("", lane.id)
    return m.state.fulfilments.get(lane.id, {}).get("tracking") == event.tracking


def _waits_for(m: Machine, lane: Lane, event: str) -> bool:
    if lane.wait is None or lane.wait.kind != "event":
        return False
    wait_for = m.flow(lane).step(lane.wait.step).does
    return isinstance(wait_for, WaitFor) and wait_for.event == event
