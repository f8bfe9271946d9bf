"""What the order workflow reads and writes in our own books."""

from collections.abc import Callable

from pydantic import TypeAdapter
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.journal.batch import (
    write_acts,
    write_incidents,
    write_lanes,
    write_timeline,
    write_waits,
)
from adapters.database.journal.deadlines import Calendars, wait_deadlines
from adapters.database.journal.drafts import forget_draft
from adapters.database.journal.standing import write_order, write_return
from adapters.database.order.acts import lock_order
from adapters.database.order.document import order_from_json
from adapters.database.order.readdressing import write_addresses
from adapters.database.tables.flows import DefinitionRow
from adapters.database.tables.journal import BatchRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.upsert import insert_new
from domain.errors import NotFound, OrderEnded
from domain.facts import Facts, order_facts
from domain.journal import Batch, Deadlines
from domain.order import Buyer

_ANSWER: TypeAdapter[tuple[Deadlines, ...]] = TypeAdapter(tuple[Deadlines, ...])


class Journal:
    """`calendars` are the shop's working calendars as they stand today, by name."""

    def __init__(self, url: str, calendars: Callable[[], Calendars]) -> None:
        self._database = Database(url)
        self._calendars = calendars

    def begin(self, order: str) -> Facts:
        """
        The facts of an order that has been placed and has not ended; the first call marks it started.

        :raises NotFound: no such order.
        :raises OrderEnded: its number has been used up.
        """
        wanted = (
            select(PlacedOrder, OrderDocument.whole)
            .join(OrderDocument, col(OrderDocument.number) == col(PlacedOrder.number))
            .where(PlacedOrder.number == order)
        )
        with self._database.read() as session:
            found = session.exec(wanted).first()
        if found is None:
            raise NotFound(f"There is no order {order}.")
        row, whole = found
        if row.ended_at is not None:
            raise OrderEnded(f"Order {order} has ended: {row.end_title or row.state}.")
        if row.started_at is None:
            self._mark_started(order)
        facts = order_facts(order_from_json(whole), Buyer(row.orders_before))
        return {**facts, "hold": bool(row.placed_holds)}

    def flow(self, sha256: str) -> str:
        """
        The definition with this hash, as canonical JSON.

        :raises NotFound: never published here.
        """
        with self._database.read() as session:
            return definition(session, sha256)

    def write(self, batch: Batch) -> tuple[Deadlines, ...]:
        """
        Write a batch whole, once: a second time changes nothing and answers alike.

        One of the same number with a later `now` was written anew after a crash, and replaces the draft.

        :raises NotFound: no such order.
        """
        deadlines = wait_deadlines(batch, self._calendars())
        with self._database.write() as session:
            # Locked first, as whoever keeps an act does: the other way round the two could deadlock.
            stood = lock_order(session, batch.order)
            if not _enter(session, batch, deadlines):
                if not forget_draft(session, batch):
                    return _answered(session, batch)
                _enter(session, batch, deadlines)
            write_timeline(session, batch)
            write_waits(session, batch, deadlines)
            write_incidents(session, batch)
            write_acts(session, batch)
            write_addresses(session, batch)
            write_lanes(session, batch)
            if batch.subject == batch.order:
                write_order(session, batch, stood)
            else:
                write_return(session, batch)
        return deadlines

    def close(self) -> None:
        self._database.close()

    def _mark_started(self, order: str) -> None:
        # The database's own clock: this call brings no time along, and the relay only asks whether.
        unmarked = col(PlacedOrder.number) == order, col(PlacedOrder.started_at).is_(None)
        with self._database.write() as session:
            session.connection().execute(update(PlacedOrder).where(*unmarked).values(started_at=func.now()))


def definition(session: Session, sha256: str) -> str:
    """:raises NotFound: never published here."""
    body = session.exec(select(DefinitionRow.body).where(DefinitionRow.sha256 == sha256)).first()
    if body is None:
        raise NotFound(f"No flow with the hash {sha256[:12]} was ever published here.")
    return body


def _enter(session: Session, batch: Batch, deadlines: tuple[Deadlines, ...]) -> bool:
    """Take the batch's number; false when it is taken."""
    answer = _ANSWER.dump_json(deadlines).decode()
    row = {"order": batch.order, "subject": batch.subject, "n": batch.n, "at": batch.now, "answer": answer}
    return insert_new(session, BatchRow, row)


def _answered(session: Session, batch: Batch) -> tuple[Deadlines, ...]:
    mine = BatchRow.order == batch.order, BatchRow.subject == batch.subject
    wanted = select(BatchRow.answer).where(*mine, BatchRow.n == batch.n)
    return _ANSWER.validate_json(session.exec(wanted).one())
