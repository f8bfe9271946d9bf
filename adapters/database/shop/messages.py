"""What web shops told us: kept once, looked at in turn, and put aside where nobody understands it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.shop.hearing import ShopHearing
from adapters.database.tables.shops import ShopMessageRow
from adapters.database.upsert import insert_new, table_of
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from domain.web_shop import MessageState, ShopMessage, ShopSystem

# A worker that died over a message has it looked at again after this.
LEASE = timedelta(minutes=1)
IN_QUARANTINE = ShopMessageRow.state == MessageState.QUARANTINED.value


class ShopMessages(ShopHearing):
    def keep(self, message: ShopMessage) -> bool:
        """Keep a message, to be looked at now; False when it was kept before."""
        row = {
            "id": message.id,
            "shop": message.shop,
            "system": message.system.value,
            "topic": message.topic,
            "body": message.body,
            "original": "",
            "theirs": message.theirs,
            "version": None,
            "state": MessageState.WAITING.value,
            "why": "",
            "tries": 0,
            "received_at": message.received_at,
            "next_at": message.received_at,
            "closed_at": None,
            "closed_by": "",
        }
        with self.write() as session:
            return insert_new(session, ShopMessageRow, row)

    def take(self, now: datetime, limit: int) -> Sequence[ShopMessage]:
        """What is due, in the order it came; no other worker gets it meanwhile."""
        due = select(ShopMessageRow).where(col(ShopMessageRow.next_at) <= now)
        with self.read() as session:
            # Most often there is none: no need to wait for a turn to write.
            if session.exec(due.limit(1)).first() is None:
                return ()
        oldest = due.order_by(col(ShopMessageRow.received_at), col(ShopMessageRow.id)).limit(limit)
        with self.write() as session:
            rows = session.exec(oldest.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.next_at = now + LEASE
                session.add(row)
            return [_message(row) for row in rows]

    def settle(self, id: str, what: str, theirs: str, version: datetime | None, at: datetime) -> None:
        """It is over; `what` says what came of it."""
        with self.write() as session:
            row = session.get(ShopMessageRow, id)
            if row is not None and row.state == MessageState.WAITING:
                _close(session, row, MessageState.SETTLED, what, at)
                row.theirs, row.version = theirs, version

    def rest(self, id: str, why: str, theirs: str, until: datetime) -> None:
        with self.write() as session:
            row = session.get(ShopMessageRow, id)
            if row is not None and row.state == MessageState.WAITING:
                row.why, row.theirs, row.next_at, row.tries = why, theirs, until, row.tries + 1
                session.add(row)

    def put_aside(self, id: str, why: str, theirs: str) -> None:
        """Into quarantine, until a person has seen to it."""
        with self.write() as session:
            row = session.get(ShopMessageRow, id)
            if row is not None and row.state == MessageState.WAITING:
                row.state, row.why, row.theirs, row.next_at = (
                    MessageState.QUARANTINED.value,
                    why,
                    theirs,
                    None,
                )
                session.add(row)

    def forget(self, before: datetime) -> int:
        """Empty the messages that were over by then: they hold names and addresses. Says how many."""
        table = table_of(ShopMessageRow)
        over = table.c.closed_at < before, table.c.body != ""
        with self.read() as session:
            if session.exec(select(ShopMessageRow.id).where(*over).limit(1)).first() is None:
                return 0
        with self.write() as session:
            change = update(table).where(*over).values(body="", original="")
            return session.connection().execute(change).rowcount

    def quarantined(self, limit: int) -> Sequence[ShopMessage]:
        """The newest first."""
        newest = (
            select(ShopMessageRow).where(IN_QUARANTINE).order_by(col(ShopMessageRow.received_at).desc())
        )
        with self.read() as session:
            return [_message(row) for row in session.exec(newest.limit(limit))]

    def count_quarantined(self) -> int:
        with self.read() as session:
            return session.exec(select(func.count()).select_from(ShopMessageRow).where(IN_QUARANTINE)).one()

    def message(self, id: str) -> ShopMessage:
        """:raises NotFound: there is none."""
        with self.read() as session:
            row = session.get(ShopMessageRow, id)
        if row is None:
            raise NotFound(f"There is no message {id}.")
        return _message(row)

    def retry(self, id: str, body: str, by: str, at: datetime) -> None:
        """
        Look at it again, with `body` in place of what came where that is not empty.

        :raises NotFound: there is none.
        :raises ActRefused: it is not in quarantine any more.
        """
        with self.write() as session:
            row = _put_aside(session, id)
            mended = bool(body) and body != row.body
            if mended:
                row.original, row.body = row.original or row.body, body
            row.state, row.next_at, row.tries, row.why = MessageState.WAITING.value, at, 0, ""
            session.add(row)
            what = "mended and tried again" if mended else "tried again"
            tell(session, Deed(at, DeedKind.REPAIR, id, what, by=by))

    def discard(self, id: str, why: str, by: str, at: datetime) -> None:
        """
        Nothing will come of it; it stays to be read.

        :raises NotFound: there is none.
        :raises ActRefused: it is not in quarantine any more.
        """
        with self.write() as session:
            row = _put_aside(session, id)
            _close(session, row, MessageState.DISCARDED, why, at, by)
            tell(session, Deed(at, DeedKind.REPAIR, id, "discarded", by=by, why=why))


def _put_aside(session: Session, id: str) -> ShopMessageRow:
    row = session.get(ShopMessageRow, id)
    if row is None:
        raise NotFound(f"There is no message {id}.")
    if row.state != MessageState.QUARANTINED:
        raise ActRefused(f"Message {id} is not in quarantine any more: it is {row.state}.")
    return row


def _close(
    session: Session, row: ShopMessageRow, state: MessageState, why: str, at: datetime, by: str = ""
) -> None:
    row.state, row.why, row.next_at = state.value, why, None
    row.closed_at, row.closed_by = at, by
    session.add(row)


def _message(row: ShopMessageRow) -> ShopMessage:
    return ShopMessage(
        id=row.id,
        shop=row.shop,
        system=ShopSystem(row.system),
        topic=row.topic,
        body=row.body,
        state=MessageState(row.state),
        received_at=row.received_at,
        theirs=row.theirs,
        why=row.why,
        tries=row.tries,
        original=row.original,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )
