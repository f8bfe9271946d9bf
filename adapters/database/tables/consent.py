"""Who agreed to be written to about more than their orders, and which mails came back."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class ConsentRow(SQLModel, table=True):
    """
    A person's yes or no, when, and how we know; only added to, the newest holds.

    Personal: `email`, `source`.
    """

    __tablename__: ClassVar[str] = "consent"
    __table_args__ = (Index("ix_consent_email", "email", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    email: str
    granted: bool
    source: str
    order: str = Field(default="", index=True)
    at: datetime = Field(sa_type=Instant)


class BounceRow(SQLModel, table=True):
    """A mail that came back after its server had taken it, once for each such report."""

    __tablename__: ClassVar[str] = "bounce"

    id: str = Field(primary_key=True)
    notice: str = Field(foreign_key="notice.id", index=True)
    order: str = Field(index=True)
    status: str
    permanent: bool
    what: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
