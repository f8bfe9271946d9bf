"""The rows of one order, each kind read once, however many parts of its page are made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, type_coerce
from sqlmodel import Session, col, select

from adapters.database.engine import Instant
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.payment.entries import entries_of
from adapters.database.returns.rows import load_returns
from adapters.database.tables.journal import ActRow, LaneRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from domain.errors import NotFound
from domain.fulfilment import Fulfilment
from domain.order import Order
from domain.posting import Entry
from domain.returns import Return


@dataclass(frozen=True, slots=True)
class OrderRows:
    """`now` is the database's clock, `acts` are as they came, `waits` the open ones, oldest first."""

    placed: PlacedOrder
    now: datetime
    order: Order
    parts: tuple[Fulfilment, ...]
    returns: tuple[Return, ...]
    entries: Sequence[Entry]
    acts: Mapping[str, ActRow]
    waits: Sequence[WaitRow]
    lanes: Mapping[str, LaneRow]


def order_rows(session: Session, number: str) -> OrderRows:
    """:raises NotFound: no such order."""
    named = select(PlacedOrder, type_coerce(func.now(), Instant)).where(PlacedOrder.number == number)
    found = session.exec(named).first()
    if found is None:
        raise NotFound(f"There is no order {number}.")
    acts = session.exec(select(ActRow).where(ActRow.order == number).order_by(col(ActRow.seq)))
    still = WaitRow.order == number, col(WaitRow.closed_at).is_(None)
    waits = select(WaitRow).where(*still).order_by(col(WaitRow.since), col(WaitRow.id))
    lanes = session.exec(select(LaneRow).where(LaneRow.order == number).order_by(col(LaneRow.id)))
    return OrderRows(
        placed=found[0],
        now=found[1],
        order=load_order(session, number),
        parts=load_fulfilments(session, number),
        returns=load_returns(session, number),
        entries=entries_of(session, number),
        acts={act.id: act for act in acts},
        waits=session.exec(waits).all(),
        lanes={lane.id: lane for lane in lanes},
    )
