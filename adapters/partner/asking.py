"""What every partner is asked alike, however it works: which goods, and what it told when they left."""

from sqlmodel import Session

from adapters.database.order.fulfilments import load_fulfilment
from adapters.database.partner.orders import (
    PartnerOrder,
    keep_partner_order,
    partner_order,
    save_partner_order,
    take_down,
    told_parcel,
)
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.partner import PartnerState
from domain.step import Call, StepResult
from domain.tracking import recognise, tidy


def partner_name(fulfilment: Fulfilment) -> str:
    """Its supplier; without one, whoever keeps its location."""
    return fulfilment.supplier or fulfilment.location


def to_be_asked(session: Session, call: Call) -> PartnerOrder:
    fulfilment = load_fulfilment(session, call.lane)
    name, supplies = partner_name(fulfilment), bool(fulfilment.supplier)
    return PartnerOrder(call.lane, call.order, name, supplies, PartnerState.SENT, call.now, call.speed)


def never_sent(session: Session, call: Call) -> StepResult:
    """An asking that was given up may still be under way: it finds this."""
    never = to_be_asked(session, call)
    never.state, never.sent = PartnerState.WITHDRAWN, False
    keep_partner_order(session, never)
    return StepResult({"withdrawn": True}, said="Nothing had been sent.")


def hand_over(session: Session, call: Call) -> StepResult:
    """As the partner told it; the number says whose it is where the partner did not."""
    number, carrier = told_parcel(session, call.order, call.lane)
    tracking = tidy(number)
    carrier = carrier or (next(iter(recognise(tracking)), "") if tracking else "")
    take_down(session, call.lane, carrier, tracking)
    asked = partner_order(session, call.lane)
    if asked is not None:
        asked.state, asked.next_event, asked.next_at = PartnerState.SHIPPED, "", None
        save_partner_order(session, asked)
    parcel = {"carrier": carrier, "tracking": tracking}
    said = f"Shipped with {carrier or 'a carrier of the partner'}, tracking {tracking or 'not told'}."
    shipped = FulfilmentState.SHIPPED.value
    return StepResult(values=parcel, fulfilment={**parcel, "state": shipped}, said=said)
