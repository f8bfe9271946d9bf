"""An order as its customer sees it: how far it is, what it costs, and what they can still do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.act import HoldKind
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.moving import LaneAt
from domain.order import DeliveryMethod, Order
from domain.return_book import Sold
from domain.returns import ReturnState
from domain.view import FulfilmentView, NoticeView, OrderView, ReturnView
from flow.model import Ask, Flow, Run
from starter.possible import OVER, Defined, can_stop
from starter.words import held_money

MAKES = "production"  # the role whose tasks are the making of it
GIVES_CODE = "pickup.code"
# When the customer was told, it had just happened.
TOLD_SENT = ("shipped", "delivery_planned")
TOLD_READY = ("ready_for_pickup",)
DONE, NOW, AHEAD, OFF = "done", "now", "ahead", "off"
WAYS = {
    DeliveryMethod.SHIP: ("received", "prepared", "sent", "delivered"),
    DeliveryMethod.LOCAL: ("received", "prepared", "out", "delivered"),
    DeliveryMethod.PICKUP: ("received", "prepared", "ready", "collected"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on the way; `name` is a word of the page's catalogue, `how` done, now, ahead or off."""

    name: str
    how: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    title: str
    quantity: Decimal
    personalisation: str = ""
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A part of the order that travels by itself; `trouble` is a word of the catalogue, empty for none."""

    id: str
    stages: tuple[Stage, ...]
    pieces: tuple[Piece, ...]
    carrier: str = ""
    tracking: str = ""
    link: str = ""
    pickup: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Cancelling:
    """`why_not` is a word of the catalogue; empty where it works: then so much is let go or goes back."""

    why_not: str = ""
    held: Money | None = None
    refund: Money | None = None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Comeback:
    """A return on its way; `outcome` is a word of the catalogue once it is over without money."""

    id: str
    goodwill: bool
    stages: tuple[Stage, ...]
    pieces: tuple[Piece, ...]
    refunded: Money
    outcome: str = ""


def headline(view: OrderView, parcels: Sequence[Parcel], lanes: Sequence[LaneAt]) -> str:
    """The one word of the catalogue that says how the order stands."""
    if view.row.state == "cancelled":
        return "cancelled"
    held = {hold.kind for hold in view.holds}
    if held:
        named = {HoldKind.AWAITING_PAYMENT.value: "payment", HoldKind.AWAITING_RETURN.value: "back_first"}
        return next((word for kind, word in named.items() if kind in held), "on_hold")
    if view.row.delivery in ("failed", "returning") and view.row.state not in OVER:
        return {"failed": "trouble", "returning": "coming_back"}[view.row.delivery]
    return _of_parcels([each for each in parcels if each.trouble != "cancelled"], view, lanes)


def _of_parcels(parcels: Sequence[Parcel], view: OrderView, lanes: Sequence[LaneAt]) -> str:
    if not parcels:
        return "completed" if view.row.state in OVER else "received" if not lanes else "looking"
    here = [next((s.name for s in parcel.stages if s.how == NOW), "") for parcel in parcels]
    if not any(here):
        ends = {parcel.stages[-1].name for parcel in parcels}
        return "collected" if ends == {"collected"} else "delivered"
    away = [name in ("", "sent", "out") for name in here]
    if all(away):
        return "sent"
    if any(away):
        return "part_sent"
    if any(parcel.trouble == "backordered" for parcel in parcels):
        return "waiting"
    return {"ready": "ready", "made": "making", "received": "looking"}.get(here[0], "preparing")


def parcels_of(view: OrderView, sold: Sold, lanes: Sequence[LaneAt], flow: Defined) -> tuple[Parcel, ...]:
    standing = {lane.id: lane for lane in lanes}
    arrived = {goods.fulfilment: goods.delivered for goods in sold.goods}
    return tuple(
        _parcel(part, view, sold.order, standing.get(part.id), arrived.get(part.id), flow)
        for part in view.fulfilments
    )


def _parcel(
    part: FulfilmentView,
    view: OrderView,
    order: Order,
    lane: LaneAt | None,
    arrived: datetime | None,
    flow: Defined,
) -> Parcel:
    definition = flow(lane.flow_hash) if lane else None
    return Parcel(
        id=part.id,
        stages=_stages(part, view, lane, arrived, definition),
        pieces=tuple(_piece(order, sku, quantity) for sku, quantity in part.lines),
        carrier=part.carrier,
        tracking=part.tracking,
        link=part.link,
        pickup=order.delivery.pickup_location if part.method == DeliveryMethod.PICKUP else "",
        trouble=part.state if part.state in ("backordered", "cancelled") else "",
    )


def _piece(order: Order, sku: str, quantity: Decimal) -> Piece:
    line = next((each for each in order.lines if each.sku == sku), None)
    return Piece(line.title if line else sku, quantity, line.personalisation if line else "")


def _stages(
    part: FulfilmentView,
    view: OrderView,
    lane: LaneAt | None,
    arrived: datetime | None,
    flow: Flow | None,
) -> tuple[Stage, ...]:
    makes, made = _making(lane, flow)
    names = list(WAYS[DeliveryMethod(part.method)])
    if makes:
        names.insert(1, "made")
    here = _where(part, lane, flow, names, made=made)
    told = TOLD_READY if "ready" in names else TOLD_SENT
    when = {
        names[0]: view.row.placed_at,
        names[-2]: _told(part, view.notices, told),
        names[-1]: arrived,
    }
    if part.state == FulfilmentState.CANCELLED:
        return (Stage(names[0], DONE, view.row.placed_at), Stage("cancelled", OFF))
    return tuple(
        Stage(
            name, DONE if n < here else NOW if n == here else AHEAD, when.get(name) if n <= here else None
        )
        for n, name in enumerate(names)
    )


def _where(
    part: FulfilmentView, lane: LaneAt | None, flow: Flow | None, names: Sequence[str], *, made: bool
) -> int:
    """The place among `names` at which it is now; beyond the last one when all is done."""
    if part.state == FulfilmentState.FULFILLED:
        return len(names)
    if "ready" in names:
        return names.index("ready") if _has_code(lane, flow) else names.index("prepared")
    if part.state == FulfilmentState.SHIPPED:
        return len(names) - 2
    return names.index("made") if "made" in names and not made else names.index("prepared")


def _making(lane: LaneAt | None, flow: Flow | None) -> tuple[bool, bool]:
    """Whether its flow has it made for the customer, and whether that is behind it."""
    if flow is None or lane is None:
        return False, False
    steps = [step.id for step in flow.steps if isinstance(step.does, Ask) and step.does.role == MAKES]
    behind = lane.step not in steps and any(step in lane.walk.passed for step in steps)
    return bool(steps), behind


def _has_code(lane: LaneAt | None, flow: Flow | None) -> bool:
    if flow is None or lane is None:
        return False
    gives = [s.id for s in flow.steps if isinstance(s.does, Run) and s.does.action == GIVES_CODE]
    return any(step in lane.walk.passed for step in gives)


def _told(part: FulfilmentView, notices: Sequence[NoticeView], templates: Sequence[str]) -> datetime | None:
    mine = (each for each in notices if each.id.startswith(f"{part.id}.") and each.template in templates)
    return next((each.at for each in mine), None)


def has_arrived(sold: Sold) -> bool:
    """Whether a part of it is in their hands: only then is there anything to ask."""
    return any(goods.delivered is not None for goods in sold.goods)


def cancelling(view: OrderView, lanes: Sequence[LaneAt], flow: Defined) -> Cancelling:
    """As the flows of the order allow it now; what the workflow then says is what counts."""
    if view.row.state in OVER:
        return Cancelling("not_cancelled" if view.row.state == "cancelled" else "not_ended")
    own = [lane for lane in lanes if "-R" not in lane.id.removeprefix(view.row.number)]
    if not own and not view.timeline:
        return Cancelling()
    stopping = [lane for lane in own if can_stop(lane, view, flow)]
    if not stopping:
        return Cancelling("not_leaving" if any(lane.leaving for lane in own) else "not_left")
    parts = [lane for lane in own if lane.id != view.row.number]
    if parts and not all(lane in stopping for lane in parts):
        return Cancelling(partly=True)
    taken = view.captured - view.refunded
    held = held_money(view)
    return Cancelling(held=held if held.minor > 0 else None, refund=taken if taken.minor > 0 else None)


def comebacks(view: OrderView, order: Order) -> tuple[Comeback, ...]:
    """The order's returns, as they were asked for."""
    return tuple(_comeback(each, order) for each in view.returns)


def _comeback(back: ReturnView, order: Order) -> Comeback:
    goodwill = back.claim == "goodwill"
    over = {
        ReturnState.DECLINED: "declined",
        ReturnState.CLOSED: "closed",
        ReturnState.CANCELLED: "cancelled",
    }
    outcome = over.get(ReturnState(back.state), "")
    return Comeback(
        id=back.id,
        goodwill=goodwill,
        stages=() if outcome else _way_back(back, goodwill=goodwill),
        pieces=tuple(
            Piece(order.lines[line.line].title, line.quantity) for line in back.lines if line.quantity > 0
        ),
        refunded=back.refunded,
        outcome=outcome,
    )


def _way_back(back: ReturnView, *, goodwill: bool) -> tuple[Stage, ...]:
    kept = any(line.accepted > line.received for line in back.lines)
    names = ["asked", "money"] if goodwill or kept else ["asked", "back", "money"]
    last = len(names) - 1
    here = {"requested": 1, "open": 1, "refunded": last + 1}.get(back.state, last)
    return tuple(
        Stage(name, DONE if n < here else NOW if n == here else AHEAD, back.opened_at if n == 0 else None)
        for n, name in enumerate(names)
    )
