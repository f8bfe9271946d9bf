"""An order as a row, with all that is stored beside it."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, select

from adapters.database.customer.consents import record_consent
from adapters.database.order.document import order_json
from adapters.database.order.events import note_event
from adapters.database.order.shown import shown_of
from adapters.database.order.words import keep_words
from adapters.database.shop.asides import look_again
from adapters.database.tables.journal import HoldRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.tables.shops import ShopOrderRow
from adapters.database.upsert import insert_all, insert_new
from domain.order import Order, fold
from domain.order_event import PLACED
from domain.payment import Figures
from domain.placement import Placement
from domain.state import fulfilment_state, order_state, payment_state


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
    keep_words(session, order.number, shown_of(order)["find"])
    record_consent(session, order)
    holds = [
        {"order": order.number, "kind": kind, "since": at, "act": "", "by": placement.by, "why": why}
        for kind, why in placement.holds.items()
    ]
    insert_all(session, HoldRow, holds)
    total = {"minor": order.total.minor, "currency": order.currency}
    note_event(session, order.number, PLACED, order.number, total=total)
    theirs = _theirs(order)
    if theirs:
        known = {"shop": order.channel, "theirs": theirs, "order": order.number, "version": None}
        insert_all(session, ShopOrderRow, [known | {"address": "", "goods": "", "paid": ""}])
        look_again(session, order.channel, theirs, at)


def _theirs(order: Order) -> str:
    """What the shop that an order came from calls it; empty for one that came as our own."""
    said = json.loads(order.source) if order.source else None
    id = said.get("id") if isinstance(said, dict) else None
    return str(id) if isinstance(id, int | str) and not isinstance(id, bool) else ""


def _columns(order: Order, placement: Placement, at: datetime, before: int) -> dict[str, Any]:
    return {
        "number": order.number,
        **_words(order, placement, at),
        **shown_of(order),
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


def _words(order: Order, placement: Placement, at: datetime) -> dict[str, Any]:
    """Before anything has become of it."""
    state, nothing = order_state("", placement.holds), Figures.none(order.currency)
    return {
        "state": state,
        "payment": payment_state(nothing, order.total, at, ended=False, came=order.payment.state),
        "payment_until": None,
        "fulfilment": fulfilment_state((), held=state == "on_hold", cancelled=False),
    }
