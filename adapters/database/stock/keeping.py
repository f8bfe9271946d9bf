"""Goods promised to who has not paid: kept for a while, then the order is called off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.acts import keep_act
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.order.parcels import Rules
from adapters.database.order.parcels import items as counted
from adapters.database.payment.entries import figures
from adapters.database.stock.shelves import lock_items
from adapters.database.tables.stock import Reservation, StockItem
from domain.act import Act, ActKind, ActRecord
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from domain.payment import Way, way_of
from domain.step import Call, StepResult

NONE = Decimal(0)
AT_ONCE = 100
ACTIVE = col(Reservation.state) == "active"


def keep(session: Session, call: Call, _items: Mapping[str, StockItem], _rules: Rules) -> StepResult:
    """From now on, for so many days; with nought, for good."""
    days = int(call.args["days"])
    until = call.after(timedelta(days=days)) if days > 0 else None
    mine = (
        col(Reservation.fulfilment) == call.fulfilment
        if call.fulfilment
        else col(Reservation.order) == call.order
    )
    session.connection().execute(update(Reservation).where(mine, ACTIVE).values(keep_until=until))
    units = session.exec(select(func.sum(Reservation.quantity)).where(mine, ACTIVE)).one() or NONE
    how_long = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    return StepResult({"kept": f"{units:f}"}, said=f"{counted(units)} kept{how_long}.")


class Expiry(Database):
    """Calls off what was kept in vain. The order's own flow puts the goods back and tells the customer."""

    def sweep(self, now: datetime) -> Sequence[str]:
        """Answers with the orders that it looked at."""
        due = select(Reservation.order).where(ACTIVE, col(Reservation.keep_until) <= now).distinct()
        with self.read() as session:
            orders = session.exec(due.order_by(col(Reservation.order)).limit(AT_ONCE)).all()
        for order in orders:
            with self.write() as session:
                _call_off(session, order, now)
        return orders


def _call_off(session: Session, order: str, now: datetime) -> None:
    """Of an order paid meanwhile the goods are kept for good."""
    active = select(Reservation).where(Reservation.order == order, ACTIVE)
    lock_items(session, {row.sku for row in session.exec(active)})
    held = session.exec(active.execution_options(populate_existing=True)).all()
    late = {row.fulfilment: row.keep_until for row in held if row.keep_until and row.keep_until <= now}
    if not late:
        return
    in_vain = late if _owes(session, order, now) else {}
    whole = {row.fulfilment for row in held} == in_vain.keys()
    for lane in [""] if in_vain and whole else sorted(in_vain):
        act = Act(
            f"stock.kept:{lane or order}:{max(late.values()):%Y%m%dT%H%M%S}", ActKind.CANCEL, lane=lane
        )
        keep_act(session, ActRecord(act, order, "stock", "", "Not paid while the goods were kept", now))
    mine = col(Reservation.order) == order, col(Reservation.fulfilment).in_(late)
    session.connection().execute(update(Reservation).where(*mine).values(keep_until=None))


def _owes(session: Session, number: str, now: datetime) -> bool:
    """Whether the money for the order's goods has neither come nor is held."""
    order, money = load_order(session, number), figures(session, [number])[number]
    if order.payment.state != PaymentState.DUE or way_of(order.payment.method) == Way.LATER:
        return False
    held = money.held.minor if money.expires_at is None or now < money.expires_at else 0
    parts = load_fulfilments(session, number)
    wanted = sum(part.total.minor for part in parts if part.state != FulfilmentState.CANCELLED)
    return money.refundable.minor + held < wanted
