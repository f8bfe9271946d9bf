"""What is counted for a while, by all processes together."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class FormCountRow(SQLModel, table=True):
    """How many forms about an order its customer has sent since then; gone once that is long ago."""

    __tablename__: ClassVar[str] = "form_count"

    order: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Instant, index=True)
    times: int
