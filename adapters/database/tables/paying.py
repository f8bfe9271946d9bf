"""The links by which customers pay anew."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class PayLinkRow(SQLModel, table=True):
    """Secret: `code`, which opens the page on which this order is paid."""

    __tablename__: ClassVar[str] = "pay_link"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    code: str = Field(unique=True)
    issued_at: datetime = Field(sa_type=Instant)
