"""What a customer is to be told of a parcel on its way: noted where the carrier's word is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.tables.journal import ActRow
from adapters.database.tables.mail import ParcelNewsRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.upsert import insert_new
from domain.act import ActKind, ActRecord
from domain.carrier_news import Scan
from domain.notice import Notice

# What nobody has to do anything for, and a flow need not wait for.
TELLS = {
    Scan.OUT_FOR_DELIVERY.event: "out_for_delivery",
    Scan.DELAYED.event: "delivery_delayed",
    Scan.ATTEMPTED.event: "delivery_attempted",
    Scan.READY_FOR_PICKUP.event: "parcel_waiting",
}
# Older news is none.
NEWS_FOR = timedelta(days=1)
PAGE = 50


def note_news(session: Session, record: ActRecord) -> None:
    """In the transaction of the event."""
    act = record.act
    if act.kind != ActKind.EVENT or act.target not in TELLS:
        return
    parcel = act.lane or _parcel_of(session, record.order, act.tracking)
    if parcel:
        row = {"act": act.id, "order": record.order, "parcel": parcel, "seq": record.seq}
        insert_new(session, ParcelNewsRow, {**row, "template": TELLS[act.target], "at": record.at})


class ParcelNews(Database):
    """News that customers were not told yet."""

    def waiting(self, now: datetime) -> Sequence[tuple[str, Notice]]:
        """By the act that brought each, oldest first; what is no news any more is forgotten."""
        with self.read() as session:
            rows = session.exec(select(ParcelNewsRow).order_by(col(ParcelNewsRow.at)).limit(PAGE)).all()
            late = [row.act for row in rows if now - row.at > NEWS_FOR]
            stale = [*late, *(row.act for row in rows if _has_arrived(session, row.parcel))]
        if stale:
            self.told(stale)
        fresh = [row for row in rows if row.act not in stale]
        return [(row.act, _notice(row)) for row in fresh]

    def told(self, acts: Sequence[str]) -> None:
        with self.write() as session:
            session.connection().execute(delete(ParcelNewsRow).where(col(ParcelNewsRow.act).in_(acts)))


def _notice(row: ParcelNewsRow) -> Notice:
    return Notice(f"{row.parcel}.{row.template}.{row.seq}", row.order, row.parcel, row.template)


def _parcel_of(session: Session, order: str, tracking: str) -> str:
    mine = FulfilmentRow.order == order, FulfilmentRow.tracking == tracking
    return (session.exec(select(FulfilmentRow.id).where(*mine)).first() or "") if tracking else ""


def _has_arrived(session: Session, parcel: str) -> bool:
    order = parcel.rpartition("-F")[0]
    arrived = ActRow.order == order, ActRow.target == Scan.DELIVERED.event, ActRow.lane == parcel
    return session.exec(select(ActRow.id).where(*arrived)).first() is not None
