"""The parcels of the simulated carrier, and what it will say about each, when."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
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
