"""Returns as they were asked for, and what became of the goods."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant, Quantity

UNSTARTED = text("started_at IS NULL")


class ReturnRow(SQLModel, table=True):
    """
    One return; `form` is the id under which it was asked for. `refund_minor` is set once its refund is
    asked for. `exchange` is the order that replaces its goods, `credit_minor` what pays for that; it is
    waiting, sent or dropped. Personal: `reason`, `by`.
    """

    __tablename__: ClassVar[str] = "return"
    __table_args__ = (
        UniqueConstraint("order", "n", name="uq_return_order_n"),
        Index("ix_return_opened", "opened_at"),
        Index("ix_return_unstarted", "opened_at", sqlite_where=UNSTARTED, postgresql_where=UNSTARTED),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    n: int
    form: str = Field(unique=True)
    claim: str
    reason: str = Field(sa_type=Text)
    by: str
    role: str
    state: str
    flow: str
    flow_hash: str
    currency: str
    value_minor: int = Field(sa_type=BigInteger)
    fee_minor: int = Field(sa_type=BigInteger)
    shipping: bool
    free: bool = False
    days: int
    refund_minor: int | None = Field(default=None, sa_type=BigInteger)
    second_person: bool = False
    exchange: str = ""
    exchange_state: str = ""
    credit_minor: int = Field(default=0, sa_type=BigInteger)
    speed: float = 1.0
    opened_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    end_title: str = ""


class ReturnLineRow(SQLModel, table=True):
    """How much of an order line, as it left in a fulfilment, comes back: received, accepted, resellable."""

    __tablename__: ClassVar[str] = "return_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_return_quantity"),
        CheckConstraint("received >= 0 AND received <= quantity", name="ck_return_received"),
        CheckConstraint("accepted >= 0 AND accepted <= quantity", name="ck_return_accepted"),
        CheckConstraint("resellable >= 0 AND resellable <= accepted", name="ck_return_resellable"),
    )

    return_id: str = Field(primary_key=True, foreign_key="return.id")
    line: int = Field(primary_key=True)
    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    sku: str
    quantity: Decimal = Field(sa_type=Quantity)
    received: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    accepted: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    resellable: Decimal = Field(default=Decimal(0), sa_type=Quantity)
