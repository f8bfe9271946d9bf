"""What can be done with an order now: what each thing would do, or why it cannot be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.act import HoldKind
from domain.moving import LaneAt
from domain.returns import Shipped
from domain.view import OrderView
from flow.engine.edits import hands_over, is_unpacked, leads_to_parcels
from flow.model import Flow, Tell
from starter.words import HOLDS, held_money

Defined = Callable[[str], Flow | None]
OVER = ("completed", "cancelled")
STILL = "No new step begins, and reminders and deadlines stand still until it is released."


@dataclass(frozen=True, slots=True)
class Possible:
    """`permission` is the one it takes; `why_not` is empty when it will work now."""

    name: str
    label: str
    permission: str
    effect: str = ""
    why_not: str = ""
    target: str = ""


def possible(
    view: OrderView, lanes: Sequence[LaneAt], goods: Sequence[Shipped], flow: Defined
) -> tuple[Possible, ...]:
    """
    `flow` answers with the definition under a hash, None for one that never came. What the workflow then
    says is what counts.
    """
    mine = [lane for lane in lanes if "-R" not in lane.id.removeprefix(view.row.number)]
    return (
        _cancel(view, mine, flow),
        _hold(view),
        *(_release(hold.kind) for hold in view.holds),
        _address(view, lanes, flow),
        _edit(view, mine, flow),
        _return(goods),
        _refund(view),
        _resend(view),
    )


def _cancel(view: OrderView, lanes: Sequence[LaneAt], flow: Defined) -> Possible:
    offer = Possible("cancel", "Cancel the order", "cancel")
    stopping = [lane for lane in lanes if can_stop(lane, view, flow)]
    why_not = ""
    if view.row.state in OVER:
        why_not = f"Order {view.row.number} has ended."
    elif not lanes and not view.timeline:
        return _with(offer, effect="It is called off as soon as its worker is there.")
    elif not stopping:
        leaving = any(lane.leaving for lane in lanes)
        why_not = "It is already being cancelled." if leaving else "It has left, or is being finished."
    return _with(offer, effect=_undone(view, lanes, stopping, flow), why_not=why_not)


def can_stop(lane: LaneAt, view: OrderView, flow: Defined) -> bool:
    """As the engine decides: before the point its flow names; one that waits for its parts goes by them."""
    if lane.leaving or lane.phase in ("ended", "undoing"):
        return False
    if lane.id == view.row.number and lane.phase == "waiting" and view.fulfilments:
        return False
    definition = flow(lane.flow_hash)
    return definition is None or definition.cancel_until not in lane.walk.passed


def _undone(view: OrderView, lanes: Sequence[LaneAt], stopping: Sequence[LaneAt], flow: Defined) -> str:
    """What is taken back: of the lanes that stop and, when all of them do, of the order itself."""
    own = [lane for lane in lanes if lane.id == view.row.number]
    parts = [lane for lane in lanes if lane.id != view.row.number]
    whole = len([lane for lane in stopping if lane in parts]) == len(parts)
    actions = {action for lane in (*stopping, *(own if whole else ())) for _, action in lane.walk.undo}
    said = []
    if "stock.release" in actions:
        said.append(f"puts {_pieces(view, {lane.id for lane in stopping})} back on the shelf")
    if "payment.void" in actions and held_money(view).minor and whole:
        said.append(f"lets go of the {held_money(view)} that is held")
    if "payment.refund" in actions:
        said.append("gives back what was taken for it")
    if any(_tells(flow(lane.flow_hash)) for lane in own):
        said.append("tells the customer")
    words = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)
    rest = "" if whole else " What has left goes on."
    return f"{words[:1].upper()}{words[1:]}.{rest}" if words else f"Nothing has to be taken back.{rest}"


def _pieces(view: OrderView, stopping: set[str]) -> str:
    parts = [part for part in view.fulfilments if part.id in stopping or view.row.number in stopping]
    pieces = sum((amount for part in parts for _, amount in part.lines), Decimal(0))
    return f"{pieces:f} item" if pieces == 1 else f"{pieces:f} items"


def _tells(flow: Flow | None) -> bool:
    if flow is None:
        return False
    step = next((step for step in flow.steps if step.id == flow.on_cancel), None)
    return step is not None and isinstance(step.does, Tell)


def _hold(view: OrderView) -> Possible:
    offer = Possible("hold", "Put on hold", "hold", effect=STILL)
    if view.row.state in OVER:
        return _with(offer, why_not=f"Order {view.row.number} has ended.")
    if {hold.kind for hold in view.holds} >= set(HOLDS) - {HoldKind.AWAITING_PAYMENT.value}:
        return _with(offer, why_not="It is on hold in every way there is.")
    return offer


def _release(kind: str) -> Possible:
    why_not = "Only a payment releases it." if kind == HoldKind.AWAITING_PAYMENT else ""
    label = f"Release: it waited for {HOLDS.get(kind, kind)}"
    effect = "It goes on where it stood; deadlines get back the time it was held."
    return Possible("release", label, "release", effect, why_not, target=kind)


def _return(goods: Sequence[Shipped]) -> Possible:
    offer = Possible("return", "Open a return", "return", effect="Tells the customer how to send it back.")
    if not any(each.left > 0 for each in goods):
        return _with(offer, why_not="Nothing of it has left that has not come back.")
    return offer


def _address(view: OrderView, lanes: Sequence[LaneAt], flow: Defined) -> Possible:
    offer = Possible("address", "Send it to another address", "address", "It goes there from now on.")
    if view.row.state in OVER:
        return _with(offer, why_not=f"Order {view.row.number} has ended.")
    parts = [lane for lane in lanes if lane.id in {part.id for part in view.fulfilments}]
    if view.fulfilments and not any(_is_here(lane, flow) for lane in parts):
        return _with(offer, why_not="It has been handed over, or its partner knows where it goes.")
    if any(hold.kind == HoldKind.INCORRECT_ADDRESS for hold in view.holds):
        return _with(offer, effect="It goes there from now on, and goes on where it was held for that.")
    return offer


def _is_here(lane: LaneAt, flow: Defined) -> bool:
    """As the engine decides: neither handed over, nor told to a partner, nor past its point."""
    definition = flow(lane.flow_hash)
    if definition is None:
        return True
    if lane.phase in ("ended", "undoing") or definition.cancel_until in lane.walk.passed:
        return False
    return not any(hands_over(definition, step) for step in (*lane.walk.passed, lane.step))


def _edit(view: OrderView, lanes: Sequence[LaneAt], flow: Defined) -> Possible:
    effect = "They go back on the shelf, nobody pays for them, and the customer is told."
    offer = Possible("edit", "Take goods out of it", "edit", effect)
    if view.row.state in OVER:
        return _with(offer, why_not=f"Order {view.row.number} has ended.")
    parcels = [lane for lane in lanes if lane.id != view.row.number]
    if not parcels and not view.fulfilments:
        return _early(offer, lanes, flow)
    if not any(_is_unpacked(lane, flow) for lane in parcels):
        return _with(offer, why_not="It is packed, is with a partner, is being made, or has left.")
    return offer


def _early(offer: Possible, lanes: Sequence[LaneAt], flow: Defined) -> Possible:
    """Of an order that is not divided into parcels yet."""
    for lane in lanes:
        definition = flow(lane.flow_hash)
        if lane.leaving or (definition is not None and not leads_to_parcels(definition, lane.step)):
            return _with(offer, why_not="It is being called off.")
    later = "They are left out as soon as it is divided into parcels; what is paid for them then goes back."
    return _with(offer, effect=later)


def _is_unpacked(lane: LaneAt, flow: Defined) -> bool:
    definition = flow(lane.flow_hash)
    waits = lane.phase in ("waiting", "parked") and not lane.leaving
    return waits and definition is not None and is_unpacked(definition, lane.step, lane.walk.passed)


def _resend(view: OrderView) -> Possible:
    effect = "The customer gets it once more, word for word."
    sent = any(notice.state == "sent" for notice in view.notices)
    why_not = "" if sent else "Nothing has been sent yet."
    return Possible("resend", "Send a mail again", "resend", effect, why_not)


def _refund(view: OrderView) -> Possible:
    left = view.captured - view.refunded
    effect = (
        f"Gives back up to {left} with nothing coming back; above a limit a second person has to agree."
    )
    why_not = "" if left.minor > 0 else "Nothing has been taken that could be given back."
    return Possible("refund", "Give money back", "refund", effect, why_not)


def _with(offer: Possible, *, effect: str = "", why_not: str = "") -> Possible:
    return Possible(
        offer.name, offer.label, offer.permission, effect or offer.effect, why_not, offer.target
    )
