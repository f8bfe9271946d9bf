"""Who waits for goods: express first, then the oldest order; served as soon as anything comes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.acts import keep_act, lock_order
from adapters.database.order.fulfilments import load_fulfilment, save_fulfilments
from adapters.database.stock.reservations import Promise, hold, place_of
from adapters.database.stock.shelves import available, know_level, locations
from adapters.database.tables.stock import Backorder
from adapters.database.upsert import insert_all
from domain.act import Act, ActKind, ActRecord
from domain.dispatch import ShipBy
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.order import DeliveryMethod, Order

NONE = Decimal(0)

Free = dict[str, dict[str, Decimal]]
"""SKU -> location -> what may still be promised there."""


class Serving(Database):
    """
    Whoever changes how much there is: those who wait are served at once. `ship_by` says until when what
    is ready has to leave.
    """

    def __init__(self, url: str, ship_by: ShipBy) -> None:
        super().__init__(url)
        self.ship_by = ship_by


def wait_for_goods(session: Session, order: Order, fulfilment: Fulfilment) -> None:
    """Every line of a fulfilment waits, where it is expected."""
    rows = [
        {
            "fulfilment": fulfilment.id,
            "line": piece.line,
            "order": order.number,
            "sku": piece.sku,
            "location": fulfilment.location,
            "waiting": piece.quantity,
            "ordered": order.lines[piece.line].quantity,
            "express": order.delivery.express,
            "placed_at": order.placed_at,
        }
        for piece in fulfilment.lines
    ]
    for piece in fulfilment.lines:
        know_level(session, piece.sku, fulfilment.location)
    insert_all(session, Backorder, rows)


def waiting_lines(session: Session, order: str, fulfilment: str | None) -> dict[str, Decimal]:
    """SKU -> how much of it one fulfilment, or the whole order, waits for."""
    of = Backorder.order == order if fulfilment is None else Backorder.fulfilment == fulfilment
    rows = select(Backorder.sku, func.sum(Backorder.waiting)).where(of, Backorder.waiting > NONE)
    return dict(session.exec(rows.group_by(Backorder.sku)).all())


def forget(session: Session, order: str, fulfilment: str | None) -> None:
    """Nobody waits any more: one fulfilment, or the whole order."""
    mine = col(Backorder.order) == order if fulfilment is None else col(Backorder.fulfilment) == fulfilment
    session.connection().execute(update(Backorder).where(mine).values(waiting=NONE))


def fill(session: Session, skus: Collection[str], at: datetime, ship_by: ShipBy) -> tuple[str, ...]:
    """
    Promise what may be promised of `skus`, which are locked, to those who wait for it.

    Answers with the fulfilments that now have everything; their lanes are told by an act each. One that
    got a part keeps it. All of a fulfilment comes from one place: that of the goods it got first.
    """
    queue = _queue(session, skus)
    if not queue:
        return ()
    free, places = available(session, skus), locations(session)
    return tuple(part for part in queue if _serve(session, part, free, places, at, ship_by))


def _queue(session: Session, skus: Collection[str]) -> Sequence[str]:
    waiting = (
        select(Backorder.fulfilment)
        .where(col(Backorder.sku).in_(skus), Backorder.waiting > NONE)
        .order_by(
            col(Backorder.express).desc(),
            col(Backorder.placed_at),
            col(Backorder.fulfilment),
            col(Backorder.line),
        )
    )
    return tuple(dict.fromkeys(session.exec(waiting)))


def _serve(
    session: Session, id: str, free: Free, places: Sequence[str], at: datetime, ship_by: ShipBy
) -> bool:
    """Whether the fulfilment now has everything."""
    if not any(quantity > 0 for there in free.values() for quantity in there.values()):
        return False
    rows = _waiting(session, id)
    place = place_of(session, id) or _choose(rows, free, _within_reach(session, rows[0], places))
    taken = {row.line: _take(session, row, place, free, at) for row in rows}
    if not any(taken.values()):
        return False
    complete = all(taken[row.line] == row.waiting for row in rows)
    leaves = ship_by(at, rows[0].express) if complete else None
    _tell(session, rows[0], place, at, leaves)
    return complete


def _waiting(session: Session, id: str) -> Sequence[Backorder]:
    # All rows of the fulfilment are locked, whatever it waits for: of two arrivals of different goods,
    # the second must see what the first has brought.
    rows = select(Backorder).where(Backorder.fulfilment == id).order_by(col(Backorder.line))
    locked = rows.with_for_update().execution_options(populate_existing=True)
    return [row for row in session.exec(locked) if row.waiting > 0]


def _within_reach(session: Session, row: Backorder, places: Sequence[str]) -> Sequence[str]:
    """What is picked up, or brought round in town, has to come from where the customer expects it."""
    sent = load_fulfilment(session, row.fulfilment).method == DeliveryMethod.SHIP
    return places if sent else (row.location,)


def _choose(rows: Sequence[Backorder], free: Free, places: Sequence[str]) -> str:
    """Where most of the lines can be had whole, then at least in part; the expected place wins a tie."""

    def answers(place: str) -> tuple[int, int, bool]:
        there = [free.get(row.sku, {}).get(place, NONE) for row in rows]
        whole = sum(quantity >= row.waiting for quantity, row in zip(there, rows, strict=True))
        return whole, sum(quantity > 0 for quantity in there), place == rows[0].location

    return max(places, key=answers)


def _take(
    session: Session, row: Backorder, place: str, free: Mapping[str, dict[str, Decimal]], at: datetime
) -> Decimal:
    there = free.get(row.sku, {})
    take = min(row.waiting, max(NONE, there.get(place, NONE)))
    if take > 0:
        hold(session, Promise(row.fulfilment, row.line, row.order, row.sku, place, take, row.ordered), at)
        there[place] -= take
        less = col(Backorder.waiting) - take
        mine = col(Backorder.fulfilment) == row.fulfilment, col(Backorder.line) == row.line
        session.connection().execute(update(Backorder).where(*mine).values(waiting=less))
    return take


def _tell(session: Session, row: Backorder, place: str, at: datetime, leaves: datetime | None) -> None:
    """With an instant to leave by, everything is here."""
    order, id = row.order, row.fulfilment
    lock_order(session, order)
    session.connection().execute(
        update(Backorder).where(col(Backorder.fulfilment) == id).values(location=place)
    )
    arrived = replace(load_fulfilment(session, id), location=place)
    if leaves is not None:
        arrived = replace(arrived, state=FulfilmentState.OPEN, ship_by=leaves)
        where = {"location": place}
        act = Act(f"stock.arrived:{id}:1", ActKind.EVENT, "stock.arrived", lane=id, values=where)
        keep_act(session, ActRecord(act, order, by="stock", role="", reason="", at=at))
    save_fulfilments(session, [arrived])
