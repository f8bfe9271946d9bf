"""The audit log as rows: one chain, however many write at once."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import event, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.tables.audit import AuditHeadRow, AuditRow
from adapters.database.upsert import insert_new, table_of
from domain.act import ActRecord
from domain.audit import Deed, DeedKind, Head, link, seal

HEAD = table_of(AuditHeadRow).c
ONLY = 1
WAITING = "deeds"


def tell(session: Session, deed: Deed) -> None:
    """
    Write an entry with this transaction, or not at all.

    The chain's head is taken last of all, just before the commit: two writers who had it and then waited
    for each other's rows would never end.
    """
    waiting: list[Deed] = session.info.setdefault(WAITING, [])
    if not waiting:
        event.listen(session, "before_commit", _append, once=True)
    waiting.append(deed)


def asked(record: ActRecord) -> Deed:
    """An act as it was asked for: its words stay outside the chain."""
    act = record.act
    told = {
        "kind": act.kind.value,
        "target": act.target,
        "answer": act.answer,
        "lane": act.lane,
        "values": act.values,
    }
    what = json.dumps({name: value for name, value in told.items() if value}, sort_keys=True)
    return Deed(record.at, DeedKind.ACT, act.id, what, record.order, record.role, record.by, record.reason)


def head(session: Session) -> Head:
    found = session.connection().execute(select(HEAD.n, HEAD.hash)).first()
    return Head() if found is None else Head(found.n, found.hash)


class AuditLog(Database):
    """What people read of it."""

    def tell(self, *deeds: Deed) -> None:
        """Write entries of their own."""
        with self.write() as session:
            for deed in deeds:
                tell(session, deed)

    def head(self) -> Head:
        with self.read() as session:
            return head(session)

    def entries(
        self, limit: int, *, order: str = "", by: str = "", since: datetime | None = None
    ) -> Sequence[tuple[int, Deed]]:
        """With their numbers, the newest first."""
        wanted = select(AuditRow).order_by(col(AuditRow.n).desc()).limit(limit)
        wanted = wanted.where(AuditRow.order == order) if order else wanted
        wanted = wanted.where(AuditRow.by == by) if by else wanted
        wanted = wanted if since is None else wanted.where(AuditRow.at >= since)
        with self.read() as session:
            return [(row.n, deed_of(row)) for row in session.exec(wanted)]


def deed_of(row: Any) -> Deed:
    """Of an `AuditRow`, or of what was selected with all its columns."""
    return Deed(
        row.at,
        DeedKind(row.kind),
        row.subject,
        row.what,
        row.order,
        row.role,
        row.by,
        row.why,
        row.whom,
    )


def _append(session: Session) -> None:
    session.flush()
    last = _taken(session)
    rows = []
    for deed in session.info.pop(WAITING, []):
        salt = secrets.token_hex(16)
        sealed = seal(deed, salt)
        last = link(last, deed, sealed)
        rows.append(_row(deed, last) | {"seal": sealed, "salt": salt})
    connection = session.connection()
    connection.execute(table_of(AuditRow).insert(), rows)
    moved = update(HEAD.n.table).where(HEAD.id == ONLY)
    connection.execute(moved.values(n=last.n, hash=last.hash))


def _taken(session: Session) -> Head:
    """The head, which is nobody else's until the transaction ends."""
    wanted = select(HEAD.n, HEAD.hash).where(HEAD.id == ONLY).with_for_update()
    found = session.connection().execute(wanted).first()
    if found is None:
        insert_new(session, AuditHeadRow, {"id": ONLY, "n": 0, "hash": ""})
        found = session.connection().execute(wanted).one()
    return Head(found.n, found.hash)


def _row(deed: Deed, linked: Head) -> dict[str, object]:
    return {
        "n": linked.n,
        "hash": linked.hash,
        "at": deed.at,
        "kind": deed.kind.value,
        "order": deed.order,
        "subject": deed.subject,
        "what": deed.what,
        "role": deed.role,
        "by": deed.by,
        "why": deed.why,
        "whom": deed.whom,
    }
