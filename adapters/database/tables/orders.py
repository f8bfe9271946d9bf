"""Orders as they were placed, and the parts they leave in."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Index, String, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant, Quantity

UNSTARTED = text("started_at IS NULL")
RUNNING = text("ended_at IS NULL")
HAS_LEFT = text("left_at IS NOT NULL")
_BYTEWISE = String().with_variant(String(collation="C"), "postgresql")
NARROWED = ("number", "payment", "fulfilment", "payment_until")


class PlacedOrder(SQLModel, table=True):
    """
    What lists, searches and reports ask of an order; the whole of it stands in `OrderDocument`.

    Personal: `email` (normalised), `name` and `find` (folded number, e-mail and name). `state` follows
    holds and the end; `orders_before` was counted when the order was placed. `payment` and `fulfilment`
    are the words of domain/state.py, kept to narrow lists by; money held until `payment_until` has
    expired since, and `payment` does not know of it. `erased_at` is when its customer was forgotten: then
    nothing personal of it is left.
    """

    __tablename__: ClassVar[str] = "orders"
    __table_args__ = (
        # A list is narrowed and put in order without a look at the orders themselves.
        Index("ix_orders_state_placed", "state", "placed_at", *NARROWED),
        Index("ix_orders_placed", "placed_at", *NARROWED),
        Index("ix_orders_unstarted", "kept_at", sqlite_where=UNSTARTED, postgresql_where=UNSTARTED),
        Index("ix_orders_running", "flow_hash", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    number: str = Field(primary_key=True)
    channel: str
    state: str = "open"
    payment: str = "pending"
    payment_until: datetime | None = Field(default=None, sa_type=Instant)
    fulfilment: str = "unfulfilled"
    email: str = Field(index=True)
    name: str
    find: str
    currency: str
    total_minor: int = Field(sa_type=BigInteger)
    payment_method: str
    payment_state: str
    placed_at: datetime = Field(sa_type=Instant)
    kept_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    end_title: str = ""
    flow: str
    flow_hash: str
    flows: dict[str, str] = Field(sa_type=JSON)
    placed_holds: dict[str, str] = Field(sa_type=JSON)
    speed: float = 1.0
    placed_by: str = ""
    orders_before: int = 0
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class OrderDocument(SQLModel, table=True):
    """The order to the last byte, and what was handed in; apart, as lists never read it. Personal."""

    __tablename__: ClassVar[str] = "order_document"

    number: str = Field(primary_key=True, foreign_key="orders.number")
    whole: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class OrderWord(SQLModel, table=True):
    """A word of an order's number, e-mail or name, folded, to be found by how it begins. Personal."""

    __tablename__: ClassVar[str] = "order_word"

    # By its bytes, so that what begins alike stands together whatever the database's language.
    word: str = Field(primary_key=True, sa_type=_BYTEWISE)
    order: str = Field(primary_key=True, foreign_key="orders.number", index=True)


class FulfilmentRow(SQLModel, table=True):
    """A part of an order; `n` is its place, from 1. `left_at` is when it left the house."""

    __tablename__: ClassVar[str] = "fulfilment"
    __table_args__ = (
        Index("ix_fulfilment_left", "left_at", sqlite_where=HAS_LEFT, postgresql_where=HAS_LEFT),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    n: int
    method: str
    location: str
    flow: str
    state: str
    supplier: str
    made_to_order: bool
    tracking: str = Field(index=True)
    carrier: str
    ship_by: datetime | None = Field(default=None, sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)
    total_minor: int = Field(sa_type=BigInteger)
    currency: str


class FulfilmentLineRow(SQLModel, table=True):
    """How much of an order line leaves in this fulfilment."""

    __tablename__: ClassVar[str] = "fulfilment_line"

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    line: int = Field(primary_key=True)
    sku: str = Field(index=True)
    quantity: Decimal = Field(sa_type=Quantity)
