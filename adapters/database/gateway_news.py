"""What the payment gateway told us: kept once, looked at in turn, again while its object is unknown."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.hearing import Unknown, hear
from adapters.database.tables.hooks import GatewayNewsRow
from adapters.database.upsert import insert_new
from domain.gateway_news import GatewayNews, NewsKind
from domain.money import Money

# A message may come before our own books know what it is about.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
PAGE = 100

log = logging.getLogger(__name__)


class NewsBook(Database):
    def keep(self, news: GatewayNews, now: datetime) -> bool:
        """Keep a message; False when it was kept before."""
        row = {
            "id": f"{news.gateway}:{news.id}",
            "gateway": news.gateway,
            "kind": news.kind.value,
            "object": news.object,
            "about": news.about,
            "order": news.order,
            "key": news.key,
            "minor": news.amount.minor,
            "currency": news.amount.currency,
            "state": news.state,
            "why": news.why,
            "due": news.due,
            "at": news.at,
            "received_at": now,
            "next_at": now,
            "tries": 0,
            "settled": "",
        }
        with self.write() as session:
            return insert_new(session, GatewayNewsRow, row)

    def latest(self, gateway: str) -> datetime | None:
        """When the newest of the gateway's messages was sent."""
        with self.read() as session:
            newest = select(GatewayNewsRow.at).where(GatewayNewsRow.gateway == gateway)
            return session.exec(newest.order_by(col(GatewayNewsRow.at).desc()).limit(1)).first()

    def report(self, now: datetime) -> int:
        """Look at what is due, oldest first, each in a transaction of its own; says how many."""
        with self.read() as session:
            due = select(GatewayNewsRow.id).where(col(GatewayNewsRow.next_at) <= now)
            oldest = due.order_by(col(GatewayNewsRow.at), col(GatewayNewsRow.received_at))
            ids = session.exec(oldest.limit(PAGE)).all()
        for id in ids:
            self._look_at(id, now)
        return len(ids)

    def _look_at(self, id: str, now: datetime) -> None:
        with self.write() as session:
            row = _still_waiting(session, id)
            if row is None:
                return
            try:
                row.settled = hear(session, _news(row), now)
                row.next_at = None
            except Unknown as error:
                _rest(row, str(error), now)
            session.add(row)


def _still_waiting(session: Session, id: str) -> GatewayNewsRow | None:
    """Another worker may be at it, or have done it."""
    mine = select(GatewayNewsRow).where(GatewayNewsRow.id == id, col(GatewayNewsRow.next_at).is_not(None))
    return session.exec(mine.with_for_update(skip_locked=True)).first()


def _rest(row: GatewayNewsRow, why: str, now: datetime) -> None:
    row.tries += 1
    row.next_at = now + min(FIRST_WAIT * 2 ** min(row.tries - 1, 20), LONGEST_WAIT)
    if now - row.received_at >= GIVEN_UP_AFTER:
        row.next_at, row.settled = None, f"given up: {why}"
        log.warning("Message %s of the payment gateway is about nothing that we know: %s", row.id, why)


def _news(row: GatewayNewsRow) -> GatewayNews:
    return GatewayNews(
        id=row.id.removeprefix(f"{row.gateway}:"),
        gateway=row.gateway,
        kind=NewsKind(row.kind),
        object=row.object,
        about=row.about,
        order=row.order,
        key=row.key,
        amount=Money(row.minor, row.currency),
        state=row.state,
        at=row.at,
        why=row.why,
        due=row.due,
    )
