"""An order as a row, with all that is stored beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, select

from adapters.database.order_document import order_json
from adapters.database.tables.journal import HoldRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.upsert import insert_all, insert_new
from domain.order import Order, fold
from domain.placement import Placement
from domain.state import order_state


def insert_order(session: Session, order: Order, placement: Placement, at: datetime) -> bool:
    """False, and nothing is written, when its number is taken."""
    before = orders_of(session, order.customer.email)
    new = insert_new(session, PlacedOrder, _columns(order, placement, at, before))
    if new:
        _insert_rest(session, order, placement, at)
    return new


def orders_of(session: Session, email: str) -> int:
    """How many orders this customer placed; nought for nobody in particular."""
    known = fold(email)
    if not known:
        return 0
    wanted = select(func.count()).select_from(PlacedOrder).where(PlacedOrder.email == known)
    return session.exec(wanted).one()


def _insert_rest(session: Session, order: Order, placement: Placement, at: datetime) -> None:
    document = {"number": order.number, "whole": order_json(order), "body": placement.body}
    insert_all(session, OrderDocument, [document])
    holds = [
        {"order": order.number, "kind": kind, "since": at, "act": "", "by": placement.by, "why": why}
        for kind, why in placement.holds.items()
    ]
    insert_all(session, HoldRow, holds)


def _columns(order: Order, placement: Placement, at: datetime, before: int) -> dict[str, Any]:
    customer = order.customer
    return {
        "number": order.number,
        "channel": order.channel,
        "state": order_state("", placement.holds),
        "email": fold(customer.email),
        "name": customer.name,
        "find": fold(f"{order.number} {customer.email} {customer.name}"),
        "currency": order.currency,
        "total_minor": order.total.minor,
        "payment_method": order.payment.method,
        "payment_state": order.payment.state.value,
        "placed_at": order.placed_at,
        "kept_at": at,
        "end_title": "",
        "flow": placement.flow,
        "flow_hash": placement.flows.get(placement.flow, ""),
        "flows": placement.flows,
        "placed_holds": placement.holds,
        "speed": placement.speed,
        "placed_by": placement.by,
        "orders_before": before,
    }
