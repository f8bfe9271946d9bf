"""The parcels of the simulated carrier, those that others follow for us, and what was told of them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

NEWS_TO_COME = text("next_at IS NOT NULL")


class ParcelRow(SQLModel, table=True):
    """A parcel; `next_event` comes at `next_at`, which is empty once nothing more will come."""

    __tablename__: ClassVar[str] = "parcel"
    __table_args__ = (
        Index("ix_parcel_next", "next_at", sqlite_where=NEWS_TO_COME, postgresql_where=NEWS_TO_COME),
    )

    tracking: str = Field(primary_key=True)
    key: str = Field(unique=True)
    order: str = Field(foreign_key="orders.number", index=True)
    fulfilment: str = Field(foreign_key="fulfilment.id")
    handed_at: datetime = Field(sa_type=Instant)
    in_transit_at: datetime = Field(sa_type=Instant)
    out_for_delivery_at: datetime = Field(sa_type=Instant)
    delivered_at: datetime = Field(sa_type=Instant)
    lost: bool = False
    next_event: str = ""
    next_at: datetime | None = Field(default=None, sa_type=Instant)


class FollowedParcelRow(SQLModel, table=True):
    """
    A parcel that a carrier's own service follows for us: `source`, which calls it `tracker`.

    `last_scan` and `last_at` are the last that its order was told. It is asked about at `next_at`, which is
    empty once it is over: `over` says why.
    """

    __tablename__: ClassVar[str] = "followed_parcel"
    __table_args__ = (
        Index("ix_followed_next", "next_at", sqlite_where=NEWS_TO_COME, postgresql_where=NEWS_TO_COME),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    tracking: str = Field(primary_key=True, index=True)
    order: str = Field(foreign_key="orders.number", index=True)
    source: str
    carrier: str
    tracker: str = ""
    since: datetime = Field(sa_type=Instant)
    last_scan: str = ""
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    over: str = ""


class CarrierNewsRow(SQLModel, table=True):
    """
    One message about one parcel, kept before its sender is told that it came; `id` begins with its name.

    `next_at` is when it is looked at next, empty once it is `settled`: with what came of it.
    """

    __tablename__: ClassVar[str] = "carrier_news"
    __table_args__ = (
        Index("ix_carrier_news_next", "next_at", sqlite_where=NEWS_TO_COME, postgresql_where=NEWS_TO_COME),
    )

    id: str = Field(primary_key=True)
    source: str
    tracker: str
    tracking: str = Field(index=True)
    at: datetime = Field(sa_type=Instant)
    scans: list[list[str]] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    settled: str = Field(default="", sa_type=Text)
