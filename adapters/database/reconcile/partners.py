"""
What must be true of what partners ship for us.

P1 of a fulfilment that was called off, no partner has anything in hand, nor has it shipped. P2 what has
left by a partner's hands is what that partner has shipped.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from adapters.database.partner.orders import STANDING
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.partner import PartnerOrderRow
from adapters.database.upsert import table_of
from domain.fulfilment import FulfilmentState
from domain.partner import PartnerState
from domain.reconcile import Difference

ASKED = table_of(PartnerOrderRow).c
PARTS = table_of(FulfilmentRow).c
LANES = table_of(LaneRow).c
ORDERS = table_of(PlacedOrder).c
HAVE_LEFT = (FulfilmentState.SHIPPED.value, FulfilmentState.FULFILLED.value)


def partner_differences(session: Session) -> list[Difference]:
    """Everything that partners and our books disagree on; empty when nothing is."""
    return [*_called_off(session), *_left_without_them(session)]


def _called_off(session: Session) -> Iterator[Difference]:
    over = or_(LANES.phase == "ended", ORDERS.ended_at.is_not(None))
    in_hand = ASKED.state.in_([*STANDING, PartnerState.SHIPPED])
    wanted = _partner_orders().where(PARTS.state == FulfilmentState.CANCELLED.value, over, in_hand)
    for part, order, partner, state in session.execute(wanted):
        if state == PartnerState.SHIPPED:
            said, advice = "has shipped it", "Ask the customer to send it back, or to pay for it."
        else:
            said, advice = "has not said that it lets it go", "Call the partner."
        yield Difference("P1", order, f"{part} was called off, and {partner} {said}.", advice)


def _left_without_them(session: Session) -> Iterator[Difference]:
    wanted = _partner_orders().where(PARTS.state.in_(HAVE_LEFT), ASKED.state != PartnerState.SHIPPED)
    for part, order, partner, state in session.execute(wanted):
        said = f"{part} has left, and for {partner} it is {state}."
        yield Difference("P2", order, said, "Ask the partner which of the two is true.")


def _partner_orders() -> Any:
    return (
        select(ASKED.fulfilment, ASKED.order, ASKED.partner, ASKED.state)
        .join_from(ASKED.order.table, PARTS.id.table, PARTS.id == ASKED.fulfilment)
        .join(ORDERS.number.table, ORDERS.number == ASKED.order)
        .join(LANES.id.table, LANES.id == ASKED.fulfilment, isouter=True)
        .order_by(ASKED.order, ASKED.fulfilment)
    )
