"""The codes by which customers are known at the counter."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class PickupCodeRow(SQLModel, table=True):
    """Secret: `code`, which opens the door to somebody's goods."""

    __tablename__: ClassVar[str] = "pickup_code"

    fulfilment: str = Field(primary_key=True, foreign_key="fulfilment.id")
    code: str
    issued_at: datetime = Field(sa_type=Instant)
