"""Telling the people who buy that an item runs low, or is out: once each time it comes to that."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.stock.shelves import available
from adapters.database.tables.stock import Backorder, StockItem, StockNotice
from adapters.database.upsert import insert_all, table_of
from domain.stock import Scarce, scarcity
from domain.stock_book import ScarceRow

NONE = Decimal(0)
# A worker that took a letter to the mail server has this long before another one tries.
PATIENCE = timedelta(minutes=2)
WORSE = (Scarce.NOT, Scarce.LOW, Scarce.OUT)


def watch(session: Session, items: Mapping[str, StockItem], at: datetime) -> None:
    """
    Note which of `items`, which are locked, have become scarce or are so no more.

    Nobody buys what is discontinued, so nobody is told of it.
    """
    free = available(session, items.keys())
    for sku in sorted(items):
        item, total = items[sku], sum((max(NONE, there) for there in free[sku].values()), NONE)
        now = scarcity(total, item.low_at)
        if now == item.scarce:
            continue
        session.connection().execute(update(StockItem).where(col(StockItem.sku) == sku).values(scarce=now))
        if WORSE.index(now) > WORSE.index(Scarce(item.scarce)) and not item.discontinued:
            insert_all(session, StockNotice, [_notice(session, sku, now, total, at)])


def _notice(session: Session, sku: str, kind: Scarce, total: Decimal, at: datetime) -> dict[str, object]:
    waits = select(func.sum(Backorder.waiting)).where(Backorder.sku == sku)
    waiting = session.exec(waits).one() or NONE
    row = {"at": at, "sku": sku, "kind": kind.value, "available": total, "waiting": waiting}
    return {**row, "letter": "", "tried_at": None, "sent_at": None, "why": ""}


class StockNotices(Database):
    """What the buyers are told by mail. Each letter has one id for ever, whoever sends it."""

    def take(self, now: datetime) -> tuple[str, Sequence[ScarceRow]]:
        """A letter to send now and what it tells; no other worker gets it meanwhile. Empty for none."""
        unsent = col(StockNotice.sent_at).is_(None)
        with self.read() as session:
            # Most often there is nothing to tell: no need to wait for a turn to write.
            if session.exec(select(StockNotice.id).where(unsent).limit(1)).first() is None:
                return "", ()
        with self.write() as session:
            letter = _again(session, now) or _new(session, now)
            return letter, _told(session, _rows().where(StockNotice.letter == letter)) if letter else ()

    def sent(self, letter: str, at: datetime, why: str = "") -> None:
        """It is out, or with a `why`, was refused for good."""
        mine = col(StockNotice.letter) == letter, col(StockNotice.sent_at).is_(None)
        with self.write() as session:
            session.connection().execute(update(StockNotice).where(*mine).values(sent_at=at, why=why))

    def told(self, limit: int) -> Sequence[ScarceRow]:
        """What the buyers were, or will be, told: the newest first."""
        with self.read() as session:
            return _told(session, _rows(newest=True).limit(limit))


def _again(session: Session, now: datetime) -> str:
    """A letter that was not taken by the mail server, or whose worker died."""
    row = table_of(StockNotice).c
    due = row.sent_at.is_(None), row.letter != "", row.tried_at <= now - PATIENCE
    found = session.connection().execute(select(row.letter).where(*due).order_by(row.id)).first()
    if found is None:
        return ""
    mine = update(row.id.table).where(*due, row.letter == found.letter)
    return found.letter if session.connection().execute(mine.values(tried_at=now)).rowcount else ""


def _new(session: Session, now: datetime) -> str:
    row = table_of(StockNotice).c
    unwritten = row.sent_at.is_(None), row.letter == ""
    last = session.connection().execute(select(func.max(row.id)).where(*unwritten)).scalar()
    if last is None:
        return ""
    mine = update(row.id.table).where(*unwritten, row.id <= last)
    letter = f"stock.{last}"
    changed = session.connection().execute(mine.values(letter=letter, tried_at=now)).rowcount
    return letter if changed else ""


def _rows(*, newest: bool = False) -> Any:
    order = col(StockNotice.id).desc() if newest else col(StockNotice.id)
    named = col(StockItem.sku) == col(StockNotice.sku)
    return select(StockNotice, StockItem.title).join(StockItem, named).order_by(order)


def _told(session: Session, wanted: Any) -> Sequence[ScarceRow]:
    return [
        ScarceRow(row.at, row.sku, title, row.kind, row.available, row.waiting, told)
        for row, title in session.exec(wanted)
        for told in [None if row.why else row.sent_at]
    ]
