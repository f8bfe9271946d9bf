"""What documents are made of: orders, their parcels and returns, and where goods lie."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from adapters.database.engine import Database
from adapters.database.journal.steps import definition
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments
from adapters.database.returns.rows import load_return, load_returns, return_row
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.stock import StockLevel
from domain.errors import NotFound
from domain.fulfilment import Fulfilment
from domain.order import Order
from domain.returns import Return
from flow.model import Ask, WaitFor, loads


class Papers(Database):
    """Reads alone."""

    def order(self, number: str) -> Order:
        """:raises NotFound: no such order."""
        with self.read() as session:
            return load_order(session, number)

    def parts(self, number: str) -> tuple[tuple[Fulfilment, ...], tuple[Return, ...]]:
        """
        An order's parcels as they stand, and its returns.

        :raises NotFound: no such order.
        """
        with self.read() as session:
            if session.exec(select(PlacedOrder.number).where(PlacedOrder.number == number)).first() is None:
                raise NotFound(f"There is no order {number}.")
            return load_fulfilments(session, number), load_returns(session, number)

    def part(self, id: str) -> tuple[Order, Fulfilment]:
        """:raises NotFound: no such fulfilment."""
        with self.read() as session:
            part = load_fulfilment(session, id)
            return load_order(session, part.order), part

    def returned(self, id: str) -> tuple[Order, Return, str]:
        """
        With how long its flow waits for the goods, in its own words; empty for no wait.

        :raises NotFound: no such return.
        """
        with self.read() as session:
            back = load_return(session, id)
            flow = definition(session, return_row(session, id).flow_hash)
            return load_order(session, back.order), back, waits_within(flow)

    def to_pack(self, location: str = "") -> tuple[str, ...]:
        """
        Parcels whose goods are scanned in an open task: what is done first comes first. Of one location,
        or of all when it is empty.
        """
        with self.read() as session:
            wanted = (
                select(WaitRow.lane)
                .join(FulfilmentRow, col(FulfilmentRow.id) == col(WaitRow.lane))
                .where(col(WaitRow.closed_at).is_(None), WaitRow.kind == "ask", WaitRow.scan != "")
                .order_by(col(WaitRow.priority), col(WaitRow.due).asc().nulls_last(), col(WaitRow.asked_at))
            )
            if location:
                wanted = wanted.where(FulfilmentRow.location == location)
            return tuple(dict.fromkeys(session.exec(wanted).all()))

    def bins(self, location: str, skus: Sequence[str]) -> Mapping[str, str]:
        """SKU -> where on the shelves of a location it lies; none where nobody said."""
        with self.read() as session:
            here = StockLevel.location == location, col(StockLevel.sku).in_(skus), StockLevel.bin != ""
            return dict(session.exec(select(StockLevel.sku, StockLevel.bin).where(*here)).all())


def waits_within(flow: str) -> str:
    """For how long a return's flow waits for what comes back: its first wait, in its own words."""
    waits = (step.does for step in loads(flow).steps if isinstance(step.does, Ask | WaitFor))
    first = next(waits, None)
    return first.if_late.after if first else ""
