"""The ledger, the refunds asked for, what was asked of the gateway, and the simulated gateway's books."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant

SUMMED = ("account", "kind", "currency", "minor", "fulfilment")


class PostingRow(SQLModel, table=True):
    """
    One side of an entry; append only. `entry` joins the sides, `hold` is the authorisation concerned,
    `fulfilment` is empty for the whole order.
    """

    __tablename__: ClassVar[str] = "posting"
    __table_args__ = (
        UniqueConstraint("gateway_object", "kind", "account", name="uq_posting_once"),
        Index("ix_posting_order", "order", "kind", "account"),
        # Sums of a period are made without a look at the rows themselves.
        Index("ix_posting_at", "at", *SUMMED),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry: str
    order: str = Field(foreign_key="orders.number")
    fulfilment: str
    account: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    kind: str
    gateway_object: str
    hold: str
    key: str
    at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)


class TakingRow(SQLModel, table=True):
    """
    Money in the shop's hands that can be given back: one gateway object's, for one fulfilment or, when
    empty, paid ahead for none yet. `asked` of it was given back or is being so.
    """

    __tablename__: ClassVar[str] = "taking"
    __table_args__ = (
        CheckConstraint("asked >= 0 AND asked <= minor", name="ck_taking_never_more"),
        Index("ix_taking_order", "order", "fulfilment"),
    )

    gateway_object: str = Field(primary_key=True)
    fulfilment: str = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number")
    account: str
    minor: int = Field(sa_type=BigInteger)
    asked: int = Field(default=0, sa_type=BigInteger)
    currency: str


class RefundRow(SQLModel, table=True):
    """
    A refund of one taking: requested, then confirmed or failed, and given up if it is asked for another
    way. `call` is the step's key, `return_id` empty unless it is a return's.
    """

    __tablename__: ClassVar[str] = "refund"

    key: str = Field(primary_key=True)
    call: str = Field(index=True)
    return_id: str = Field(default="", index=True)
    order: str = Field(foreign_key="orders.number", index=True)
    fulfilment: str
    taking: str
    account: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str
    at: datetime = Field(sa_type=Instant)


class AttemptRow(SQLModel, table=True):
    """
    The `v{n}` of a gateway key, and what was asked under it: asked, unknown, refused, not_done or done.
    `target` is the gateway object it is about, `gateway_object` the one that came of it.
    """

    __tablename__: ClassVar[str] = "payment_attempt"

    base: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    order: str = Field(foreign_key="orders.number", index=True)
    state: str
    target: str
    minor: int = Field(sa_type=BigInteger)
    currency: str
    gateway_object: str = ""
    at: datetime = Field(sa_type=Instant)


class SimAuthorization(SQLModel, table=True):
    """The simulated gateway's own: money held. `closed_at` once the rest was let go."""

    __tablename__: ClassVar[str] = "sim_authorization"
    __table_args__ = (CheckConstraint("captured >= 0 AND captured <= minor", name="ck_sim_captured"),)

    id: str = Field(primary_key=True)
    order: str = Field(index=True)
    key: str = Field(index=True)
    token: str
    minor: int = Field(sa_type=BigInteger)
    captured: int = Field(default=0, sa_type=BigInteger)
    currency: str
    expires_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class SimCapture(SQLModel, table=True):
    """
    The simulated gateway's own: money taken, and what it keeps of it. One the shop took itself has no
    authorisation here.
    """

    __tablename__: ClassVar[str] = "sim_capture"
    __table_args__ = (CheckConstraint("refunded >= 0 AND refunded <= minor", name="ck_sim_refunded"),)

    id: str = Field(primary_key=True)
    order: str = Field(index=True)
    key: str = Field(index=True)
    token: str
    authorization: str
    minor: int = Field(sa_type=BigInteger)
    refunded: int = Field(default=0, sa_type=BigInteger)
    fee: int = Field(default=0, sa_type=BigInteger)
    currency: str


class SimRefund(SQLModel, table=True):
    """The simulated gateway's own: money given back."""

    __tablename__: ClassVar[str] = "sim_refund"

    id: str = Field(primary_key=True)
    order: str = Field(index=True)
    key: str = Field(index=True)
    capture: str
    minor: int = Field(sa_type=BigInteger)
    currency: str


class SimAnswer(SQLModel, table=True):
    """What the simulated gateway answered under a key, its errors too."""

    __tablename__: ClassVar[str] = "sim_answer"

    key: str = Field(primary_key=True)
    order: str = Field(index=True)
    asked: str
    error: str
    answer: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class SimMisbehaviour(SQLModel, table=True):
    """How the simulated gateway is to misbehave for an order: `left` more calls, or `until` an instant."""

    __tablename__: ClassVar[str] = "sim_misbehaviour"
    __table_args__ = (
        Index(
            "ix_sim_misbehaviour",
            "order",
            "op",
            sqlite_where=text('"left" > 0'),
            postgresql_where=text('"left" > 0'),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order: str
    op: str
    how: str
    left: int
    until: datetime | None = Field(default=None, sa_type=Instant)
