"""
What must be true of the audit log.

A1 each entry holds the one before it, up to the head, and up to a head that was noted down elsewhere.
A2 no act, refusal or return without its entry, nor the other way round. A3 the database refuses to alter
what is only ever added to.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlmodel import Session

from adapters.database.audit_log import deed_of, head
from adapters.database.guards import missing
from adapters.database.tables.audit import AuditRow
from adapters.database.tables.journal import ActRow
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.act import Outcome
from domain.audit import DeedKind, Head, link, seal
from domain.reconcile import Difference, Repair, RepairKind

LOG = table_of(AuditRow).c
ACTS = table_of(ActRow).c
RETURNS = table_of(ReturnRow).c
AT_ONCE = 5_000
CHAIN = "The audit log"
TAMPERED = "Somebody changed it in the database: compare it with a backup, and find out who."


def trail_differences(session: Session, noted: Head | None = None) -> list[Difference]:
    """Everything that is wrong with the audit log; `noted` is a head kept outside the database."""
    return [*_broken(session, noted), *_untold(session), *_unguarded(session)]


def _broken(session: Session, noted: Head | None) -> Iterator[Difference]:
    last, found = Head(), not (noted and noted.n)
    wanted = select(*LOG).order_by(LOG.n).execution_options(yield_per=AT_ONCE)
    for row in session.connection().execute(wanted):
        if row.n != last.n + 1:
            yield _wrong(f"Of its entries, {last.n + 1} to {row.n - 1} are gone.")
        deed, follows = deed_of(row), row.n == last.n + 1
        if follows and link(last, deed, row.seal).hash != row.hash:
            yield _wrong(f"{_named(row)} is not as it was.")
        if row.salt and seal(deed, row.salt) != row.seal:
            yield _wrong(f"Who and why of {_named(row)} are not as they were.")
        # One that was changed is one difference: the next is checked against what it holds now.
        last = Head(row.n, row.hash)
        found = found or last == noted
    kept = head(session)
    if kept != last:
        yield _wrong(f"It ends with {last.n} of its {kept.n} entries, or the last was changed.")
    if not found and noted is not None:
        yield _wrong(f"Its entry {noted.n} is not the one whose hash was noted down.")


def _named(row: Row[Any]) -> str:
    return f"Entry {row.n} ({row.at:%Y-%m-%d %H:%M}, {row.kind} {row.subject})"


def _untold(session: Session) -> Iterator[Difference]:
    refused = ACTS.outcome == Outcome.REFUSED.value
    rows: list[tuple[str, DeedKind, Select[Any]]] = [
        ("act", DeedKind.ACT, select(ACTS.order, ACTS.id)),
        ("refusal of act", DeedKind.REFUSED, select(ACTS.order, ACTS.id).where(refused)),
        ("return", DeedKind.RETURN, select(RETURNS.order, RETURNS.id)),
    ]
    for what, kind, wanted in rows:
        ours = wanted.subquery().c
        told = exists().where(LOG.kind == kind.value, LOG.subject == ours.id)
        for order, id in session.execute(select(ours.order, ours.id).where(~told)):
            yield Difference("A2", order, f"The audit log knows of no {what} {id}.", TAMPERED)
    for kind, id_ in ((DeedKind.ACT, ACTS.id), (DeedKind.RETURN, RETURNS.id)):
        mine = select(LOG.order, LOG.subject).where(LOG.kind == kind.value)
        for order, id in session.execute(mine.where(~exists().where(id_ == LOG.subject))):
            said = f"The audit log tells of the {kind.value} {id}, which is not there."
            yield Difference("A2", order, said, TAMPERED)
        twice = mine.group_by(LOG.order, LOG.subject).having(func.count() > 1)
        for order, id in session.execute(twice):
            said = f"The audit log tells of the {kind.value} {id} more than once."
            yield Difference("A2", order, said, TAMPERED)


def _unguarded(session: Session) -> Iterator[Difference]:
    for table in missing(session.connection()):
        said = f"The database lets everybody alter the table {table}."
        advice = "Somebody dropped its triggers: find out who; `--repair` puts them up again."
        yield Difference("A3", table, said, advice, Repair(RepairKind.GUARD, table))


def _wrong(said: str) -> Difference:
    return Difference("A1", CHAIN, said, TAMPERED)
