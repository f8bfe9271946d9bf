"""What partners were asked to ship, how far they are, and what was summed up for them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

NEWS_TO_COME = text("next_at IS NOT NULL")


class PartnerOrderRow(SQLModel, table=True):
    """
    An order to a partner, who works with us as `how` says: one a fulfilment. Not `sent` when it was given
    up before. `cancel_asked_at` is set while we wish it back and have no answer.

    A simulated partner speaks of it next at `next_at`, and of our wish to cancel at `cancel_at`; a day
    takes it 1 / `speed` days.
    """

    __tablename__: ClassVar[str] = "partner_order"
    __table_args__ = (
        Index("ix_partner_order_next", "next_at", sqlite_where=NEWS_TO_COME, postgresql_where=NEWS_TO_COME),
        Index("ix_partner_order_own", "partner", "asked_at", "fulfilment"),
    )

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    order: str = Field(foreign_key="orders.number", index=True)
    partner: str
    how: str
    supplies: bool
    sent: bool
    state: str
    asked_at: datetime = Field(sa_type=Instant)
    picked_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    speed: float = 1.0
    next_event: str = ""
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_at: datetime | None = Field(default=None, sa_type=Instant)


class PartnerSummaryRow(SQLModel, table=True):
    """What a partner was told of all orders from `since` to `until`, to check against; kept as written."""

    __tablename__: ClassVar[str] = "partner_summary"

    partner: str = Field(primary_key=True)
    until: datetime = Field(primary_key=True, sa_type=Instant)
    since: datetime = Field(sa_type=Instant)
    written_at: datetime = Field(sa_type=Instant)
    recipient: str
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    tried_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    why: str = ""
