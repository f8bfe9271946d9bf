"""The parts orders leave in."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from adapters.database.order.listed import changed
from adapters.database.tables.orders import FulfilmentLineRow, FulfilmentRow
from adapters.database.upsert import insert_all, put_all
from domain.errors import NotFound
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.money import Money
from domain.order import DeliveryMethod

# Rows are written around the session, so what it read before may no longer be so.
FRESH = {"populate_existing": True}


def load_fulfilments(session: Session, order: str) -> tuple[Fulfilment, ...]:
    """The parts of an order as they stand, in the order they were made."""
    wanted = select(FulfilmentRow).where(FulfilmentRow.order == order).order_by(col(FulfilmentRow.n))
    return _fulfilments(session, session.exec(wanted, execution_options=FRESH).all())


def fulfilments_of(session: Session, orders: Sequence[str]) -> tuple[Fulfilment, ...]:
    """Every part of these orders."""
    wanted = select(FulfilmentRow).where(col(FulfilmentRow.order).in_(orders))
    return _fulfilments(session, session.exec(wanted).all())


def load_fulfilment(session: Session, id: str) -> Fulfilment:
    """:raises NotFound: no such fulfilment."""
    wanted = select(FulfilmentRow).where(FulfilmentRow.id == id)
    row = session.exec(wanted, execution_options=FRESH).first()
    if row is None:
        raise NotFound(f"There is no fulfilment {id}.")
    return _fulfilments(session, [row])[0]


def load_some(session: Session, ids: Collection[str]) -> tuple[Fulfilment, ...]:
    """Of several orders."""
    wanted = select(FulfilmentRow).where(col(FulfilmentRow.id).in_(ids))
    return _fulfilments(session, session.exec(wanted, execution_options=FRESH).all())


def save_fulfilments(session: Session, fulfilments: Sequence[Fulfilment]) -> None:
    """Write new fulfilments, and changed ones over what stood; their lines are replaced."""
    session.flush()
    ids = [fulfilment.id for fulfilment in fulfilments]
    session.connection().execute(
        delete(FulfilmentLineRow).where(col(FulfilmentLineRow.fulfilment).in_(ids))
    )
    put_all(session, FulfilmentRow, [_columns(fulfilment) for fulfilment in fulfilments])
    for order in {fulfilment.order for fulfilment in fulfilments}:
        changed(session, order)
    insert_all(
        session,
        FulfilmentLineRow,
        [
            {"fulfilment": part.id, "line": line.line, "sku": line.sku, "quantity": line.quantity}
            for part in fulfilments
            for line in part.lines
        ],
    )


def _columns(part: Fulfilment) -> dict[str, object]:
    return {
        "id": part.id,
        "order": part.order,
        "n": int(part.id.rpartition("-F")[2]),
        "method": part.method.value,
        "location": part.location,
        "flow": part.flow,
        "state": part.state.value,
        "supplier": part.supplier,
        "made_to_order": part.made_to_order,
        "tracking": part.tracking,
        "carrier": part.carrier,
        "ship_by": part.ship_by,
        "total_minor": part.total.minor,
        "currency": part.total.currency,
    }


def _fulfilments(session: Session, rows: Sequence[FulfilmentRow]) -> tuple[Fulfilment, ...]:
    if not rows:
        return ()
    wanted = (
        select(FulfilmentLineRow)
        .where(col(FulfilmentLineRow.fulfilment).in_([row.id for row in rows]))
        .order_by(col(FulfilmentLineRow.line))
    )
    lines: dict[str, list[FulfilmentLine]] = {row.id: [] for row in rows}
    for line in session.exec(wanted, execution_options=FRESH):
        lines[line.fulfilment].append(FulfilmentLine(line.line, line.sku, line.quantity))
    return tuple(_fulfilment(row, lines[row.id]) for row in rows)


def _fulfilment(row: FulfilmentRow, lines: Sequence[FulfilmentLine]) -> Fulfilment:
    return Fulfilment(
        id=row.id,
        order=row.order,
        method=DeliveryMethod(row.method),
        location=row.location,
        flow=row.flow,
        lines=tuple(lines),
        total=Money(row.total_minor, row.currency),
        state=FulfilmentState(row.state),
        supplier=row.supplier,
        made_to_order=row.made_to_order,
        tracking=row.tracking,
        carrier=row.carrier,
        ship_by=row.ship_by,
    )
