"""Goods promised to the lines of fulfilments, from the promise until they leave or go back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from adapters.database.stock.shelves import Booking, give_back, promise, take_off
from adapters.database.tables.stock import Backorder, Reservation
from adapters.database.upsert import insert_all
from domain.errors import ActRefused
from domain.fulfilment import FulfilmentLine

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Promise:
    """`quantity` of a fulfilment's line at a location; `ordered` is what the whole order line asks for."""

    fulfilment: str
    line: int
    order: str
    sku: str
    location: str
    quantity: Decimal
    ordered: Decimal


def hold(session: Session, promised: Promise, at: datetime) -> None:
    """
    Promise goods to a line, or more of them to one that has some at the same place.

    :raises DatabaseUnavailable: they are no longer available; the step is tried again from the start.
    """
    promise(session, promised.sku, promised.location, promised.quantity, _booking("reserve", promised, at))
    more = col(Reservation.quantity) + promised.quantity
    mine = update(Reservation).where(*_line(promised.fulfilment, promised.line))
    if not session.connection().execute(mine.values(quantity=more)).rowcount:
        insert_all(session, Reservation, [{**asdict(promised), "state": "active", "keep_until": None}])


def active(session: Session, order: str, fulfilment: str | None) -> Sequence[Promise]:
    """What is promised to one fulfilment, or to the whole order."""
    of = Reservation.order == order if fulfilment is None else Reservation.fulfilment == fulfilment
    rows = select(Reservation).where(of, _active()).execution_options(populate_existing=True)
    return [
        Promise(r.fulfilment, r.line, r.order, r.sku, r.location, r.quantity, r.ordered)
        for r in session.exec(rows.order_by(col(Reservation.fulfilment), col(Reservation.line)))
    ]


def place_of(session: Session, fulfilment: str) -> str:
    """Where the goods promised to a fulfilment lie; empty when there are none."""
    places = select(Reservation.location).where(Reservation.fulfilment == fulfilment, _active())
    return session.exec(places).first() or ""


def units(session: Session, order: str) -> tuple[Decimal, Decimal]:
    """How much is promised to an order, and how much of it is still on order."""
    promised = select(func.sum(Reservation.quantity)).where(Reservation.order == order, _active())
    waiting = select(func.sum(Backorder.waiting)).where(Backorder.order == order)
    return session.exec(promised).one() or NONE, session.exec(waiting).one() or NONE


def release(session: Session, promised: Promise, at: datetime) -> None:
    """The goods may be promised to others."""
    give_back(
        session, promised.sku, promised.location, promised.quantity, _booking("release", promised, at)
    )
    _end(session, promised, "released")


def release_part(session: Session, fulfilment: str, line: int, quantity: Decimal, at: datetime) -> None:
    """
    So much of what is promised to a line may be promised to others; a line without any is left alone.

    :raises ActRefused: less than that is promised to it.
    """
    rows = select(Reservation).where(*_line(fulfilment, line)).execution_options(populate_existing=True)
    row = session.exec(rows).first()
    if row is None:
        return
    if row.quantity < quantity:
        raise ActRefused(f"{fulfilment} is promised {row.quantity:f} of {row.sku}, not {quantity:f}.")
    part = Promise(fulfilment, line, row.order, row.sku, row.location, quantity, row.ordered)
    give_back(session, part.sku, part.location, part.quantity, _booking("release", part, at))
    left = row.quantity - quantity
    change = {"quantity": left} if left else {"state": "released"}
    session.connection().execute(update(Reservation).where(*_line(fulfilment, line)).values(**change))


def commit(session: Session, promised: Promise, booking: Booking) -> None:
    """The goods have left."""
    take_off(session, promised.sku, promised.location, promised.quantity, booking)
    _end(session, promised, "committed")


def write_off(session: Session, fulfilment: str, piece: FulfilmentLine, booking: Booking) -> None:
    """
    The goods were promised, but are not where the books say.

    :raises ActRefused: so much was not promised from there.
    """
    rows = select(Reservation).where(*_line(fulfilment, piece.line))
    row = session.exec(rows.execution_options(populate_existing=True)).first()
    if row is None or row.quantity < piece.quantity:
        raise ActRefused(f"{fulfilment} is not promised {piece.quantity} of {piece.sku} from any shelf.")
    take_off(session, piece.sku, row.location, piece.quantity, booking)
    left = row.quantity - piece.quantity
    change = {"quantity": left} if left else {"state": "released"}
    session.connection().execute(update(Reservation).where(*_line(fulfilment, piece.line)).values(**change))


def _booking(kind: str, promised: Promise, at: datetime) -> Booking:
    why = {"reserve": "Promised to", "release": "No longer promised to"}[kind]
    whose = f"{why} {promised.fulfilment}"
    return Booking(kind, at, whose, order=promised.order, fulfilment=promised.fulfilment)


def _end(session: Session, promised: Promise, state: str) -> None:
    mine = update(Reservation).where(*_line(promised.fulfilment, promised.line))
    session.connection().execute(mine.values(state=state))


def _line(fulfilment: str, line: int) -> tuple[ColumnElement[bool], ...]:
    return col(Reservation.fulfilment) == fulfilment, col(Reservation.line) == line, _active()


def _active() -> ColumnElement[bool]:
    return col(Reservation.state) == "active"
