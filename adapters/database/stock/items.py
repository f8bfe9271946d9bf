"""What the shop knows of an item beside its shelves: its name, its limits, what is on the way."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.stock import scarcity
from adapters.database.stock import words as stock_words
from adapters.database.stock.backorders import Serving, fill
from adapters.database.stock.shelves import know_level, locations, lock_items
from adapters.database.tables.stock import Backorder, ItemAlias, StockItem, StockLevel
from adapters.database.upsert import insert_new, put_all
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound, UnknownItem
from domain.stock_book import ItemChange

NONE = Decimal(0)


class StockItems(Serving):
    """Items, as the people who buy set them."""

    def discontinue(self, sku: str, by: str, at: datetime) -> Decimal:
        """
        New orders for more than is there are refused from now on. Answers with how much of it open orders
        still wait for.

        :raises UnknownItem: no such SKU.
        """
        with self.write() as session:
            _lock(session, sku)
            _change(session, sku, {"discontinued": True}, by, at)
            waiting = select(func.sum(Backorder.waiting)).where(Backorder.sku == sku)
            return session.exec(waiting).one() or NONE

    def set_item(self, sku: str, change: ItemChange, by: str, at: datetime) -> None:
        """
        All of it at once. What a lower safety stock sets free goes to those who wait.

        :raises UnknownItem: no such SKU.
        :raises NotFound: no such location.
        :raises BadInput: not a title, or not a quantity.
        """
        values = _values(change)
        safety = None if change.safety is None else stock_words.amount(change.safety, "safety")
        bin_ = change.bin and stock_words.name(change.bin, "bin")
        with self.write() as session:
            _lock(session, sku)
            if values:
                _change(session, sku, values, by, at)
            if safety is not None:
                _set_level(session, sku, change.location, {"safety": safety}, by, at)
            if bin_ is not None:
                _set_level(session, sku, change.location, {"bin": bin_}, by, at)
            items = _lock(session, sku)
            fill(session, set(items), at, self.ship_by)
            scarcity.watch(session, items, at)

    def expect(
        self, sku: str, quantity: str, location: str, on: date | None, by: str, at: datetime
    ) -> None:
        """
        So much of it is on its way to a location, instead of what was expected before; what comes in is
        taken off.

        :raises UnknownItem: no such SKU.
        :raises NotFound: no such location.
        :raises BadInput: not a quantity.
        """
        coming = stock_words.amount(quantity, "quantity")
        values = {"incoming": coming, "incoming_on": on if coming else None}
        with self.write() as session:
            _lock(session, sku)
            _set_level(session, sku, location, values, by, at)

    def map_sku(self, theirs: str, ours: str, by: str, at: datetime) -> None:
        """
        From now on `theirs` on an order means our item `ours`; a mapping that stands gives way.

        :raises UnknownItem: we have no such item.
        :raises ActRefused: `theirs` is an item of our own.
        :raises BadInput: not a SKU.
        """
        theirs = stock_words.name(theirs, "sku")
        with self.write() as session:
            _lock(session, ours)
            if session.get(StockItem, theirs) is not None:
                raise ActRefused(f"{theirs} is an item of this shop's own; it cannot mean another.")
            put_all(session, ItemAlias, [{"alias": theirs, "sku": ours}])
            _tell(session, ours, f"is also called {theirs}", by, at)


def know(session: Session, sku: str, title: str) -> dict[str, StockItem]:
    """The item, locked; one not heard of before becomes known. A `title` replaces the one that stood."""
    row = {"sku": sku, "title": title or sku, "discontinued": False, "backorderable": True}
    new = insert_new(session, StockItem, {**row, "low_at": None, "scarce": "out"})
    if title and not new:
        named = update(StockItem).where(col(StockItem.sku) == sku).values(title=title)
        session.connection().execute(named)
    return lock_items(session, {sku})


def arrived(session: Session, sku: str, location: str, quantity: Decimal) -> None:
    """What came in is no longer on its way."""
    mine = col(StockLevel.sku) == sku, col(StockLevel.location) == location, col(StockLevel.incoming) > NONE
    level = session.exec(select(StockLevel).where(*mine).execution_options(populate_existing=True)).first()
    if level is None:
        return
    left = max(NONE, level.incoming - quantity)
    change = {"incoming": left} if left else {"incoming": NONE, "incoming_on": None}
    session.connection().execute(update(StockLevel).where(*mine).values(**change))


def _lock(session: Session, sku: str) -> dict[str, StockItem]:
    """:raises UnknownItem: no such SKU."""
    items = lock_items(session, {sku})
    if not items:
        raise UnknownItem(f"This shop knows no item {sku}.")
    return items


def _values(change: ItemChange) -> dict[str, Any]:
    """:raises BadInput: not a title, or not a quantity."""
    flags = {"backorderable": change.backorderable, "discontinued": change.discontinued}
    values: dict[str, Any] = {name: flag for name, flag in flags.items() if flag is not None}
    if change.title is not None:
        values["title"] = stock_words.name(change.title, "title", stock_words.LONGEST_TITLE)
    if change.never_low:
        values["low_at"] = None
    elif change.low_at is not None:
        values["low_at"] = stock_words.amount(change.low_at, "low-at")
    return values


def _change(session: Session, sku: str, values: dict[str, Any], by: str, at: datetime) -> None:
    session.connection().execute(update(StockItem).where(col(StockItem.sku) == sku).values(**values))
    _tell(session, sku, _words(values), by, at)


def _set_level(
    session: Session, sku: str, location: str, values: dict[str, Any], by: str, at: datetime
) -> None:
    if location not in locations(session):
        raise NotFound(f"This shop keeps nothing at {location}: goods that come in there make it known.")
    know_level(session, sku, location)
    mine = col(StockLevel.sku) == sku, col(StockLevel.location) == location
    session.connection().execute(update(StockLevel).where(*mine).values(**values))
    _tell(session, sku, f"{_words(values)} at {location}", by, at)


def _words(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'' if value is None else value}".strip() for name, value in values.items())


def _tell(session: Session, sku: str, what: str, by: str, at: datetime) -> None:
    tell(session, Deed(at, DeedKind.STOCK, sku, what, by=by))
