"""
Pages that turned out to be drafts.

A local activity's result is a draft until its workflow task completes. After a crash the task is done
again, later, and what came meanwhile may lead it elsewhere: the page of the same number comes again
with a later `now`. It then replaces the draft, and everything the draft had written goes.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from adapters.database.order.listed import changed
from adapters.database.tables.journal import ActRow, BatchRow, IncidentRow, TimelineRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.upsert import table_of
from domain.journal import Batch

Tables = type[WaitRow] | type[IncidentRow]


def forget_draft(session: Session, batch: Batch) -> bool:
    """Take back what a draft of this page wrote; false when what stands is this page itself, or newer."""
    standing = session.get(BatchRow, (batch.order, batch.subject, batch.n))
    if standing is None or standing.at >= batch.now:
        return False
    session.expunge(standing)
    drafts = _of(BatchRow, batch) & (col(BatchRow.n) >= batch.n)
    written = session.exec(select(BatchRow.at).where(drafts)).all()
    before = session.exec(
        select(func.max(BatchRow.at)).where(_of(BatchRow, batch), BatchRow.n < batch.n)
    ).one()
    _take_back_timeline(session, batch)
    _take_back(session, WaitRow, batch, before)
    _take_back(session, IncidentRow, batch, before)
    acts = col(ActRow.order) == batch.order, col(ActRow.settled_at).in_(written)
    session.connection().execute(
        update(table_of(ActRow)).where(*acts).values(outcome="", why="", settled_at=None)
    )
    this = update(table_of(PlacedOrder)).where(col(PlacedOrder.number) == batch.order)
    session.connection().execute(this.where(col(PlacedOrder.ended_at).in_(written)).values(ended_at=None))
    session.connection().execute(delete(table_of(BatchRow)).where(drafts))
    changed(session, batch.order)
    return True


def _take_back_timeline(session: Session, batch: Batch) -> None:
    if batch.entries:
        drafted = _of(TimelineRow, batch) & (col(TimelineRow.seq) >= batch.entries[0].seq)
        session.connection().execute(delete(table_of(TimelineRow)).where(drafted))


def _take_back(session: Session, model: Tables, batch: Batch, before: datetime | None) -> None:
    """What was opened after the page before goes, what was closed after it is open again."""
    # A bug of the program itself is at no step: the watch keeps it, whatever the pages say.
    mine = _of(model, batch) & (col(model.step) != "")
    opened = col(model.since) > before if before else mine
    closed = col(model.closed_at) > before if before else mine
    session.connection().execute(delete(table_of(model)).where(mine, opened))
    reopened = update(table_of(model)).where(mine, closed)
    session.connection().execute(reopened.values(closed_at=None, closed_by=""))


def _of(model: type[BatchRow | TimelineRow | WaitRow | IncidentRow], batch: Batch) -> ColumnElement[bool]:
    return (col(model.order) == batch.order) & (col(model.subject) == batch.subject)
