"""How a lane leaves: an end, a cancellation, and taking back in reverse what was done."""

from domain.act import Act, ActResult, Outcome
from domain.fulfilment import FulfilmentState
from domain.journal import EntryKind
from flow.engine import renewals
from flow.engine.machine import PUT_BACK, Machine, has_shipped
from flow.engine.state import Cancelling, Lane, Phase, Work
from flow.engine.verbs import count_lanes
from flow.graph import leading_to, reachable
from flow.model import End, Flow, Level


def leave(m: Machine, lane: Lane, end: End) -> None:
    """Come to an end; with `undo`, everything done on the way is taken back first."""
    lane.end = end.id
    if end.undo and lane.undo:
        m.touch(lane, Phase.UNDOING)
        undo_next(m, lane)
    else:
        _finish(m, lane)


def undo_next(m: Machine, lane: Lane) -> None:
    """Take back the latest thing that is not yet taken back; with none left, the lane ends."""
    if lane.undo:
        m.touch(lane, Phase.UNDOING)
        m.perform(lane, lane.undo.pop())
    else:
        _finish(m, lane)


def _finish(m: Machine, lane: Lane) -> None:
    if not lane.end:
        _end_before_the_flow(m, lane)
        return
    end = m.flow(lane).by_id[lane.end]
    assert isinstance(end, End)
    lane.state = end.state
    lane.undo.clear()
    m.touch(lane, Phase.ENDED)
    m.say(lane, EntryKind.END, f"{end.title}.")
    for task in [task for task in m.state.early if task.startswith(f"{lane.id}.")]:
        for act in m.state.early.pop(task):
            m.settle(act.id, ActResult(Outcome.REFUSED, f"Task {task} never opened: {end.title}."))
    if lane is m.state.root:
        renewals.stop(m)
    if lane.level == Level.FULFILMENT:
        _finish_fulfilment(m, lane)


def _end_before_the_flow(m: Machine, lane: Lane) -> None:
    lane.state = FulfilmentState.CANCELLED
    m.touch(lane, Phase.ENDED)
    m.say(lane, EntryKind.END, "Called off before its flow was here.")
    if lane.level == Level.FULFILMENT:
        _finish_fulfilment(m, lane)


def _put_back(m: Machine, lane: Lane) -> None:
    m.touch(lane, Phase.UNDOING)
    m.perform(lane, Work(m.key(lane, "stock.release"), "stock.release", PUT_BACK.id, 1, {}, undo=True))


def _finish_fulfilment(m: Machine, lane: Lane) -> None:
    facts = m.state.fulfilments[lane.id]
    if lane.state == FulfilmentState.FULFILLED or not has_shipped(facts):
        facts["state"] = lane.state
    count_lanes(m)


def refuse_cancel(m: Machine, act: Act) -> str:
    if act.lane and act.lane not in m.state.lanes:
        return f"Order {m.state.order} has no open fulfilment {act.lane}."
    lanes = _asked(m, act)
    if any(_can_stop(m, lane) for lane in lanes):
        return ""
    what = f"Fulfilment {act.lane}" if act.lane not in ("", m.state.subject) else m.state.what
    if any(lane.cancel or lane.stopping for lane in lanes if lane.phase != Phase.ENDED):
        return f"{what} is already being cancelled."
    return f"{what} can no longer be cancelled: it has left, or is finished."


def cancel(m: Machine, act: Act) -> None:
    """Lanes that stand still stop at once, running ones at their next boundary."""
    lanes = [lane for lane in _asked(m, act) if _can_stop(m, lane)]
    m.say(lanes[0], EntryKind.CANCEL, "A cancellation was asked for.", act.id)
    cancelling = Cancelling(act.id, [])
    m.state.cancelling.append(cancelling)
    for lane in lanes:
        if lane.phase in (Phase.RUNNING, Phase.LOADING):
            lane.cancel = True
            cancelling.waiting.append(lane.id)
        else:
            call_off(m, lane)
            cancelling.stopped += 1
    _settle_cancelling(m)


def stop_at_boundary(m: Machine, lane: Lane) -> bool:
    """At the end of a step: leave if that was asked for and the flow still allows it."""
    if not lane.cancel:
        return False
    lane.cancel = False
    stops = before_the_point(m, lane) and not lane.stopping
    for cancelling in m.state.cancelling:
        if lane.id in cancelling.waiting:
            cancelling.waiting.remove(lane.id)
            cancelling.stopped += stops
    _settle_cancelling(m)
    if stops:
        _turn(m, lane)
    return stops


def turn_back(m: Machine, lane: Lane, place: str) -> None:
    """Whoever had a say has refused: a lane that is led back to its usual way is called off no more."""
    flow = m.flow(lane)
    if not lane.stopping or place == flow.on_cancel or flow.on_cancel not in lane.visits:
        return
    if place in _usual(flow):
        lane.stopping = False
        m.say(lane, EntryKind.CANCEL, f"The cancellation came to nothing: “{m.title(lane, place)}”.")


def follow(m: Machine, new: Lane, origin: Lane) -> None:
    """A parcel split off one that is being called off is called off with it."""
    if not origin.cancel:
        return
    if new.incident is not None:
        call_off(m, new)
        return
    new.cancel = True
    for cancelling in m.state.cancelling:
        if origin.id in cancelling.waiting:
            cancelling.waiting.append(new.id)


def _usual(flow: Flow) -> frozenset[str]:
    """Places on the way of a lane that nobody called off, from which it can still be fulfilled."""
    good = frozenset(end.id for end in flow.ends if end.state != FulfilmentState.CANCELLED)
    return reachable(flow, frozenset({flow.first}), without=flow.on_cancel) & leading_to(flow, good)


def _asked(m: Machine, act: Act) -> list[Lane]:
    return [m.state.lanes[act.lane]] if act.lane else list(m.state.lanes.values())


def _can_stop(m: Machine, lane: Lane) -> bool:
    if lane.phase in (Phase.ENDED, Phase.UNDOING) or lane.cancel or lane.stopping:
        return False
    if lane.wait is not None and lane.wait.kind == "each":
        return False  # its lanes are asked, and it goes by what they say
    if lane is m.state.root and any(_goes_out(m, other) for other in m.state.lanes.values()):
        return False
    return before_the_point(m, lane)


def _goes_out(m: Machine, lane: Lane) -> bool:
    """A parcel that has left, or that nobody can stop any more."""
    if lane.level != Level.FULFILMENT:
        return False
    ended = lane.phase == Phase.ENDED
    return has_shipped(m.state.fulfilments[lane.id]) or not (ended or before_the_point(m, lane))


def before_the_point(m: Machine, lane: Lane) -> bool:
    """
    Whether its flow still lets it be called off. One whose flow never came has passed nothing, and running
    late is not passing.
    """
    if lane.sha256 not in m.flows:
        return True
    point = m.flow(lane).cancel_until
    return lane.passed.count(point) <= lane.late.count(point)


def call_off(m: Machine, lane: Lane) -> None:
    """Stop a lane where it stands, and take it onto its way out."""
    if lane.wait is not None:
        m.close_wait(lane)
    if lane.incident is not None:
        m.close_incident(lane, "cancelled")
    lane.work = None
    _turn(m, lane)


def _turn(m: Machine, lane: Lane) -> None:
    """Onto the way out that the flow names; a lane whose flow never came lets its goods go, and ends."""
    lane.stopping = True
    if lane.sha256 not in m.flows:
        if lane.level == Level.FULFILMENT:
            _put_back(m, lane)
        else:
            _end_before_the_flow(m, lane)
        return
    flow = m.flow(lane)
    if flow.on_cancel != "undo":
        m.go(lane, flow.on_cancel)
        return
    m.go(lane, next(end.id for end in flow.ends if end.state == "cancelled" and end.undo))


def _settle_cancelling(m: Machine) -> None:
    for cancelling in [c for c in m.state.cancelling if not c.waiting]:
        m.state.cancelling.remove(cancelling)
        if cancelling.stopped:
            m.settle(cancelling.act, ActResult(Outcome.DONE))
        else:
            why = f"{m.state.what} can no longer be cancelled: it has just left."
            m.settle(cancelling.act, ActResult(Outcome.REFUSED, why))
