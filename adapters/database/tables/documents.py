"""Invoices and credit notes: numbered without a gap, written once."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class BillRow(SQLModel, table=True):
    """
    One invoice or credit note; append only. `subject` is what it is about: once of each kind.

    Personal: `recipient`, which may be emptied.
    """

    __tablename__: ClassVar[str] = "bill"
    __table_args__ = (
        UniqueConstraint("series", "n", name="uq_bill_series_n"),
        UniqueConstraint("kind", "subject", name="uq_bill_once"),
    )

    number: str = Field(primary_key=True)
    series: str
    n: int
    kind: str
    order: str = Field(foreign_key="orders.number", index=True)
    fulfilment: str
    subject: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    at: datetime = Field(sa_type=Instant)
    body: str = Field(sa_type=Text)
    recipient: str = Field(sa_type=Text)


class BillPage(SQLModel, table=True):
    """A bill as it was first laid out, which a changed template does not change. Personal: `page`."""

    __tablename__: ClassVar[str] = "bill_page"

    number: str = Field(primary_key=True, foreign_key="bill.number")
    page: str = Field(sa_type=Text)


class BillSeries(SQLModel, table=True):
    """The last number given out of a series; only ever taken together with a bill."""

    __tablename__: ClassVar[str] = "bill_series"

    name: str = Field(primary_key=True)
    last: int = 0


class BillDue(SQLModel, table=True):
    """An order whose sales have moved since its bills were last looked at."""

    __tablename__: ClassVar[str] = "bill_due"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    n: int = 1  # how often it moved: what moved meanwhile stays due
    at: datetime = Field(sa_type=Instant, index=True)
