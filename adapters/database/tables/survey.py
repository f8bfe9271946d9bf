"""What customers answered after delivery."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class SurveyRow(SQLModel, table=True):
    """One answer an order: `score` from 1 to 5. Personal: `words`."""

    __tablename__: ClassVar[str] = "survey"
    __table_args__ = (CheckConstraint("score >= 1 AND score <= 5", name="ck_survey_score"),)

    order: str = Field(primary_key=True, foreign_key="orders.number")
    score: int
    words: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant, index=True)
    changed_at: datetime = Field(sa_type=Instant)
