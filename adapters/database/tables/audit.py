"""The audit log; entries are added and never altered, but for personal words that are erased."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class AuditRow(SQLModel, table=True):
    """
    One entry; `hash` holds the one before it, `seal` stands for the personal words.

    Personal: `by`, `why`, `whom`; erased together with `salt`.
    """

    __tablename__: ClassVar[str] = "audit"
    __table_args__ = (Index("ix_audit_order", "order"), Index("ix_audit_subject", "kind", "subject"))

    # Without gaps: given out by the head, not by the database.
    n: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    kind: str
    order: str
    subject: str
    what: str = Field(sa_type=Text)
    role: str
    seal: str
    hash: str
    by: str
    why: str = Field(sa_type=Text)
    whom: str
    salt: str


class AuditHeadRow(SQLModel, table=True):
    """The last link: one row, which every writer takes in turn."""

    __tablename__: ClassVar[str] = "audit_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(sa_type=BigInteger)
    hash: str
