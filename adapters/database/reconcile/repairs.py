"""What the auditor may mend by itself: what nothing waits for, nobody needs, or follows from the rest."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.guards import raise_guards
from adapters.database.order.acts import lock_order
from adapters.database.order.listed import words_of
from adapters.database.order.shown import should_show
from adapters.database.order.words import renew_words
from adapters.database.stock import backorders, reservations
from adapters.database.stock.letting_go import NONE
from adapters.database.stock.shelves import lock_items
from adapters.database.tables.journal import HoldRow, IncidentRow, WaitRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.tables.stock import Backorder, Reservation
from adapters.database.upsert import table_of
from domain.audit import Deed
from domain.dispatch import ShipBy
from domain.notice import LetterState, Notice
from domain.reconcile import RepairKind
from domain.state import order_state

Mend = Callable[[Session, str, datetime, ShipBy], bool]


class Repairs(backorders.Serving):
    """Each is done in one transaction with its entry in the audit log, and only if it is still needed."""

    def mend(self, kind: RepairKind, target: str, deed: Deed) -> bool:
        """False when nothing was left to mend. For the kinds of `MENDS`."""
        with self.write() as session:
            mended = MENDS[kind](session, target, deed.at, self.ship_by)
            if mended:
                tell(session, deed)
            return mended

    def unsent(self, notice: str) -> Notice | None:
        """A notice that was written and never went out."""
        with self.read() as session:
            row = session.get(NoticeRow, notice)
        if row is None or row.state != LetterState.PENDING.value:
            return None
        return Notice(row.id, row.order, row.lane, row.template, row.to, n=row.n)


def _close(session: Session, target: str, at: datetime, _ship_by: ShipBy) -> bool:
    """A task or an incident of an order that has ended."""
    closed = 0
    for table in (table_of(WaitRow), table_of(IncidentRow)):
        order = table.c.order
        ended = select(PlacedOrder.number).where(col(PlacedOrder.ended_at).is_not(None))
        mine = update(table).where(table.c.id == target, table.c.closed_at.is_(None), order.in_(ended))
        closed += session.connection().execute(mine.values(closed_at=at)).rowcount
    return bool(closed)


def _release(session: Session, order: str, at: datetime, ship_by: ShipBy) -> bool:
    """What is promised to an order that has ended goes to those who wait."""
    active = Reservation.order == order, Reservation.state == "active"
    waiting = Backorder.order == order, Backorder.waiting > NONE
    skus = {*session.exec(select(Reservation.sku).where(*active))}
    on_order = {*session.exec(select(Backorder.sku).where(*waiting))}
    lock_items(session, skus | on_order)
    lock_order(session, order)
    row = session.get(PlacedOrder, order, populate_existing=True)
    if row is None or row.ended_at is None or not skus | on_order:
        return False
    for held in reservations.active(session, order, None):
        reservations.release(session, held, at)
    backorders.forget(session, order, None)
    backorders.fill(session, skus, at, ship_by)
    return True


def _guard(session: Session, _table: str, _at: datetime, _ship_by: ShipBy) -> bool:
    raise_guards(session.connection())
    return True


def _list(session: Session, order: str, _at: datetime, _ship_by: ShipBy) -> bool:
    """What lists go by, from the order itself and all that became of it."""
    lock_order(session, order)
    row = session.get(PlacedOrder, order, populate_existing=True)
    document = session.get(OrderDocument, order)
    assert row is not None
    before = row.model_dump()
    if row.ended_at is None:
        holds = session.exec(select(HoldRow.kind).where(HoldRow.order == order)).all()
        row.state = order_state("", holds)
    if document is not None:
        for name, value in should_show(document.whole, erased=row.erased_at is not None).items():
            setattr(row, name, value)
    for name, value in words_of(session, row).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return renew_words(session, order, row.find) or row.model_dump() != before


MENDS: dict[RepairKind, Mend] = {
    RepairKind.CLOSE: _close,
    RepairKind.RELEASE: _release,
    RepairKind.GUARD: _guard,
    RepairKind.LIST: _list,
}
