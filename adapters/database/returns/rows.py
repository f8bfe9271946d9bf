"""Returns and their lines as rows, and what of an order's goods may still come back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from adapters.database.upsert import insert_all, put_all, table_of
from domain.errors import NotFound
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.money import Money
from domain.returns import Claim, Return, ReturnLine, ReturnState, Shipped, Terms, is_over

NONE = Decimal(0)
# Rows are written around the session, so what it read before may no longer be so.
FRESH = {"populate_existing": True}


def load_returns(session: Session, order: str) -> tuple[Return, ...]:
    """The returns of an order, in the order they were opened."""
    wanted = select(ReturnRow).where(ReturnRow.order == order).order_by(col(ReturnRow.n))
    return _returns(session, session.exec(wanted, execution_options=FRESH).all())


def load_return(session: Session, id: str) -> Return:
    """:raises NotFound: no such return."""
    return _returns(session, [return_row(session, id)])[0]


def return_row(session: Session, id: str) -> ReturnRow:
    """:raises NotFound: no such return."""
    row = session.get(ReturnRow, id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no return {id}.")
    return row


def save_lines(session: Session, id: str, lines: Sequence[ReturnLine]) -> None:
    """Write what became of a return's goods over what stood."""
    put_all(session, ReturnLineRow, [_columns(id, line) for line in lines])


def insert_return(session: Session, row: dict[str, object], lines: Sequence[ReturnLine]) -> None:
    insert_all(session, ReturnRow, [row])
    insert_all(session, ReturnLineRow, [_columns(str(row["id"]), line) for line in lines])


def change_return(session: Session, id: str, **columns: object) -> None:
    this = update(table_of(ReturnRow)).where(col(ReturnRow.id) == id)
    session.connection().execute(this.values(**columns))


def shipped_goods(session: Session, order: str) -> tuple[Shipped, ...]:
    """What has left for the customer, less what returns speak for; lost parcels paid back are left out."""
    rows = session.exec(select(LaneRow).where(LaneRow.order == order), execution_options=FRESH)
    lanes = {lane.id: lane for lane in rows}
    return goods_of(load_fulfilments(session, order), load_returns(session, order), lanes)


def goods_of(
    parts: Sequence[Fulfilment], returns: Sequence[Return], lanes: Mapping[str, LaneRow]
) -> tuple[Shipped, ...]:
    """The same of an order whose rows are read already."""
    used = _spoken_for(returns)
    goods = []
    for part in parts:
        lane = lanes.get(part.id)
        arrived = lane is not None and lane.state == FulfilmentState.FULFILLED
        lost = lane is not None and lane.state == FulfilmentState.CANCELLED
        if part.state not in (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED) or lost:
            continue
        for piece in part.lines:
            left = piece.quantity - used.get((piece.line, part.id), NONE)
            when = lane.since if lane is not None and arrived else None
            goods.append(Shipped(piece.line, part.id, piece.sku, left, when))
    return tuple(goods)


def _spoken_for(returns: Sequence[Return]) -> dict[tuple[int, str], Decimal]:
    """(order line, fulfilment) -> how much of it came back, or may still."""
    used: dict[tuple[int, str], Decimal] = {}
    for each in returns:
        for line in each.lines:
            quantity = line.counts if is_over(each.state) else line.quantity
            used[line.line, line.fulfilment] = used.get((line.line, line.fulfilment), NONE) + quantity
    return used


def _returns(session: Session, rows: Sequence[ReturnRow]) -> tuple[Return, ...]:
    if not rows:
        return ()
    wanted = (
        select(ReturnLineRow)
        .where(col(ReturnLineRow.return_id).in_([row.id for row in rows]))
        .order_by(col(ReturnLineRow.line), col(ReturnLineRow.fulfilment))
    )
    lines: dict[str, list[ReturnLine]] = {row.id: [] for row in rows}
    for line in session.exec(wanted, execution_options=FRESH):
        lines[line.return_id].append(_line(line))
    return tuple(_return(row, tuple(lines[row.id])) for row in rows)


def _return(row: ReturnRow, lines: tuple[ReturnLine, ...]) -> Return:
    return Return(
        id=row.id,
        order=row.order,
        claim=Claim(row.claim),
        lines=lines,
        value=Money(row.value_minor, row.currency),
        days=row.days,
        terms=Terms(row.flow, Money(row.fee_minor, row.currency), row.shipping, row.free),
        reason=row.reason,
        state=ReturnState(row.state),
        second_person=row.second_person,
        exchange=row.exchange,
    )


def _line(row: ReturnLineRow) -> ReturnLine:
    return ReturnLine(
        line=row.line,
        fulfilment=row.fulfilment,
        sku=row.sku,
        quantity=row.quantity,
        received=row.received,
        accepted=row.accepted,
        resellable=row.resellable,
    )


def _columns(id: str, line: ReturnLine) -> dict[str, object]:
    return {
        "return_id": id,
        "line": line.line,
        "fulfilment": line.fulfilment,
        "sku": line.sku,
        "quantity": line.quantity,
        "received": line.received,
        "accepted": line.accepted,
        "resellable": line.resellable,
    }
