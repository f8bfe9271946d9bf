"""Consent to marketing: each yes and no with its source and time; the newest of a person holds."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.orders import PlacedOrder
from domain.consent import Consent
from domain.errors import NotFound
from domain.order import Order, fold

NEWEST = col(ConsentRow.at).desc(), col(ConsentRow.id).desc()


def record_consent(session: Session, order: Order) -> None:
    """What a customer agreed to as they ordered; an order without a yes takes no earlier one back."""
    if not order.customer.marketing_consent or not order.customer.email:
        return
    said = f"Order {order.number}, {order.channel}"
    _add(session, order.customer.email, Consent(True, said, order.placed_at), order.number)


def consents_to(session: Session, email: str) -> bool:
    """Whether marketing may be sent there now."""
    return bool(_newest(session, email))


class Consents(Database):
    """What people said, by their mail address."""

    def of(self, email: str) -> Sequence[Consent]:
        """The newest first; that one holds."""
        with self.read() as session:
            wanted = select(ConsentRow).where(ConsentRow.email == fold(email)).order_by(*NEWEST)
            return [Consent(row.granted, row.source, row.at) for row in session.exec(wanted)]

    def say(self, email: str, consent: Consent) -> None:
        """Write down a yes or a no."""
        with self.write() as session:
            _add(session, email, consent)

    def withdraw(self, order: str, source: str, at: datetime) -> bool:
        """
        The customer of an order wants no more marketing. False when none was going there anyway.

        :raises NotFound: no such order, or its customer was erased.
        """
        with self.write() as session:
            row = session.get(PlacedOrder, order)
            if row is None or not row.email:
                raise NotFound(f"There is no order {order}.")
            if not _newest(session, row.email):
                return False
            _add(session, row.email, Consent(False, source, at), order)
            return True


def _newest(session: Session, email: str) -> bool | None:
    known = fold(email)
    if not known:
        return None
    wanted = select(ConsentRow.granted).where(ConsentRow.email == known).order_by(*NEWEST)
    return session.exec(wanted.limit(1)).first()


def _add(session: Session, email: str, consent: Consent, order: str = "") -> None:
    row = ConsentRow(
        email=fold(email), granted=consent.granted, source=consent.source, order=order, at=consent.at
    )
    session.add(row)
