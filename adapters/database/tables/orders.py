"""Orders as they were placed, and the parts they leave in."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant, Quantity

UNSTARTED = text("started_at IS NULL")
RUNNING = text("ended_at IS NULL")


class PlacedOrder(SQLModel, table=True):
    """
    What lists, searches and reports ask of an order; the whole of it stands in `OrderDocument`.

    Personal: `email` (normalised), `name` and `find` (folded number, e-mail and name). `state` follows
    holds and the end; `orders_before` was counted when the order was placed.
    """

    __tablename__: ClassVar[str] = "orders"
    __table_args__ = (
        Index("ix_orders_state_placed", "state", "placed_at"),
        Index("ix_orders_unstarted", "kept_at", sqlite_where=UNSTARTED, postgresql_where=UNSTARTED),
        Index("ix_orders_running", "flow_hash", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    number: str = Field(primary_key=True)
    channel: str
    state: str = "open"
    email: str = Field(index=True)
    name: str
    find: str
    currency: str
    total_minor: int = Field(sa_type=BigInteger)
    payment_method: str
    payment_state: str
    placed_at: datetime = Field(sa_type=Instant, index=True)
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


class OrderDocument(SQLModel, table=True):
    """The order to the last byte, and what was handed in; apart, as lists never read it. Personal."""

    __tablename__: ClassVar[str] = "order_document"

    number: str = Field(primary_key=True, foreign_key="orders.number")
    whole: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class FulfilmentRow(SQLModel, table=True):
    """A part of an order; `n` is its place, from 1."""

    __tablename__: ClassVar[str] = "fulfilment"

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
    total_minor: int = Field(sa_type=BigInteger)
    currency: str


class FulfilmentLineRow(SQLModel, table=True):
    """How much of an order line leaves in this fulfilment."""

    __tablename__: ClassVar[str] = "fulfilment_line"

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    line: int = Field(primary_key=True)
    sku: str = Field(index=True)
    quantity: Decimal = Field(sa_type=Quantity)
