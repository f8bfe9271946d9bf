"""The stock as the people see it who buy, unpack and count."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.stock import scarcity
from adapters.database.stock import words as stock_words
from adapters.database.stock.backorders import fill
from adapters.database.stock.count import StockCount
from adapters.database.stock.items import StockItems, arrived, know
from adapters.database.stock.scarcity import StockNotices
from adapters.database.stock.shelves import Booking, book, know_level, know_location, locations, lock_items
from adapters.database.tables.stock import Backorder, Movement, StockItem, StockLevel
from domain.dispatch import ShipBy
from domain.errors import ActRefused, BadInput, UnknownItem
from domain.stock_book import MovementRow, StockRow

NONE = Decimal(0)


class StockRoom(StockItems, StockCount, StockNotices):
    """Stock as the people who buy and count see it."""

    def list(self, skus: Collection[str] = ()) -> Sequence[StockRow]:
        """These SKUs, or all, at every location that has held them, by SKU, then location."""
        levels = (
            select(StockItem, StockLevel)
            .join(StockLevel, col(StockLevel.sku) == col(StockItem.sku))
            .order_by(col(StockLevel.sku), col(StockLevel.location))
        )
        levels = levels.where(col(StockItem.sku).in_(skus)) if skus else levels
        with self.read() as session:
            waiting = _waiting(session)
            return [_row(item, level, waiting) for item, level in session.exec(levels)]

    def receive(
        self,
        sku: str,
        quantity: str,
        location: str,
        title: str,
        by: str,
        at: datetime,
        form: str = "",
    ) -> Sequence[str]:
        """
        Goods came in; an unknown SKU becomes known. Answers with the fulfilments that now have all they
        waited for: express first, then the oldest. The same `form` twice is one arrival.

        :raises BadInput: not a quantity above nought, or not a SKU or location.
        """
        sku, location = stock_words.name(sku, "sku"), stock_words.name(location, "location")
        title = stock_words.name(title, "title", stock_words.LONGEST_TITLE) if title.strip() else ""
        came = stock_words.quantity(quantity)
        if came < 0:
            raise BadInput(f"{quantity} is not above nought", "quantity")
        with self.write() as session:
            items = know(session, sku, title)
            if _is_known(session, form):
                return ()
            _shelve(session, sku, location)
            book(session, sku, location, came, Booking("receive", at, "Goods came in", by, form=form))
            arrived(session, sku, location, came)
            return _settle(session, items, at, self.ship_by)

    def adjust(
        self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime, form: str = ""
    ) -> None:
        """
        Count again: add or take away. What is added goes first to those who wait. The same `form` twice
        is one count.

        :raises UnknownItem: no such SKU here.
        :raises ActRefused: less would be left than is promised.
        :raises BadInput: not a quantity, not a location, or no reason.
        """
        booking = Booking("adjust", at, stock_words.reason(why), by, form=form)
        self._change(sku, location, stock_words.quantity(quantity), booking)

    def scrap(
        self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime, form: str = ""
    ) -> None:
        """
        Goods are spoilt, and written off. The same `form` twice is one loss.

        :raises UnknownItem: no such SKU here.
        :raises ActRefused: less would be left than is promised.
        :raises BadInput: not a quantity above nought, not a location, or no reason.
        """
        lost = stock_words.quantity(quantity)
        if lost < 0:
            raise BadInput(f"{quantity} is not above nought", "quantity")
        self._change(sku, location, -lost, Booking("scrap", at, stock_words.reason(why), by, form=form))

    def movements(self, sku: str, limit: int, kind: str = "") -> Sequence[MovementRow]:
        """The newest first; of every SKU, and of every kind, when these are empty."""
        rows = select(Movement).order_by(col(Movement.id).desc()).limit(limit)
        for column, value in ((Movement.sku, sku), (Movement.kind, kind)):
            rows = rows.where(column == value) if value else rows
        with self.read() as session:
            return [
                MovementRow(
                    *(m.at, m.sku, m.location, m.quantity, m.kind, m.why),
                    *(m.order, m.promised, m.fulfilment, m.by),
                )
                for m in session.exec(rows)
            ]

    def _change(self, sku: str, location: str, change: Decimal, booking: Booking) -> None:
        location = stock_words.name(location, "location")
        with self.write() as session:
            items = lock_items(session, {sku})
            if not items:
                raise UnknownItem(f"This shop knows no item {sku}.")
            if _is_known(session, booking.form):
                return
            _shelve(session, sku, location)
            if not book(session, sku, location, change, booking):
                raise ActRefused(f"Less {sku} would be left at {location} than is promised there.")
            _settle(session, items, booking.at, self.ship_by)


def _settle(
    session: Session, items: Mapping[str, StockItem], at: datetime, ship_by: ShipBy
) -> Sequence[str]:
    filled = fill(session, set(items), at, ship_by)
    scarcity.watch(session, items, at)
    return filled


def _is_known(session: Session, form: str) -> bool:
    return bool(form) and session.exec(select(Movement.id).where(Movement.form == form)).first() is not None


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
        incoming=level.incoming,
        incoming_on=level.incoming_on,
        low_at=item.low_at,
        backorderable=item.backorderable,
        scarce=item.scarce,
    )
