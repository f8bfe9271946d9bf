"""Which customers were given a link by which they pay anew."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class PayLinkRow(SQLModel, table=True):
    """Its secret part is made of the order's number and the shop's own key, and stands nowhere."""

    __tablename__: ClassVar[str] = "pay_link"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    issued_at: datetime = Field(sa_type=Instant)
