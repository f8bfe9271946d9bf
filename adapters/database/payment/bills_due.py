"""Which orders' invoices and credit notes are to be looked at: noted where the money is booked."""

from sqlalchemy import update
from sqlmodel import Session, col

from adapters.database.tables.documents import BillDue
from adapters.database.upsert import insert_new
from domain.posting import Account, Entry


def due_bills(session: Session, entry: Entry) -> None:
    """The sales of a parcel have moved: its bills are to be looked at."""
    if not entry.fulfilment or not entry.on(Account.SALES):
        return
    if not insert_new(session, BillDue, {"order": entry.order, "n": 1, "at": entry.at}):
        again = update(BillDue).where(col(BillDue.order) == entry.order)
        session.connection().execute(again.values(n=col(BillDue.n) + 1))
