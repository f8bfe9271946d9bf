"""Moving an order to other versions of its flows, from where it stands."""

from domain.act import Act, ActResult, Outcome
from domain.journal import EntryKind
from flow.conditions import ConditionFailed
from flow.engine import renewals
from flow.engine.commands import LoadFlow
from flow.engine.machine import Machine
from flow.engine.state import Lane, Moving, Phase
from flow.engine.verbs import wait_as_told
from flow.model import Flow, Level
from flow.moving import Place, why_not, why_not_now

# A lane without a definition is loading or asks for a person; the verdict ends there.
NOWHERE = Flow("", Level.ORDER, "", (), ())


def refuse_move(m: Machine, act: Act) -> str:
    if m.state.moving is not None:
        return f"{m.state.what} is being moved already."
    flows = act.values.get("flows")
    if not isinstance(flows, dict) or not flows:
        return f"A move of {m.state.what} names no flows."
    # As far as can be said before the definitions are here.
    return _cannot(m, renewals.why_not_move(m) or why_not_now(_places(m), m.state.holds))


def move(m: Machine, act: Act) -> None:
    """Fetch the definitions that open lanes need; then it moves as a whole, or not at all."""
    m.state.moving = Moving(act.id, dict(act.values["flows"]))
    for sha256 in sorted(_wanted(m, m.state.moving) - m.flows.keys()):
        m.out.append(LoadFlow(m.state.root.id, sha256))
    go_on(m)


def go_on(m: Machine) -> None:
    """Once every definition is here: move, or say why not."""
    moving = m.state.moving
    if moving is None or not _wanted(m, moving) <= m.flows.keys():
        return
    m.state.moving = None
    versions = {name: m.flows[sha256] for name, sha256 in moving.flows.items() if sha256 in m.flows}
    why = renewals.why_not_move(m) or why_not(_places(m), versions, m.state.holds)
    why = _cannot(m, why) or _rewrite(m, versions)
    if why:
        m.settle(moving.act, ActResult(Outcome.REFUSED, why))
        return
    new = {name: sha256 for name, sha256 in moving.flows.items() if m.state.flows.get(name) != sha256}
    m.state.flows.update(new)
    m.page.flows = dict(m.state.flows)
    named = ", ".join(f"{name} {sha256[:12]}" for name, sha256 in sorted(new.items())) or "none is new"
    m.say(m.state.root, EntryKind.MOVE, f"Goes on under other versions: {named}.", moving.act)
    m.settle(moving.act, ActResult(Outcome.DONE))


def give_up(m: Machine, sha256: str, why: str) -> None:
    """A definition that the move needs cannot be had."""
    moving = m.state.moving
    if moving is not None and sha256 in _wanted(m, moving):
        m.state.moving = None
        m.settle(moving.act, ActResult(Outcome.REFUSED, f"{m.state.what} cannot move: {why}"))


def _open(m: Machine) -> list[Lane]:
    return [lane for lane in m.state.lanes.values() if lane.phase != Phase.ENDED]


def _wanted(m: Machine, moving: Moving) -> set[str]:
    return {moving.flows[lane.flow] for lane in _open(m) if lane.flow in moving.flows}


def _cannot(m: Machine, why: str) -> str:
    return f"{m.state.what} cannot move: {why}." if why else ""


def _places(m: Machine) -> list[Place]:
    return [
        Place(
            lane=lane.id,
            flow=m.flows.get(lane.sha256, NOWHERE),
            step=lane.step,
            phase=lane.phase,
            walk=m.walk(lane),
            leaving=lane.cancel or lane.stopping,
        )
        for lane in _open(m)
    ]


def _rewrite(m: Machine, versions: dict[str, Flow]) -> str:
    """Every open lane under its new version, its wait in the new words; or nothing, and why not."""
    moved = [(lane, lane.sha256) for lane in _open(m) if lane.flow in versions]
    told = []
    try:
        for lane, _ in moved:
            assert lane.wait is not None
            lane.sha256 = versions[lane.flow].sha256
            told.append(wait_as_told(m, lane, m.flow(lane).step(lane.step), lane.wait))
    except ConditionFailed as failure:
        for lane, before in moved:
            lane.sha256 = before
        return f"{m.state.what} cannot move: {failure}."
    m.page.rewritten += told
    m.page.lanes.update(dict.fromkeys(lane.id for lane, _ in moved))
    return ""
