"""What the shop sells, where it lies, to whom it is promised, and every change of it."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant, Quantity

STILL_ACTIVE = text("state = 'active'")
STILL_WAITING = text("waiting > 0")


class StockItem(SQLModel, table=True):
    """One SKU. `low_at` is the available quantity at which the buyers want to know."""

    __tablename__: ClassVar[str] = "stock_item"

    sku: str = Field(primary_key=True)
    title: str
    discontinued: bool = False
    backorderable: bool = True
    low_at: Decimal | None = Field(default=None, sa_type=Quantity)


class Location(SQLModel, table=True):
    """A place with shelves; goods are taken in the order of `rank`, then by name."""

    __tablename__: ClassVar[str] = "stock_location"

    name: str = Field(primary_key=True)
    rank: int


class StockLevel(SQLModel, table=True):
    """What lies at one location; on hand - reserved - safety may be promised."""

    __tablename__: ClassVar[str] = "stock_level"
    __table_args__ = (CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="ck_stock_reserved"),)

    sku: str = Field(primary_key=True, foreign_key="stock_item.sku")
    location: str = Field(primary_key=True, foreign_key="stock_location.name")
    on_hand: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    reserved: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    safety: Decimal = Field(default=Decimal(0), sa_type=Quantity)


class Reservation(SQLModel, table=True):
    """
    Goods promised to a line of a fulfilment: active, then committed (they left) or released.

    All active ones of a fulfilment lie at one location. `ordered` is what the whole order line asks for.
    """

    __tablename__: ClassVar[str] = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_reservation_quantity"),
        Index("ix_reservation_active", "sku", sqlite_where=STILL_ACTIVE, postgresql_where=STILL_ACTIVE),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    line: int = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    sku: str = Field(foreign_key="stock_item.sku")
    location: str = Field(foreign_key="stock_location.name")
    quantity: Decimal = Field(sa_type=Quantity)
    ordered: Decimal = Field(sa_type=Quantity)
    state: str = "active"


class Backorder(SQLModel, table=True):
    """What a line of a fulfilment still waits for; nothing once it came or was called off."""

    __tablename__: ClassVar[str] = "backorder"
    __table_args__ = (
        CheckConstraint("waiting >= 0", name="ck_backorder_waiting"),
        Index(
            "ix_backorder_waiting",
            "sku",
            "placed_at",
            sqlite_where=STILL_WAITING,
            postgresql_where=STILL_WAITING,
        ),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    line: int = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    sku: str = Field(foreign_key="stock_item.sku")
    location: str = Field(foreign_key="stock_location.name")
    waiting: Decimal = Field(sa_type=Quantity)
    ordered: Decimal = Field(sa_type=Quantity)
    express: bool
    placed_at: datetime = Field(sa_type=Instant)


class Movement(SQLModel, table=True):
    """One change of what is on hand: added, never altered. Personal: `by`, `why`."""

    __tablename__: ClassVar[str] = "stock_movement"
    __table_args__ = (Index("ix_stock_movement", "sku", "location"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    sku: str = Field(foreign_key="stock_item.sku")
    location: str = Field(foreign_key="stock_location.name")
    quantity: Decimal = Field(sa_type=Quantity)
    kind: str
    why: str = Field(sa_type=Text)
    order: str = ""
    fulfilment: str = ""
    by: str = ""
