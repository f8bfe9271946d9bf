"""What people change of an order that is under way: where it goes, and what is in it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domain.act import Act, ActResult, HoldKind, Outcome
from domain.fulfilment import FulfilmentState
from domain.journal import EntryKind
from domain.notice import Notice
from flow.catalogue import Changes
from flow.engine import holds, leaving
from flow.engine.machine import TAKE_OUT, Machine, has_shipped
from flow.engine.state import Editing, Lane, Phase, Work
from flow.engine.verbs import send
from flow.graph import reachable
from flow.model import Ask, Each, Flow, Level, Run, Step

NONE = Decimal(0)
# With it, somebody outside knows where the parcel goes.
TELLS_PARTNER = "partner.order"
Goods = dict[str, Decimal]


def refuse_address(m: Machine, _act: Act) -> str:
    """Until the last parcel has its label, or its partner knows where to send it."""
    lanes = _parcels(m)
    leaving_now = [lane.id for lane in lanes if _is_handing_over(m, lane)]
    if leaving_now:
        return f"{leaving_now[0]} is being handed over at this moment: look again in a minute."
    if lanes and not any(_is_here(m, lane) for lane in lanes):
        gone = ", ".join(lane.id for lane in lanes)
        return (
            f"{m.state.what} goes where it was addressed to: {gone} has been handed over, or is finished."
        )
    return ""


def readdress(m: Machine, act: Act) -> None:
    """Our books get the new address with this page, before any step reads it."""
    m.learn(m.state.facts, {name: act.values[name] for name in ("same_address",) if name in act.values})
    m.page.readdressed.append(act.id)
    gone = ", ".join(lane.id for lane in _parcels(m) if has_shipped(m.state.fulfilments[lane.id]))
    but = f" {gone} had left before." if gone else ""
    m.say(m.state.root, EntryKind.EDIT, f"It goes to another address from now on.{but}", act.id)
    m.settle(act.id, ActResult(Outcome.DONE))
    if HoldKind.INCORRECT_ADDRESS in m.state.holds:
        holds.let_go(m, HoldKind.INCORRECT_ADDRESS.value, act.id)


def refuse_edit(m: Machine, act: Act) -> str:
    if m.state.subject != m.state.order:
        return f"{m.state.what}: goods are taken out of orders, not of returns."
    wanted, have = _wanted(act), _contents(m)
    if not wanted:
        return "Say how much of which goods is to be left."
    refused = [_refuse_one(m, sku, to, have) for sku, to in wanted.items()]
    if any(refused):
        return next(filter(None, refused))
    if not any(wanted.get(sku, quantity) for sku, quantity in have.items()):
        return f"Nothing would be left of order {m.state.order}: cancel it."
    if not _parcels(m):
        return "" if _is_to_be_divided(m) else f"{m.state.what} is being called off."
    return _missing(m, wanted, have)


def _is_to_be_divided(m: Machine) -> bool:
    """Whether an order that has no parcels yet is still on its way to them."""
    root = m.state.root
    if root.stopping or root.cancel:
        return False
    return root.sha256 not in m.flows or leads_to_parcels(m.flow(root), root.step)


def leads_to_parcels(flow: Flow, step: str) -> bool:
    """Whether an order at this step may still be divided into parcels."""
    ahead = reachable(flow, frozenset({step}))
    return any(isinstance(each.does, Each) and each.id in ahead for each in flow.steps)


def _refuse_one(m: Machine, sku: str, to: Decimal, have: Goods) -> str:
    if sku not in have:
        return f"{m.state.what} has no {sku}."
    if to == have[sku]:
        return f"{m.state.what} has {to:f} of {sku} as it is."
    if to > have[sku]:
        return f"{m.state.what} has {have[sku]:f} of {sku}; more of it takes an order of its own."
    return ""


def edit(m: Machine, act: Act) -> None:
    """What is taken out of a parcel becomes one of its own that is called off: goods and money follow."""
    have = _contents(m)
    out = {sku: have[sku] - to for sku, to in _wanted(act).items()}
    if not _parcels(m):
        _note(m, act, out)
        return
    editing = Editing(act.id, [])
    m.state.editing.append(editing)
    m.say(m.state.root, EntryKind.EDIT, "Goods are taken out of the order.", act.id)
    for lane, goods in _plan(m, out, [lane for lane in _parcels(m) if _is_unpacked(m, lane)]):
        if goods == _inside(m, lane):
            leaving.call_off(m, lane)
            editing.done += 1
            continue
        if lane.wait is not None:
            m.close_wait(lane)
            # The task is opened again with what is left; that is no coming back.
            lane.granted[lane.step] = lane.granted.get(lane.step, 0) + 1
        editing.waiting.append(lane.id)
        _take_out(m, lane, goods)
    _settle(m)


def _note(m: Machine, act: Act, out: Goods) -> None:
    for sku, quantity in out.items():
        m.state.unwanted[sku] = m.state.unwanted.get(sku, NONE) + quantity
    said = "Goods are taken out once the order is divided into parcels; until then all of it is to be paid."
    m.say(m.state.root, EntryKind.EDIT, said, act.id)
    m.settle(act.id, ActResult(Outcome.DONE))


def share_out(m: Machine) -> None:
    """Parcels have just come to be: each is told what it gives of what nobody wants any more."""
    plan = _plan(m, m.state.unwanted, _parcels(m))
    for lane, goods in plan:
        lane.gives = goods
        for sku, quantity in goods.items():
            m.state.unwanted[sku] -= quantity
    nowhere = [f"{quantity:f} {sku}" for sku, quantity in m.state.unwanted.items() if quantity]
    m.state.unwanted.clear()
    if nowhere:
        said = f"Could not be taken out, as no parcel holds it: {', '.join(nowhere)}."
        m.say(m.state.root, EntryKind.EDIT, said)
        _ask_a_person(m)


def _ask_a_person(m: Machine) -> None:
    if HoldKind.OTHER not in m.state.holds:
        holds.begin_hold(m, HoldKind.OTHER)


def give(m: Machine, lane: Lane, place: str) -> None:
    """Before a parcel's first step, what nobody wants any more is taken out of it."""
    goods, lane.gives = lane.gives, {}
    lane.step = place
    if goods != _inside(m, lane):
        _take_out(m, lane, goods)
        return
    _tell(m, lane, 0, _rows(goods))
    leaving.call_off(m, lane)


def _take_out(m: Machine, lane: Lane, out: Goods) -> None:
    key = m.key(lane, "stock.take_out")
    m.perform(lane, Work(key, "stock.take_out", TAKE_OUT.id, lane.visit, {"goods": _rows(out)}))


def taken_out(m: Machine, lane: Lane, work: Work) -> None:
    """The customer is told, and the parcel goes on where it stood."""
    goods = work.args["goods"]
    said = ", ".join(f"{line['quantity']} {line['sku']}" for line in goods)
    m.say(lane, EntryKind.EDIT, f"Taken out: {said}.")
    _tell(m, lane, lane.runs["stock.take_out"], goods)
    _go_on(m, lane, done=True)


def _tell(m: Machine, lane: Lane, n: int, goods: list[dict[str, str]]) -> None:
    id = f"{lane.id}.taken_out.{n}"
    send(m, Notice(id, m.state.order, lane.id, "taken_out", values={"goods": goods}))


def not_taken_out(m: Machine, lane: Lane, why: str) -> None:
    m.say(lane, EntryKind.EDIT, f"Nothing was taken out: {why}")
    asked = any(lane.id in each.waiting for each in m.state.editing)
    if not asked and not lane.cancel:
        _ask_a_person(m)  # whoever wished it was told long ago that it will be done
    _go_on(m, lane, done=False)


def _go_on(m: Machine, lane: Lane, *, done: bool) -> None:
    for editing in m.state.editing:
        if lane.id in editing.waiting:
            editing.waiting.remove(lane.id)
            editing.done += done
    _settle(m)
    m.go(lane, lane.step)


def _settle(m: Machine) -> None:
    for editing in [each for each in m.state.editing if not each.waiting]:
        m.state.editing.remove(editing)
        why = f"{m.state.what} stays as it is: its goods could not be put back."
        result = ActResult(Outcome.DONE) if editing.done else ActResult(Outcome.REFUSED, why)
        m.settle(editing.act, result)


def _missing(m: Machine, wanted: Goods, have: Goods) -> str:
    """Why so much cannot be taken out; empty when it can."""
    there: Goods = {}
    for lane in filter(lambda lane: _is_unpacked(m, lane), _parcels(m)):
        for sku, quantity in _inside(m, lane).items():
            there[sku] = there.get(sku, NONE) + quantity
    for sku, quantity in wanted.items():
        left = there.get(sku, NONE)
        if have[sku] - quantity > left:
            rest = "is being packed, is with a partner, or has left"
            return f"{m.state.what}: {left:f} of {sku} can still be taken out; the rest {rest}."
    return ""


def _plan(m: Machine, out: Goods, lanes: Sequence[Lane]) -> list[tuple[Lane, Goods]]:
    """The youngest parcels give first: what is on order before what lies ready."""
    left, plan = dict(out), []
    for lane in reversed(lanes):
        inside = _inside(m, lane)
        takes = {sku: min(n, inside[sku]) for sku, n in left.items() if n > 0 and sku in inside}
        left = {sku: n - takes.get(sku, NONE) for sku, n in left.items()}
        if takes:
            plan.append((lane, takes))
    return plan


def _wanted(act: Act) -> Goods:
    return _summed(act.values.get("to", []))


def _contents(m: Machine) -> Goods:
    """What the order still comes to: all its parcels but those called off."""
    if not _parcels(m):
        ordered = _summed(m.state.facts["lines"])
        left = {sku: quantity - m.state.unwanted.get(sku, NONE) for sku, quantity in ordered.items()}
        return {sku: quantity for sku, quantity in left.items() if quantity}
    parts = [facts for facts in m.state.fulfilments.values() if facts["state"] != FulfilmentState.CANCELLED]
    goods = _summed([line for facts in parts for line in facts["lines"]])
    standing = {facts["id"] for facts in parts}
    for lane in [lane for lane in _parcels(m) if lane.id in standing]:
        for sku, quantity in _leaving(lane).items():
            goods[sku] -= quantity
    return {sku: quantity for sku, quantity in goods.items() if quantity}


def _leaving(lane: Lane) -> Goods:
    """What is being taken out of a parcel, or will be before its first step."""
    if lane.work is not None and lane.work.step == TAKE_OUT.id:
        return _summed(lane.work.args["goods"])
    return lane.gives


def _inside(m: Machine, lane: Lane) -> Goods:
    return _summed(m.state.fulfilments[lane.id]["lines"])


def _rows(goods: Goods) -> list[dict[str, str]]:
    return [{"sku": sku, "quantity": f"{quantity:f}"} for sku, quantity in goods.items()]


def _summed(lines: list[dict[str, Any]]) -> Goods:
    goods: Goods = {}
    for line in lines:
        goods[line["sku"]] = goods.get(line["sku"], NONE) + Decimal(str(line["quantity"]))
    return goods


def _parcels(m: Machine) -> list[Lane]:
    return [lane for lane in m.state.lanes.values() if lane.level == Level.FULFILMENT]


def _is_unpacked(m: Machine, lane: Lane) -> bool:
    """It waits, and nobody has worked on it: nothing picked or made, nobody outside told."""
    if lane.phase not in (Phase.WAITING, Phase.PARKED) or lane.cancel or lane.stopping:
        return False
    flow = m.flow(lane)
    asked = any(isinstance(flow.step(id).does, Ask) for id in lane.passed)
    being_made = m.state.fulfilments[lane.id]["made_to_order"] and asked
    return not being_made and is_unpacked(flow, lane.step, lane.passed)


def is_unpacked(flow: Flow, step: str, passed: Sequence[str]) -> bool:
    """Whether a parcel that waits at `step` is still to be picked, and nobody outside was told of it."""
    steps = [flow.step(id) for id in passed]
    outside = any(isinstance(each.does, Run) and each.does.regular for each in steps)
    picks = frozenset(s.id for s in flow.steps if isinstance(s.does, Ask) and s.does.scan)
    picked = bool(picks) and not picks & reachable(flow, frozenset({step}))
    return not outside and not picked


def _is_here(m: Machine, lane: Lane) -> bool:
    """Nobody outside knows yet where it goes."""
    if lane.phase == Phase.ENDED or not leaving.before_the_point(m, lane):
        return False
    if lane.sha256 not in m.flows:
        return True
    return not any(hands_over(m.flow(lane), id) for id in lane.passed)


def _is_handing_over(m: Machine, lane: Lane) -> bool:
    at_work = lane.phase in (Phase.RUNNING, Phase.INCIDENT) and lane.work is not None
    return at_work and hands_over(m.flow(lane), lane.step)


def hands_over(flow: Flow, step: str) -> bool:
    """Whether somebody outside knows where the parcel goes once this step is done."""
    place = flow.by_id.get(step)
    does = place.does if isinstance(place, Step) else None
    return isinstance(does, Run) and (does.changes == Changes.SHIPS or does.action == TELLS_PARTNER)
