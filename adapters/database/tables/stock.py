"""What the shop sells, where it lies, to whom it is promised, and every change of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant, Quantity

STILL_ACTIVE = text("state = 'active'")
STILL_WAITING = text("waiting > 0")
KEPT_FOR_A_WHILE = text("keep_until IS NOT NULL")
OF_A_FORM = text("form <> ''")
NOT_SENT = text("sent_at IS NULL")


class StockItem(SQLModel, table=True):
    """
    One SKU. `low_at` is the available quantity at which the buyers want to know; `scarce` what they know:
    `low`, `out`, or nothing while there is enough.
    """

    __tablename__: ClassVar[str] = "stock_item"

    sku: str = Field(primary_key=True)
    title: str
    discontinued: bool = False
    backorderable: bool = True
    low_at: Decimal | None = Field(default=None, sa_type=Quantity)
    scarce: str = "out"


class ItemAlias(SQLModel, table=True):
    """What another shop, or an older label, calls one of our items."""

    __tablename__: ClassVar[str] = "stock_alias"

    alias: str = Field(primary_key=True)
    sku: str = Field(foreign_key="stock_item.sku", index=True)


class Location(SQLModel, table=True):
    """A place with shelves; goods are taken in the order of `rank`, then by name."""

    __tablename__: ClassVar[str] = "stock_location"

    name: str = Field(primary_key=True)
    rank: int


class StockLevel(SQLModel, table=True):
    """
    What lies at one location; on hand - reserved - safety may be promised.

    `incoming` is bought and not here yet, the next of it expected on `incoming_on`.
    """

    __tablename__: ClassVar[str] = "stock_level"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="ck_stock_reserved"),
        CheckConstraint("safety >= 0 AND incoming >= 0", name="ck_stock_set"),
    )

    sku: str = Field(primary_key=True, foreign_key="stock_item.sku")
    location: str = Field(primary_key=True, foreign_key="stock_location.name")
    on_hand: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    reserved: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    safety: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    incoming: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    incoming_on: date | None = None
    bin: str = ""  # where on the shelves; empty where nobody said


class Reservation(SQLModel, table=True):
    """
    Goods promised to a line of a fulfilment: active, then committed (they left) or released.

    All active ones of a fulfilment lie at one location. `ordered` is what the whole order line asks for.
    `keep_until` is when an order that is not paid by then loses them.
    """

    __tablename__: ClassVar[str] = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_reservation_quantity"),
        CheckConstraint("state IN ('active', 'committed', 'released')", name="ck_reservation_state"),
        Index("ix_reservation_active", "sku", sqlite_where=STILL_ACTIVE, postgresql_where=STILL_ACTIVE),
        Index(
            "ix_reservation_keep",
            "keep_until",
            sqlite_where=KEPT_FOR_A_WHILE,
            postgresql_where=KEPT_FOR_A_WHILE,
        ),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    line: int = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    sku: str = Field(foreign_key="stock_item.sku")
    location: str = Field(foreign_key="stock_location.name")
    quantity: Decimal = Field(sa_type=Quantity)
    ordered: Decimal = Field(sa_type=Quantity)
    state: str = "active"
    keep_until: datetime | None = Field(default=None, sa_type=Instant)


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
    """
    One change of what is on hand (`quantity`) or promised (`promised`): added, never altered.

    `form` is the id of the form it was typed into; the same one twice is one movement. Personal: `by` and
    `why`.
    """

    __tablename__: ClassVar[str] = "stock_movement"
    __table_args__ = (
        CheckConstraint("quantity <> 0 OR promised <> 0", name="ck_movement_moves"),
        Index("ix_stock_movement", "sku", "location"),
        Index("ix_movement_form", "form", unique=True, sqlite_where=OF_A_FORM, postgresql_where=OF_A_FORM),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    sku: str = Field(foreign_key="stock_item.sku")
    location: str = Field(foreign_key="stock_location.name")
    quantity: Decimal = Field(sa_type=Quantity)
    promised: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    kind: str
    why: str = Field(sa_type=Text)
    order: str = ""
    fulfilment: str = ""
    by: str = ""
    form: str = ""


class StockNotice(SQLModel, table=True):
    """
    An item became scarce: told to the buyers once, in a mail of the id `letter`.

    `tried_at` is when a worker last took it to the mail server.
    """

    __tablename__: ClassVar[str] = "stock_notice"
    __table_args__ = (
        CheckConstraint("kind IN ('low', 'out')", name="ck_stock_notice_kind"),
        Index("ix_stock_notice_unsent", "id", sqlite_where=NOT_SENT, postgresql_where=NOT_SENT),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    sku: str = Field(foreign_key="stock_item.sku")
    kind: str
    available: Decimal = Field(sa_type=Quantity)
    waiting: Decimal = Field(sa_type=Quantity)
    letter: str = ""
    tried_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    why: str = ""
