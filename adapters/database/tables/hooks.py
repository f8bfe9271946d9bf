"""What payment gateways told us by themselves, and the disputes of their customers."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

STILL_WAITS = text("next_at IS NOT NULL")


class GatewayNewsRow(SQLModel, table=True):
    """
    One message, kept before the gateway is told that it came; `id` begins with the gateway's name.

    `next_at` is when it is looked at next, empty once it is `settled`: with what came of it.
    """

    __tablename__: ClassVar[str] = "gateway_news"
    __table_args__ = (
        Index("ix_gateway_news_latest", "gateway", "at"),
        Index("ix_gateway_news_next", "next_at", sqlite_where=STILL_WAITS, postgresql_where=STILL_WAITS),
    )

    id: str = Field(primary_key=True)
    gateway: str
    kind: str
    object: str = Field(index=True)
    about: str
    order: str
    key: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str
    why: str
    due: datetime | None = Field(default=None, sa_type=Instant)
    at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    settled: str = Field(default="", sa_type=Text)


class DisputeRow(SQLModel, table=True):
    """A payment that the customer disputes with their bank: open, won or lost."""

    __tablename__: ClassVar[str] = "dispute"

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    payment: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str
    why: str
    since: datetime = Field(sa_type=Instant)
    due: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
