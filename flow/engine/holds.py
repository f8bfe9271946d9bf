"""Holding an order: no new step begins, reminders and lateness stand still."""

from domain.act import Act, ActResult, HoldKind, Outcome
from domain.journal import EntryKind, WaitMoved
from flow.engine.machine import Machine
from flow.engine.state import Lane, Phase


def refuse_hold(m: Machine, act: Act) -> str:
    if act.target not in set(HoldKind):
        return f"{act.target!r} is not a kind of hold."
    return f"{m.state.what} is already on hold: {act.target}." if act.target in m.state.holds else ""


def hold(m: Machine, act: Act) -> None:
    begin_hold(m, act.target, act.id)
    m.settle(act.id, ActResult(Outcome.DONE))


def begin_hold(m: Machine, kind: str, act: str = "") -> None:
    m.state.holds.append(kind)
    m.state.held_since = m.state.held_since or m.now
    m.state.facts["hold"] = True
    m.say(m.state.root, EntryKind.HOLD, f"Put on hold: {_said(kind)}.", act)


def refuse_release(m: Machine, act: Act) -> str:
    if act.target not in m.state.holds:
        return f"{m.state.what} is not on hold: {_said(act.target)}."
    if act.target == HoldKind.AWAITING_PAYMENT:
        return f"Order {m.state.order} waits for its payment; only a payment releases it."
    return ""


def release(m: Machine, act: Act) -> None:
    m.settle(act.id, ActResult(Outcome.DONE))
    let_go(m, act.target, act.id)


def paid(m: Machine, act: Act) -> None:
    """Money came: an order that was held for it goes on."""
    if HoldKind.AWAITING_PAYMENT in m.state.holds:
        let_go(m, HoldKind.AWAITING_PAYMENT.value, act.id)


def money_came(m: Machine) -> None:
    """The money is held anew."""
    if HoldKind.AWAITING_PAYMENT in m.state.holds:
        let_go(m, HoldKind.AWAITING_PAYMENT.value)


def let_go(m: Machine, kind: str, act: str = "") -> None:
    """What stands still goes on, unless another hold stands."""
    m.state.holds.remove(kind)
    m.say(m.state.root, EntryKind.HOLD, f"Released from hold: {_said(kind)}.", act)
    if not m.state.holds:
        _go_on(m)


def _said(kind: str) -> str:
    """`INCORRECT_ADDRESS` as `incorrect address`."""
    return kind.replace("_", " ").lower()


def _go_on(m: Machine) -> None:
    m.state.facts["hold"] = False
    for lane in m.state.lanes.values():
        if lane.phase == Phase.PARKED:
            m.go(lane, lane.step)
        elif lane.wait is not None:
            _move_on(m, lane)
    m.state.held_since = None


def _move_on(m: Machine, lane: Lane) -> None:
    """An open wait gets back the time it was held."""
    wait, since = lane.wait, m.state.held_since
    assert wait is not None
    assert since is not None
    if wait.due is wait.remind is wait.late is None:
        return  # the journal still works them out, or it has none
    held = m.now - max(since, wait.since)
    wait.due, wait.remind, wait.late = (at and at + held for at in (wait.due, wait.remind, wait.late))
    m.page.moved.append(WaitMoved(wait.id, wait.due, wait.remind, wait.late))
