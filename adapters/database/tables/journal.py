"""
What happened to orders and their returns: timeline, waits, incidents, acts, holds, notes, step answers.

`subject` is the order's number, or the id of the return of it that a row is about.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

STILL_OPEN = text("closed_at IS NULL")
IS_CLOSED = text("closed_at IS NOT NULL")
PLACE = ("scan", "order", "id")
INBOX = (
    "kind",
    "role",
    "event",
    "priority",
    "due",
    "asked_at",
    "since",
    "claimed_until",
    "claimed_by",
    *PLACE,
)
RUNNING = text("state = ''")
NO_RESULT = text("outcome = ''")


class TimelineRow(SQLModel, table=True):
    """One line of an order's or return's story; who and why stand in the act's row."""

    __tablename__: ClassVar[str] = "timeline"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    subject: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    kind: str
    lane: str
    step: str
    text: str = Field(sa_type=Text)
    act: str = ""


class WaitRow(SQLModel, table=True):
    """
    What an order waits for, or waited; a task when `kind` is `ask`. `claimed_by` is personal.

    `asked_at`: when the customer placed the order, or asked for the return; the oldest is served first.
    """

    __tablename__: ClassVar[str] = "wait"
    __table_args__ = (
        # The inbox is counted and put in order without a look at the tasks themselves.
        Index("ix_wait_open", *INBOX, sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
        Index("ix_wait_order", "order", "closed_at"),
        Index("ix_wait_step", "lane", "step"),
        Index("ix_wait_closed", "closed_at", sqlite_where=IS_CLOSED, postgresql_where=IS_CLOSED),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number")
    subject: str
    lane: str
    step: str
    visit: int
    kind: str
    title: str
    since: datetime = Field(sa_type=Instant)
    asked_at: datetime = Field(sa_type=Instant)
    role: str
    event: str
    priority: int
    show: dict[str, Any] = Field(sa_type=JSON)
    scan: str
    answers: list[dict[str, Any]] = Field(sa_type=JSON)
    not_same_person_as: str
    late_then: str
    due: datetime | None = Field(default=None, sa_type=Instant)
    remind: datetime | None = Field(default=None, sa_type=Instant)
    late: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str = ""
    claimed_by: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)


class IncidentRow(SQLModel, table=True):
    """A step that stopped and asks for a person."""

    __tablename__: ClassVar[str] = "incident"
    __table_args__ = (
        Index("ix_incident_open", "order", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number")
    subject: str
    lane: str
    step: str
    title: str
    what: str = Field(sa_type=Text)
    role: str
    may_skip: list[str] = Field(sa_type=JSON)
    since: datetime = Field(sa_type=Instant)
    due: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    how: str = ""
    closed_by: str = ""


class LaneRow(SQLModel, table=True):
    """Where an order, or a fulfilment or return of it, stands now."""

    __tablename__: ClassVar[str] = "lane"
    __table_args__ = (
        Index("ix_lane_flow", "flow_hash", "state"),
        Index("ix_lane_open", "flow", "step", "order", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    flow: str
    flow_hash: str
    step: str
    title: str
    then: str
    phase: str
    since: datetime = Field(sa_type=Instant)
    state: str
    facts: dict[str, Any] = Field(sa_type=JSON)
    walk: dict[str, Any] = Field(sa_type=JSON)
    leaving: bool = False


class ActRow(SQLModel, table=True):
    """
    What was asked of an order, by whom and why; `outcome` is empty until it ends.

    Personal: `by`, `reason`, `texts`.
    """

    __tablename__: ClassVar[str] = "act"
    __table_args__ = (
        UniqueConstraint("order", "seq", name="uq_act_order_seq"),
        Index("ix_act_pending", "at", sqlite_where=NO_RESULT, postgresql_where=NO_RESULT),
    )

    id: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number")
    seq: int
    kind: str
    target: str
    answer: str
    lane: str
    tracking: str
    data: dict[str, Any] = Field(sa_type=JSON)
    by: str
    role: str
    reason: str = Field(sa_type=Text)
    texts: dict[str, str] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)
    outcome: str = ""
    why: str = Field(default="", sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    # Came before its wait, or fits none: shown to people until a wait takes it.
    kept: bool = False


class HoldRow(SQLModel, table=True):
    """What stops an order now; `act` says who and why, `why` what it was placed with."""

    __tablename__: ClassVar[str] = "hold"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    kind: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Instant)
    act: str = ""
    by: str = ""
    why: str = Field(default="", sa_type=Text)


class NoteRow(SQLModel, table=True):
    """What a person wrote about an order. Personal: `text`, `by`."""

    __tablename__: ClassVar[str] = "note"

    id: int | None = Field(default=None, primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    text: str = Field(sa_type=Text)
    by: str
    at: datetime = Field(sa_type=Instant)


class BatchRow(SQLModel, table=True):
    """A batch that stands in the journal, with what was answered to it."""

    __tablename__: ClassVar[str] = "batch"

    order: str = Field(primary_key=True, foreign_key="orders.number")
    subject: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    answer: str = Field(sa_type=Text)


class StepResultRow(SQLModel, table=True):
    """The first answer of a step, under its key."""

    __tablename__: ClassVar[str] = "step_result"

    key: str = Field(primary_key=True)
    answer: str = Field(sa_type=Text)
