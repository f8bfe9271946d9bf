"""What lies on the shop's shelves: looked at, promised, and booked in and out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Update, type_coerce, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.engine import Quantity
from adapters.database.tables.stock import Location, Movement, StockItem, StockLevel
from adapters.database.upsert import insert_all
from domain.audit import Deed, DeedKind
from domain.errors import DatabaseUnavailable

MAIN = "main"
NONE = Decimal(0)
FIGURES = ("on_hand", "reserved", "safety", "incoming")
STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Booking:
    """Why goods came or went, as it stands in the movements. `by` and `why` may be personal."""

    kind: str  # reserve | release | receive | adjust | count | scrap | ship | short | return
    at: datetime
    why: str
    by: str = STOCK
    order: str = ""
    fulfilment: str = ""
    form: str = ""


def lock_items(session: Session, skus: Collection[str]) -> dict[str, StockItem]:
    """
    Those of `skus` that the shop knows; nobody else promises or books them until the transaction ends.

    Every writer comes here first. So a backorder that begins to wait and goods that come in at the same
    moment cannot miss each other, and the one order of locking leaves no two writers stuck.
    """
    wanted = select(StockItem).where(col(StockItem.sku).in_(skus)).order_by(col(StockItem.sku))
    locked = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {item.sku: item for item in session.exec(locked)}


def locations(session: Session) -> tuple[str, ...]:
    """The places with shelves, in the shop's order; a shop has `main` from the start."""
    places = known_places(session)
    if not places:
        know_location(session, MAIN)
    return places or (MAIN,)


def known_places(session: Session) -> tuple[str, ...]:
    """As `locations`, but none where nothing was ever kept."""
    return tuple(session.exec(select(Location.name).order_by(col(Location.rank), col(Location.name))))


def know_location(session: Session, name: str) -> None:
    """A location not heard of before comes last."""
    known = session.exec(select(Location.rank).order_by(col(Location.rank).desc())).first()
    rank = 0 if known is None else known + 1
    insert_all(session, Location, [{"name": name, "rank": rank}])


def know_level(session: Session, sku: str, location: str) -> None:
    row = {"sku": sku, "location": location, **dict.fromkeys(FIGURES, NONE)}
    insert_all(session, StockLevel, [row])


def available(session: Session, skus: Collection[str]) -> dict[str, dict[str, Decimal]]:
    """SKU -> location -> what may be promised there; below nought where safety stock was broken into."""
    levels = select(StockLevel.sku, StockLevel.location, _free()).where(col(StockLevel.sku).in_(skus))
    found: dict[str, dict[str, Decimal]] = {sku: {} for sku in skus}
    for sku, location, quantity in session.exec(levels):
        found[sku][location] = quantity
    return found


def promise(session: Session, sku: str, location: str, quantity: Decimal, booking: Booking) -> None:
    """
    Of what is free, in one conditional statement.

    :raises DatabaseUnavailable: it is no longer available; the step is tried again from the start.
    """
    level = _level(sku, location).where(_free() >= quantity)
    if not _done(session, level.values(reserved=col(StockLevel.reserved) + quantity)):
        raise DatabaseUnavailable(f"{sku} at {location} was promised to another order; trying again.")
    _move(session, sku, location, NONE, booking, promised=quantity)


def give_back(session: Session, sku: str, location: str, quantity: Decimal, booking: Booking) -> None:
    """What was promised may be promised again. The table itself refuses less than nothing promised."""
    session.connection().execute(_level(sku, location).values(reserved=col(StockLevel.reserved) - quantity))
    _move(session, sku, location, NONE, booking, promised=-quantity)


def take_off(session: Session, sku: str, location: str, quantity: Decimal, booking: Booking) -> None:
    """Promised goods are gone from the shelf: on hand and reserved fall together."""
    changed = {
        "on_hand": col(StockLevel.on_hand) - quantity,
        "reserved": col(StockLevel.reserved) - quantity,
    }
    session.connection().execute(_level(sku, location).values(**changed))
    _move(session, sku, location, -quantity, booking, promised=-quantity)


def book(session: Session, sku: str, location: str, quantity: Decimal, booking: Booking) -> bool:
    """Add to what is on hand, or take away; False when less would be left than is promised."""
    after = col(StockLevel.on_hand) + quantity
    level = _level(sku, location).where(after >= col(StockLevel.reserved))
    if not _done(session, level.values(on_hand=after)):
        return False
    _move(session, sku, location, quantity, booking)
    return True


def _free() -> ColumnElement[Decimal]:
    # A difference of quantities forgets that it is one, and would be compared with a number of units.
    level = col(StockLevel.on_hand) - col(StockLevel.reserved) - col(StockLevel.safety)
    return type_coerce(level, Quantity)


def _level(sku: str, location: str) -> Update:
    return update(StockLevel).where(col(StockLevel.sku) == sku, col(StockLevel.location) == location)


def _done(session: Session, statement: Update) -> bool:
    return session.connection().execute(statement).rowcount == 1


def _move(
    session: Session, sku: str, location: str, quantity: Decimal, booking: Booking, promised: Decimal = NONE
) -> None:
    row = {
        "at": booking.at,
        "sku": sku,
        "location": location,
        "quantity": quantity,
        "promised": promised,
        "kind": booking.kind,
        "why": booking.why,
        "order": booking.order,
        "fulfilment": booking.fulfilment,
        "by": booking.by,
        "form": booking.form,
    }
    insert_all(session, Movement, [row])
    if booking.by != STOCK:
        what = f"{booking.kind} {quantity:f} at {location}"
        deed = Deed(booking.at, DeedKind.STOCK, sku, what, booking.order, by=booking.by, why=booking.why)
        tell(session, deed)
