"""The daily reports to the owners: one a day."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class DailyReportRow(SQLModel, table=True):
    """
    How a day went, as it was first written; a try that follows sends the very same.

    `tried_at` is when a worker last took it on; with a `why`, it was refused for good.
    """

    __tablename__: ClassVar[str] = "daily_report"

    day: date = Field(primary_key=True)
    written_at: datetime = Field(sa_type=Instant)
    tried_at: datetime = Field(sa_type=Instant)
    recipient: str = ""
    subject: str = ""
    text: str = Field(default="", sa_type=Text)
    html: str = Field(default="", sa_type=Text)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    why: str = ""
