"""Where an order goes from now on: the address in an act's texts, over the one it was placed with."""

from dataclasses import replace

from sqlalchemy import update
from sqlmodel import Session, col

from adapters.database.order.document import load_order, order_json
from adapters.database.tables.journal import ActRow
from adapters.database.tables.orders import OrderDocument
from domain.journal import Batch
from domain.order import Address


def write_addresses(session: Session, batch: Batch) -> None:
    """What was placed stays in `body`, so that the same order placed again is still the same."""
    for id in batch.readdressed:
        act = session.get(ActRow, id, populate_existing=True)
        assert act is not None, "acts are rows before they are carried"
        order = replace(load_order(session, batch.order), shipping_address=Address(**act.texts))
        mine = update(OrderDocument).where(col(OrderDocument.number) == batch.order)
        session.connection().execute(mine.values(whole=order_json(order)))
