"""The stock as the people see it who buy, unpack and count."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.backorders import fill
from adapters.database.engine import Database
from adapters.database.shelves import Booking, book, know_level, know_location, locations, lock_items
from adapters.database.tables.stock import Backorder, Movement, StockItem, StockLevel
from adapters.database.upsert import insert_new
from domain.errors import ActRefused, BadInput, UnknownItem
from domain.stock import is_thousandths
from domain.view import MovementRow, StockRow

NONE = Decimal(0)
MOST = Decimal(10) ** 9
LONGEST = 128
LONGEST_TITLE = 200
LONGEST_WHY = 1_000
# Plain digits: Decimal itself would take 1_000, 1e5 and the digits of every script.
FIGURE = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


class StockRoom(Database):
    """Stock as the people who buy and count see it."""

    def list(self) -> Sequence[StockRow]:
        """Every SKU at every location that has held it, by SKU, then location."""
        levels = (
            select(StockItem, StockLevel)
            .join(StockLevel, col(StockLevel.sku) == col(StockItem.sku))
            .order_by(col(StockLevel.sku), col(StockLevel.location))
        )
        with self.read() as session:
            waiting = _waiting(session)
            return [_row(item, level, waiting) for item, level in session.exec(levels)]

    def receive(
        self, sku: str, quantity: str, location: str, title: str, by: str, at: datetime
    ) -> Sequence[str]:
        """
        Goods came in; an unknown SKU becomes known. Answers with the fulfilments that now have all they
        waited for: express first, then the oldest.

        :raises BadInput: not a quantity above nought, or not a SKU or location.
        """
        sku, location = _name(sku, "sku"), _name(location, "location")
        title = _name(title, "title", LONGEST_TITLE) if title.strip() else ""
        came = _quantity(quantity)
        if came <= 0:
            raise BadInput(f"{quantity} is not above nought", "quantity")
        with self.write() as session:
            _know(session, sku, title)
            _shelve(session, sku, location)
            book(session, sku, location, came, Booking("receive", at, "Goods came in", by))
            return fill(session, {sku}, at)

    def adjust(self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime) -> None:
        """
        Count again: add or take away. What is added goes first to those who wait.

        :raises UnknownItem: no such SKU here.
        :raises ActRefused: less would be left than is promised.
        :raises BadInput: not a quantity, not a location, or no reason.
        """
        location = _name(location, "location")
        change = _quantity(quantity)
        if not why.strip() or len(why) > LONGEST_WHY:
            raise BadInput(f"say why, in up to {LONGEST_WHY} characters", "reason")
        with self.write() as session:
            if not lock_items(session, {sku}):
                raise UnknownItem(f"This shop knows no item {sku}.")
            _shelve(session, sku, location)
            if not book(session, sku, location, change, Booking("adjust", at, why.strip(), by)):
                raise ActRefused(f"Less {sku} would be left at {location} than is promised there.")
            fill(session, {sku}, at)

    def discontinue(self, sku: str) -> None:
        """
        New orders for more than is there are refused from now on.

        :raises UnknownItem: no such SKU.
        """
        ended = update(StockItem).where(col(StockItem.sku) == sku).values(discontinued=True)
        with self.write() as session:
            if not session.connection().execute(ended).rowcount:
                raise UnknownItem(f"This shop knows no item {sku}.")

    def movements(self, sku: str, limit: int) -> Sequence[MovementRow]:
        """The newest first; of every SKU when `sku` is empty."""
        rows = select(Movement).order_by(col(Movement.id).desc()).limit(limit)
        if sku:
            rows = rows.where(Movement.sku == sku)
        with self.read() as session:
            return [
                MovementRow(m.at, m.sku, m.location, m.quantity, m.kind, m.why, m.order)
                for m in session.exec(rows)
            ]


def _know(session: Session, sku: str, title: str) -> None:
    title = title.strip()
    row = {"sku": sku, "title": title or sku, "discontinued": False, "backorderable": True}
    new = insert_new(session, StockItem, row)
    lock_items(session, {sku})
    if title and not new:
        named = update(StockItem).where(col(StockItem.sku) == sku).values(title=title)
        session.connection().execute(named)


def _shelve(session: Session, sku: str, location: str) -> None:
    if location not in locations(session):
        know_location(session, location)
    know_level(session, sku, location)


def _waiting(session: Session) -> Mapping[tuple[str, str], Decimal]:
    sums = (
        select(Backorder.sku, Backorder.location, func.sum(Backorder.waiting))
        .where(Backorder.waiting > NONE)
        .group_by(Backorder.sku, Backorder.location)
    )
    return {(sku, location): waiting for sku, location, waiting in session.exec(sums)}


def _row(item: StockItem, level: StockLevel, waiting: Mapping[tuple[str, str], Decimal]) -> StockRow:
    return StockRow(
        sku=item.sku,
        title=item.title,
        location=level.location,
        on_hand=level.on_hand,
        reserved=level.reserved,
        safety=level.safety,
        available=level.on_hand - level.reserved - level.safety,
        backordered=waiting.get((level.sku, level.location), NONE),
        discontinued=item.discontinued,
    )


def _quantity(text: str) -> Decimal:
    quantity = Decimal(text.strip()) if FIGURE.fullmatch(text.strip()) else Decimal(0)
    if quantity == 0 or abs(quantity) > MOST:
        raise BadInput(f"{text[:40]!r} is not a quantity such as 3 or 1.5", "quantity")
    if not is_thousandths(quantity):
        raise BadInput(f"{text[:40]} is finer than a thousandth", "quantity")
    return quantity


def _name(text: str, field: str, longest: int = LONGEST) -> str:
    name = text.strip()
    if not name or len(name) > longest or not name.isprintable():
        raise BadInput(f"{text[:40]!r} is not a name of 1 to {longest} characters", field)
    return name
