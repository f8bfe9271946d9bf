"""Returns as people ask for them: kept first, never of more than was shipped."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.order.acts import lock_order
from adapters.database.order.document import load_order
from adapters.database.order.events import note_event
from adapters.database.order.placed import insert_order
from adapters.database.returns.refunds import refuse_beyond
from adapters.database.returns.rows import (
    insert_return,
    load_return,
    return_row,
    shipped_goods,
)
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, OrderConflict
from domain.order import exchange_number
from domain.order_event import RETURN_OPENED
from domain.return_book import Asked, Exchange, Opening, Sold
from domain.returns import Claim, Return, ReturnLine, ReturnState, return_id


class ReturnBook(Database):
    """Every return is a row here before anything else happens to it."""

    def sold(self, number: str) -> Sold:
        """:raises NotFound: no such order."""
        with self.read() as session:
            order = load_order(session, number)
            placed = session.get(PlacedOrder, number)
            assert placed is not None
            return Sold(order, shipped_goods(session, number), placed.orders_before, placed.speed)

    def open_return(self, asked: Asked, at: datetime) -> str:
        """
        Keep a return, and answer with its id; one asked for before under this form's id is answered with
        that. Two at once never get more of a line than was shipped, nor a goodwill more than was paid.

        :raises NotFound: no such order.
        :raises ActRefused: meanwhile somebody else has asked for these goods, or so much cannot go back.
        :raises OrderConflict: the number of the order that replaces it is taken meanwhile.
        """
        with self.write() as session:
            lock_order(session, asked.order)
            stands = session.exec(select(ReturnRow.id).where(ReturnRow.form == asked.form)).first()
            if stands is not None:
                return stands
            if asked.claim == Claim.GOODWILL:
                refuse_beyond(session, asked.order, asked.value)
            else:
                _refuse_taken(session, asked.order, asked.lines)
            id, n = _next(session, asked.order)
            insert_return(session, _columns(asked, id, n, at), asked.lines)
            if asked.exchange is not None:
                _keep_replacement(session, asked.exchange, at)
            what = asked.claim.value or "return"
            note_event(session, asked.order, RETURN_OPENED, id, what=what)
            who = {"role": asked.role, "by": asked.by, "why": asked.reason}
            tell(session, Deed(at, DeedKind.RETURN, id, what, asked.order, **who))
            return id

    def exchanges(self, order: str) -> int:
        """How many orders replace a part of this one."""
        with self.read() as session:
            n = 0
            while session.get(PlacedOrder, exchange_number(order, n + 1)) is not None:
                n += 1
            return n

    def return_form(self, form: str) -> str:
        """The return asked for under this form's id; empty when there is none."""
        with self.read() as session:
            return session.exec(select(ReturnRow.id).where(ReturnRow.form == form)).first() or ""

    def opening(self, id: str) -> Opening:
        """:raises NotFound: no such return."""
        with self.read() as session:
            row = return_row(session, id)
        started = row.started_at is not None
        return Opening(row.order, row.id, row.flow, row.flow_hash, row.speed, started=started)

    def unstarted_returns(self, limit: int) -> Sequence[str]:
        """Returns kept whose workflow is not known to have started, oldest first."""
        wanted = (
            select(ReturnRow.id)
            .where(col(ReturnRow.started_at).is_(None))
            .order_by(col(ReturnRow.opened_at), col(ReturnRow.id))
            .limit(limit)
        )
        with self.read() as session:
            return session.exec(wanted).all()

    def return_started(self, id: str, at: datetime) -> None:
        """Its workflow exists; the first word on it stands."""
        with self.write() as session:
            mark_started(session, id, at)

    def returned(self, id: str) -> Return:
        """:raises NotFound: no such return."""
        with self.read() as session:
            return load_return(session, id)


def mark_started(session: Session, id: str, at: datetime | None = None) -> None:
    """With no time at hand, by the database's own clock."""
    unmarked = col(ReturnRow.id) == id, col(ReturnRow.started_at).is_(None)
    change = {"started_at": at or func.now(), "state": ReturnState.OPEN.value}
    session.connection().execute(update(table_of(ReturnRow)).where(*unmarked).values(**change))


def _refuse_taken(session: Session, order: str, lines: Sequence[ReturnLine]) -> None:
    left = {(goods.line, goods.fulfilment): goods.left for goods in shipped_goods(session, order)}
    for line in lines:
        there = left.get((line.line, line.fulfilment), 0)
        if line.quantity > there:
            raise ActRefused(
                f"Order {order}: {there:f} of {line.sku} can still come back from {line.fulfilment}."
            )


def _keep_replacement(session: Session, exchange: Exchange, at: datetime) -> None:
    """Nothing of the return is kept when the number is taken meanwhile."""
    if not insert_order(session, exchange.order, exchange.placement, at):
        raise OrderConflict(f"Order {exchange.order.number} was placed meanwhile; ask again.")


def _next(session: Session, order: str) -> tuple[str, int]:
    """The order's next return; an id that is the number of another order is left out."""
    last = select(func.coalesce(func.max(ReturnRow.n), 0)).where(ReturnRow.order == order)
    n = session.exec(last).one() + 1
    while session.get(PlacedOrder, return_id(order, n)) is not None:
        n += 1
    return return_id(order, n), n


def _columns(asked: Asked, id: str, n: int, at: datetime) -> dict[str, object]:
    return {
        "id": id,
        "order": asked.order,
        "n": n,
        "form": asked.form,
        "claim": asked.claim.value,
        "reason": asked.reason,
        "by": asked.by,
        "role": asked.role,
        "state": ReturnState.REQUESTED.value,
        "flow": asked.terms.flow,
        "flow_hash": asked.flow_hash,
        "currency": asked.value.currency,
        "value_minor": asked.value.minor,
        "fee_minor": asked.terms.fee.minor,
        "shipping": asked.terms.shipping,
        "free": asked.terms.free,
        "days": asked.days,
        "second_person": asked.second_person,
        "exchange": asked.exchange.order.number if asked.exchange else "",
        "exchange_state": "waiting" if asked.exchange else "",
        "credit_minor": asked.exchange.credit.minor if asked.exchange else 0,
        # What a goodwill comes to is known at once; a return's is worked out when its goods were seen.
        "refund_minor": asked.value.minor if asked.claim == Claim.GOODWILL else None,
        "speed": asked.speed,
        "opened_at": at,
        "end_title": "",
    }
