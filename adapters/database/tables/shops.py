"""What web shops told us and are told, and what programs were answered under their own keys."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

STILL_WAITS = text("next_at IS NOT NULL")
UNTOLD = text("told_at IS NULL")


class ShopMessageRow(SQLModel, table=True):
    """
    A message of a shop, kept before the shop hears that it came. Personal: `body`, and `original`, which
    is what came, once a person has mended it.

    `next_at` is when it is looked at next, empty once that is over; `theirs` the shop's id of the order,
    `version` when the shop's order was as it tells.
    """

    __tablename__: ClassVar[str] = "shop_message"
    __table_args__ = (
        Index("ix_shop_message_next", "next_at", sqlite_where=STILL_WAITS, postgresql_where=STILL_WAITS),
        Index("ix_shop_message_state", "state", "received_at"),
        Index("ix_shop_message_theirs", "shop", "theirs"),
    )

    id: str = Field(primary_key=True)
    shop: str
    system: str
    topic: str
    body: str = Field(sa_type=Text)
    original: str = Field(default="", sa_type=Text)
    theirs: str = ""
    version: datetime | None = Field(default=None, sa_type=Instant)
    state: str
    why: str = Field(default="", sa_type=Text)
    tries: int = 0
    received_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str = ""


class ShopOrderRow(SQLModel, table=True):
    """
    The shop's own id of an order of ours, and the newest state of it that we heard of: when it was, and
    digests of what we act upon; empty while nothing was heard since it was placed.
    """

    __tablename__: ClassVar[str] = "shop_order"

    shop: str = Field(primary_key=True)
    theirs: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    version: datetime | None = Field(default=None, sa_type=Instant)
    address: str = ""
    goods: str = ""
    paid: str = ""


class ShopRefundRow(SQLModel, table=True):
    """Money the shop itself gave back; it waits while the order's own payment is not in the books."""

    __tablename__: ClassVar[str] = "shop_refund"

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str
    at: datetime = Field(sa_type=Instant)


class ShopCursorRow(SQLModel, table=True):
    """Up to when a shop's own list of orders was read."""

    __tablename__: ClassVar[str] = "shop_cursor"

    shop: str = Field(primary_key=True)
    until: datetime = Field(sa_type=Instant)
    looked_at: datetime = Field(sa_type=Instant)


class KeyedAnswerRow(SQLModel, table=True):
    """What a program was answered under a key of its own; `status` is nought until it was."""

    __tablename__: ClassVar[str] = "keyed_answer"

    key: str = Field(primary_key=True)
    digest: str
    status: int = 0
    answer: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)


class OrderEventRow(SQLModel, table=True):
    """
    Something that happened to an order, in the order it was noted; nothing personal. `at` is when it was
    found to be told, which is a moment after it happened.
    """

    __tablename__: ClassVar[str] = "order_event"
    __table_args__ = (Index("ix_order_event_untold", "n", sqlite_where=UNTOLD, postgresql_where=UNTOLD),)

    n: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    order: str = Field(foreign_key="orders.number", index=True)
    kind: str
    subject: str
    data: dict[str, Any] = Field(sa_type=JSON)
    at: datetime | None = Field(default=None, sa_type=Instant)
    told_at: datetime | None = Field(default=None, sa_type=Instant)


class HookDeliveryRow(SQLModel, table=True):
    """An event on its way to one who is told; `status` is the last HTTP answer, nought for none."""

    __tablename__: ClassVar[str] = "hook_delivery"
    __table_args__ = (
        Index("ix_hook_delivery_next", "next_at", sqlite_where=STILL_WAITS, postgresql_where=STILL_WAITS),
        Index("ix_hook_delivery_state", "state", "target", "at"),
    )

    event: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    state: str
    tries: int = 0
    status: int = 0
    why: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
