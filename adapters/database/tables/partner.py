"""What partners were asked to ship, and how far they are."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

NEWS_TO_COME = text("next_at IS NOT NULL")


class PartnerOrderRow(SQLModel, table=True):
    """
    An order to a partner: one a fulfilment. Its simulated partner speaks of it next at `next_at`, and of
    our wish to cancel at `cancel_at`; a day takes it 1 / `speed` days.
    """

    __tablename__: ClassVar[str] = "partner_order"
    __table_args__ = (
        Index("ix_partner_order_next", "next_at", sqlite_where=NEWS_TO_COME, postgresql_where=NEWS_TO_COME),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    order: str = Field(foreign_key="orders.number", index=True)
    partner: str
    supplies: bool
    state: str
    asked_at: datetime = Field(sa_type=Instant)
    speed: float = 1.0
    next_event: str = ""
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_at: datetime | None = Field(default=None, sa_type=Instant)
