"""Parcels of the simulated carrier as rows, and the events it reports from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.order.acts import keep_act
from adapters.database.order.listed import changed
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.tables.shipping import ParcelRow
from adapters.database.upsert import insert_new
from domain.act import Act, ActKind, ActRecord
from domain.fulfilment import FulfilmentState

# What the carrier says of every parcel, in this order.
EVENTS = ("in_transit", "out_for_delivery", "delivered")
ROLE = "carrier"


@dataclass(frozen=True, slots=True)
class Parcel:
    """`due` are the instants of `EVENTS`; one that is `lost` is heard of once, then never again."""

    tracking: str
    key: str
    order: str
    fulfilment: str
    handed_at: datetime
    due: tuple[datetime, datetime, datetime]
    lost: bool


def keep_parcel(session: Session, carrier: str, parcel: Parcel) -> None:
    """Keep a parcel once, and write its number on its fulfilment, which has shipped with it."""
    if not register_parcel(session, parcel):
        return
    shipped = {"tracking": parcel.tracking, "carrier": carrier, "state": FulfilmentState.SHIPPED.value}
    mine = update(FulfilmentRow).where(col(FulfilmentRow.id) == parcel.fulfilment)
    session.connection().execute(mine.values(**shipped))
    changed(session, parcel.order)


def register_parcel(session: Session, parcel: Parcel) -> bool:
    """Keep a parcel, and say whether it is new: the carrier has it, whatever our books say of it."""
    in_transit, out_for_delivery, delivered = parcel.due
    row = {
        "tracking": parcel.tracking,
        "key": parcel.key,
        "order": parcel.order,
        "fulfilment": parcel.fulfilment,
        "handed_at": parcel.handed_at,
        "in_transit_at": in_transit,
        "out_for_delivery_at": out_for_delivery,
        "delivered_at": delivered,
        "lost": parcel.lost,
        "next_event": EVENTS[0],
        "next_at": in_transit,
    }
    return insert_new(session, ParcelRow, row)


def has_news(session: Session, now: datetime) -> bool:
    """Whether any parcel's next event is due."""
    return session.exec(select(ParcelRow.tracking).where(col(ParcelRow.next_at) <= now)).first() is not None


def tell_news(session: Session, carrier: str, now: datetime, limit: int) -> int:
    """Keep an act for each event that is due, of the `limit` parcels that wait longest; says how many."""
    due = (
        select(ParcelRow)
        .where(col(ParcelRow.next_at) <= now)
        .order_by(col(ParcelRow.next_at), col(ParcelRow.tracking))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return sum(_tell(session, carrier, row, now) for row in session.exec(due).all())


def _tell(session: Session, carrier: str, row: ParcelRow, now: datetime) -> int:
    told = 0
    while row.next_at is not None and row.next_at <= now:
        keep_act(session, _act(carrier, row, row.next_at))
        told += 1
        row.next_event, row.next_at = _after(row)
    session.add(row)
    return told


def _after(row: ParcelRow) -> tuple[str, datetime | None]:
    instants: Sequence[datetime] = (row.in_transit_at, row.out_for_delivery_at, row.delivered_at)
    coming = EVENTS.index(row.next_event) + 1
    if row.lost or coming == len(EVENTS):
        return "", None
    return EVENTS[coming], instants[coming]


def _act(carrier: str, row: ParcelRow, at: datetime) -> ActRecord:
    act = Act(
        id=f"{carrier}:{row.tracking}:{row.next_event}",
        kind=ActKind.EVENT,
        target=f"carrier.{row.next_event}",
        lane=row.fulfilment,
        tracking=row.tracking,
    )
    return ActRecord(act=act, order=row.order, by=carrier, role=ROLE, reason="", at=at)
