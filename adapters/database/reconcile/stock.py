"""What does not add up in the stock: promises, shelves and movements, each against the others."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Subquery, func, literal, or_, select, union_all
from sqlmodel import Session, col

from adapters.database.engine import Quantity
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.stock import Backorder, Movement, Reservation, StockLevel
from domain.fulfilment import FulfilmentState
from domain.reconcile import Difference, Repair, RepairKind

NOUGHT = literal(Decimal(0), Quantity)
COUNT_AGAIN = "Count the goods and adjust the stock; tell the developers."
LOOK = "Look at the order's timeline; tell the developers."


def stock_differences(session: Session) -> list[Difference]:
    """
    S1 promised is within what is on hand; S2 on hand is the sum of movements; S3 promised is the sum of
    active reservations; S4 an ended order holds and awaits nothing, and what has left is no longer
    promised; S5 no line is promised beyond what was ordered.
    """
    checks = (
        _beyond_the_shelf,
        _unlike_movements,
        _unlike_reservations,
        _ended,
        _left_and_promised,
        _beyond_the_order,
    )
    return [found for check in checks for found in check(session)]


def _beyond_the_shelf(session: Session) -> Iterator[Difference]:
    level = StockLevel
    wrong = or_(col(level.reserved) < NOUGHT, col(level.reserved) > col(level.on_hand))
    columns = col(level.sku), col(level.location), col(level.on_hand), col(level.reserved)
    for sku, place, on_hand, reserved in session.connection().execute(select(*columns).where(wrong)):
        what = f"{reserved:f} promised at {place}, {on_hand:f} on hand"
        yield Difference("S1", sku, what, COUNT_AGAIN)


def _unlike_movements(session: Session) -> Iterator[Difference]:
    moved = _pairs(col(Movement.sku), col(Movement.location), col(Movement.quantity))
    for sku, place, on_hand, sum_ in session.connection().execute(_apart("on_hand", moved)):
        what = f"{on_hand:f} on hand at {place}, but movements make {sum_:f}"
        yield Difference("S2", sku, what, COUNT_AGAIN)


def _unlike_reservations(session: Session) -> Iterator[Difference]:
    row = Reservation
    held = _pairs(col(row.sku), col(row.location), col(row.quantity)).where(col(row.state) == "active")
    for sku, place, reserved, sum_ in session.connection().execute(_apart("reserved", held)):
        what = f"{reserved:f} promised at {place}, but reservations make {sum_:f}"
        yield Difference("S3", sku, what, COUNT_AGAIN)


def _pairs(sku: Any, location: Any, quantity: Any) -> Select[Any]:
    """Rows of a column of the shelves (here nought) beside those that explain it."""
    return select(
        sku.label("sku"), location.label("location"), NOUGHT.label("shelf"), quantity.label("explained")
    )


def _apart(column: str, explaining: Select[Any]) -> Select[Any]:
    """Shelves whose `column` is not the sum that explains it, and sums without a shelf."""
    shelf = select(
        col(StockLevel.sku).label("sku"),
        col(StockLevel.location).label("location"),
        getattr(StockLevel, column).label("shelf"),
        NOUGHT.label("explained"),
    )
    rows: Subquery = union_all(shelf, explaining).subquery()
    left, right = func.sum(rows.c.shelf), func.sum(rows.c.explained)
    places = rows.c.sku, rows.c.location
    return select(*places, left, right).group_by(*places).having(left != right).order_by(*places)


def _ended(session: Session) -> Iterator[Difference]:
    held = _of_lines(Reservation, col(Reservation.quantity)).where(col(Reservation.state) == "active")
    waits = _of_lines(Backorder, col(Backorder.waiting)).where(col(Backorder.waiting) > NOUGHT)
    rows = union_all(held, waits).subquery()
    ended = col(PlacedOrder.ended_at).is_not(None)
    found = (
        select(rows.c.order, rows.c.sku)
        .join(PlacedOrder, col(PlacedOrder.number) == rows.c.order)
        .where(ended)
    )
    for order, sku in session.connection().execute(found.distinct().order_by(rows.c.order, rows.c.sku)):
        said = f"It has ended, and {sku} is still promised or on order for it."
        yield Difference("S4", order, said, "`--repair` puts it back.", Repair(RepairKind.RELEASE, order))


def _left_and_promised(session: Session) -> Iterator[Difference]:
    left = FulfilmentState.SHIPPED.value, FulfilmentState.FULFILLED.value
    found = (
        select(col(Reservation.order), col(Reservation.fulfilment), col(Reservation.sku))
        .join(FulfilmentRow, col(FulfilmentRow.id) == col(Reservation.fulfilment))
        .where(col(Reservation.state) == "active", col(FulfilmentRow.state).in_(left))
    )
    for order, part, sku in session.connection().execute(found):
        yield Difference("S4", order, f"{part} has left, and {sku} is still promised to it.", COUNT_AGAIN)


def _beyond_the_order(session: Session) -> Iterator[Difference]:
    kept = col(Reservation.state) != "released"
    promised = _of_lines(Reservation, col(Reservation.quantity)).where(kept)
    rows = union_all(promised, _of_lines(Backorder, col(Backorder.waiting))).subquery()
    sum_, ordered = func.sum(rows.c.quantity), func.min(rows.c.ordered)
    lines = rows.c.order, rows.c.line, rows.c.sku
    found = select(*lines, sum_, ordered).group_by(*lines).having(sum_ > ordered).order_by(*lines)
    for order, line, sku, quantity, wanted in session.connection().execute(found):
        what = f"line {line + 1}: {quantity:f} of {sku} promised or on order, {wanted:f} ordered"
        yield Difference("S5", order, what, LOOK)


def _of_lines(model: type[Reservation | Backorder], quantity: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        col(model.order).label("order"),
        col(model.line).label("line"),
        col(model.sku).label("sku"),
        quantity.label("quantity"),
        col(model.ordered).label("ordered"),
    )
    return select(*columns)
