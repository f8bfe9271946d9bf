"""
The words that lists of orders are narrowed by, kept beside each order: they follow from many other rows.

Whoever changes one of those rows says so here; the words are written anew as the transaction commits.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, update
from sqlmodel import Session, col, select

from adapters.database.order.events import note_changes
from adapters.database.payment.entries import figures
from adapters.database.tables.money import AttemptRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Figures
from domain.state import fulfilment_state, payment_state

TOUCHED = "orders whose words may have changed"
# No authorisation has expired by then: that is told apart when the list is read.
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def changed(session: Session, order: str) -> None:
    """Money, parcels, holds or the end of this order are other than they were."""
    touched: set[str] = session.info.setdefault(TOUCHED, set())
    if not touched:
        event.listen(session, "before_commit", _write, once=True)
    touched.add(order)


def words_of(session: Session, row: PlacedOrder) -> dict[str, Any]:
    """What the columns `payment`, `payment_until` and `fulfilment` should say."""
    money = figures(session, [row.number])[row.number]
    payment = payment_state(
        money,
        Money(row.total_minor, row.currency),
        BEFORE_ALL,
        ended=row.ended_at is not None,
        declined=_is_declined(session, row, money),
        came=PaymentState(row.payment_state),
    )
    parts = session.exec(select(FulfilmentRow.state).where(FulfilmentRow.order == row.number)).all()
    held, cancelled = row.state == "on_hold", row.state == "cancelled"
    return {
        "payment": payment,
        "payment_until": money.expires_at if payment == "authorized" else None,
        "fulfilment": fulfilment_state(parts, held=held, cancelled=cancelled),
    }


def _is_declined(session: Session, row: PlacedOrder, money: Figures) -> bool:
    """Only where nothing was booked does it matter that the bank said no."""
    if money != Figures.none(row.currency):
        return False
    refused = AttemptRow.order == row.number, AttemptRow.state == "refused"
    return session.exec(select(AttemptRow.n).where(*refused)).first() is not None


def _write(session: Session) -> None:
    session.flush()
    for number in sorted(session.info.pop(TOUCHED, set())):
        row = session.get(PlacedOrder, number, populate_existing=True)
        words = {} if row is None else words_of(session, row)
        if any(getattr(row, name) != word for name, word in words.items()):
            this = update(PlacedOrder).where(col(PlacedOrder.number) == number)
            session.connection().execute(this.values(**words))
        if row is not None:
            note_changes(session, row)
