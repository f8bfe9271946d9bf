"""What carriers told of parcels that they follow for us, and which parcels those are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, update
from sqlmodel import Session, col, select

from adapters.database.order.acts import keep_act, lock_order
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.shipping import CarrierNewsRow, FollowedParcelRow
from adapters.database.upsert import insert_new
from adapters.database.waiting_news import Unknown, WaitingNews
from domain.act import Act, ActKind, ActRecord
from domain.carrier import SIMULATED
from domain.carrier_news import CarrierNews, Scan, Scanned, new_scans
from domain.fulfilment import FulfilmentState

ROLE = "carrier"
# A parcel that nobody heard the end of after so long is lost, and no carrier's matter any more.
FOLLOWED_FOR = timedelta(days=90)
NEW_ONES = 50
PARCELS, PARTS = FollowedParcelRow, FulfilmentRow


@dataclass(frozen=True, slots=True)
class FollowedParcel:
    """`tracker` is what the carrier's service calls it; empty until it knows of it."""

    fulfilment: str
    tracking: str
    carrier: str
    tracker: str
    tries: int


class CarrierNewsBook(WaitingNews[CarrierNewsRow]):
    rows = CarrierNewsRow
    sender = "a carrier"

    def keep(self, news: CarrierNews, now: datetime) -> bool:
        """Keep a message; False when it was kept before."""
        row = {
            "id": f"{news.source}:{news.id}",
            "source": news.source,
            "tracker": news.tracker,
            "tracking": news.tracking,
            "at": news.at,
            "scans": [[each.scan.value, each.at.isoformat()] for each in news.scans],
        }
        return self._keep(row, now)

    def follow(self, source: str, now: datetime) -> int:
        """Take in what has left since, but for what the simulated carrier has; says how many."""
        known = select(PARCELS.fulfilment).where(
            PARCELS.fulfilment == PARTS.id, PARCELS.tracking == PARTS.tracking
        )
        left = select(PARTS).where(
            PARTS.state == FulfilmentState.SHIPPED.value,
            PARTS.tracking != "",
            PARTS.carrier != SIMULATED,
            ~known.exists(),
        )
        with self.read() as session:
            parts = session.exec(left.limit(NEW_ONES)).all()
        if not parts:
            return 0
        with self.write() as session:
            return sum(_follow(session, part, source, now) for part in parts)

    def due(self, source: str, now: datetime, limit: int) -> Sequence[FollowedParcel]:
        """Those that have to be asked about, the longest waiting first."""
        mine = select(PARCELS).where(PARCELS.source == source, col(PARCELS.next_at) <= now)
        with self.read() as session:
            rows = session.exec(mine.order_by(col(PARCELS.next_at)).limit(limit))
            return [FollowedParcel(r.fulfilment, r.tracking, r.carrier, r.tracker, r.tries) for r in rows]

    def asked(self, parcel: FollowedParcel, tracker: str, next_at: datetime, now: datetime) -> None:
        """It was asked about, and is again at `next_at`, unless it is over."""
        old = now - FOLLOWED_FOR
        with self.write() as session:
            mine = _one(parcel).where(col(PARCELS.next_at).is_not(None))
            session.connection().execute(mine.values(tracker=tracker, tries=0, next_at=next_at))
            forgotten = _one(parcel).where(col(PARCELS.since) < old, col(PARCELS.next_at).is_not(None))
            session.connection().execute(forgotten.values(next_at=None, over="its end was never heard of."))

    def later(self, parcel: FollowedParcel, next_at: datetime) -> None:
        """There was no answer."""
        with self.write() as session:
            waits = _one(parcel).values(next_at=next_at, tries=parcel.tries + 1)
            session.connection().execute(waits)

    def give_up(self, parcel: FollowedParcel, why: str) -> None:
        """They cannot follow it, and say so."""
        with self.write() as session:
            session.connection().execute(_one(parcel).values(next_at=None, over=why))

    def _hear(self, session: Session, row: CarrierNewsRow, now: datetime) -> str:
        parcels = session.exec(select(PARCELS).where(PARCELS.tracking == row.tracking)).all()
        if not parcels:
            parcels = _found(session, row, now)
        if not parcels:
            raise Unknown(f"parcel {row.tracking}")
        scans = [Scanned(Scan(scan), datetime.fromisoformat(at)) for scan, at in row.scans]
        told = sum(_tell(session, parcel, row, scans) for parcel in parcels)
        return f"told {told}" if told else "nothing new"


def _one(parcel: FollowedParcel) -> Update:
    return update(PARCELS).where(
        col(PARCELS.fulfilment) == parcel.fulfilment, col(PARCELS.tracking) == parcel.tracking
    )


def _follow(session: Session, part: FulfilmentRow, source: str, now: datetime) -> bool:
    row = {
        "fulfilment": part.id,
        "tracking": part.tracking,
        "order": part.order,
        "source": source,
        "carrier": part.carrier,
        "tracker": "",
        "since": now,
        "last_scan": "",
        "last_at": None,
        "next_at": now,
        "tries": 0,
        "over": "",
    }
    return insert_new(session, PARCELS, row)


def _found(session: Session, row: CarrierNewsRow, now: datetime) -> Sequence[FollowedParcelRow]:
    """The message may be quicker than we are, or the parcel be followed for another program of the shop."""
    parts = session.exec(select(PARTS).where(PARTS.tracking == row.tracking, PARTS.tracking != "")).all()
    for part in parts:
        _follow(session, part, row.source, now)
    return session.exec(select(PARCELS).where(PARCELS.tracking == row.tracking)).all()


def _tell(
    session: Session, parcel: FollowedParcelRow, row: CarrierNewsRow, scans: Sequence[Scanned]
) -> int:
    lock_order(session, parcel.order)
    session.refresh(parcel)
    last = Scanned(Scan(parcel.last_scan), parcel.last_at) if parcel.last_at else None
    new = new_scans(scans, last)
    ended = session.exec(select(PlacedOrder.ended_at).where(PlacedOrder.number == parcel.order)).one()
    for each in new if ended is None else ():
        keep_act(session, _act(parcel, row.source, each))
    if new:
        parcel.last_scan, parcel.last_at = new[-1].scan.value, new[-1].at
    parcel.tracker = parcel.tracker or row.tracker
    over = _over(parcel, ended)
    if over:
        parcel.next_at, parcel.over = None, over
    session.add(parcel)
    return len(new) if ended is None else 0


def _over(parcel: FollowedParcelRow, ended: datetime | None) -> str:
    """What is delivered may still come back, which its carrier tells by itself."""
    if ended is not None:
        return "its order has ended."
    done = (Scan.DELIVERED.value, Scan.RETURNING.value)
    return parcel.last_scan if parcel.last_scan in done else ""


def _act(parcel: FollowedParcelRow, source: str, each: Scanned) -> ActRecord:
    act = Act(
        id=f"{source}:{parcel.fulfilment}:{each.scan.value}:{int(each.at.timestamp())}",
        kind=ActKind.EVENT,
        target=each.scan.event,
        lane=parcel.fulfilment,
        tracking=parcel.tracking,
    )
    return ActRecord(act, parcel.order, parcel.carrier or source, ROLE, "", each.at)
