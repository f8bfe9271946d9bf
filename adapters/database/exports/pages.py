"""Orders of a period, oldest first, so many at a time."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.document import order_from_json
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from domain.exports import Row
from domain.order import Order
from domain.period import Period

PAGE = 300
Told = Callable[[Session, Sequence[PlacedOrder]], list[Row]]


def page_by_page(database: Database, period: Period, told: Told) -> Iterator[Row]:
    """What is `told` of each page of orders; no transaction is open while the rows are read."""
    placed, number = col(PlacedOrder.placed_at), col(PlacedOrder.number)
    wanted = select(PlacedOrder).where(placed >= period.begins, placed < period.ends)
    wanted = wanted.order_by(placed, number).limit(PAGE)
    after = wanted
    while True:
        with database.read() as session:
            page = session.exec(after).all()
            rows = told(session, page) if page else []
        yield from rows
        if len(page) < PAGE:
            return
        last = page[-1]
        later = or_(placed > last.placed_at, and_(placed == last.placed_at, number > last.number))
        after = wanted.where(later)


def documents(session: Session, numbers: Sequence[str]) -> dict[str, Order]:
    wanted = select(OrderDocument.number, OrderDocument.whole)
    found = session.exec(wanted.where(col(OrderDocument.number).in_(numbers)))
    return {number: order_from_json(whole) for number, whole in found}
