"""Notices: what was written to whom, and what became of it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class NoticeRow(SQLModel, table=True):
    """
    A notice as it was written; a try that follows sends the very same.

    Personal: `recipient`, `subject`, `text`, `html`.
    """

    __tablename__: ClassVar[str] = "notice"

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    n: int
    lane: str
    template: str
    to: str
    language: str
    state: str
    message_id: str = Field(index=True)
    recipient: str
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    why: str
    tries: int = 0
    marketing: bool = False
    created_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)


class ParcelNewsRow(SQLModel, table=True):
    """What a carrier told of a parcel, until its customer has been told; `act` brought it."""

    __tablename__: ClassVar[str] = "parcel_news"

    act: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number")
    parcel: str
    template: str
    seq: int
    at: datetime = Field(sa_type=Instant, index=True)
