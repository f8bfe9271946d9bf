"""Messages of others: kept once, looked at in turn, again while our books do not know what they mean."""

import logging
from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.upsert import insert_new

# A message may come before our own books know what it is about.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
PAGE = 100

log = logging.getLogger(__name__)


class Unknown(Exception):
    """Our books do not know, or do not know yet, what it is about."""


class Waiting(Protocol):
    """A row of a message: looked at next at `next_at`, which is empty once it is `settled`."""

    id: str
    at: datetime
    received_at: datetime
    next_at: datetime | None
    tries: int
    settled: str


R = TypeVar("R", bound=Waiting)


class WaitingNews(Database, Generic[R]):
    """`rows` is the table; `sender` is who sends, for the log."""

    rows: ClassVar[type[Any]]
    sender: ClassVar[str]

    @abstractmethod
    def _hear(self, session: Session, row: R, now: datetime) -> str:
        """
        Do what the message asks for, and say what that was.

        :raises Unknown: what it is about is none of ours so far.
        """

    def _keep(self, columns: Mapping[str, Any], now: datetime) -> bool:
        """Keep a message; False when it was kept before."""
        waits = {"received_at": now, "next_at": now, "tries": 0, "settled": ""}
        with self.write() as session:
            return insert_new(session, self.rows, {**columns, **waits})

    def report(self, now: datetime) -> int:
        """Look at what is due, oldest first, each in a transaction of its own; says how many."""
        rows = self.rows
        with self.read() as session:
            oldest = select(rows.id).where(col(rows.next_at) <= now).order_by(rows.at, rows.received_at)
            ids = session.exec(oldest.limit(PAGE)).all()
        for id in ids:
            self._look_at(id, now)
        return len(ids)

    def _look_at(self, id: str, now: datetime) -> None:
        with self.write() as session:
            row = self._still_waiting(session, id)
            if row is None:
                return
            try:
                row.settled = self._hear(session, row, now)
                row.next_at = None
            except Unknown as error:
                self._rest(row, str(error), now)
            session.add(row)

    def _still_waiting(self, session: Session, id: str) -> R | None:
        """Another worker may be at it, or have done it."""
        rows = self.rows
        mine = select(rows).where(rows.id == id, col(rows.next_at).is_not(None))
        found: R | None = session.exec(mine.with_for_update(skip_locked=True)).first()
        return found

    def _rest(self, row: R, why: str, now: datetime) -> None:
        row.tries += 1
        row.next_at = now + min(FIRST_WAIT * 2 ** min(row.tries - 1, 20), LONGEST_WAIT)
        if now - row.received_at >= GIVEN_UP_AFTER:
            row.next_at, row.settled = None, f"given up: {why}"
            log.warning("Message %s of %s is about nothing that we know: %s", row.id, self.sender, why)
