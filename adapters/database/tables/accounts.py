"""Who may sign in, and who has: passwords, sessions and devices are kept as hashes alone."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class AccountRow(SQLModel, table=True):
    """
    A person, or a terminal that several `shared`. `must_change` once a password was given out. `second` is
    the secret of their authenticator app, encrypted, empty without one, and `second_step` the half minute
    of the last code taken. `pin` is the hash of what they answer with at a shared terminal. Personal:
    `name`.
    """

    __tablename__: ClassVar[str] = "account"

    name: str = Field(primary_key=True)
    roles: list[str] = Field(sa_type=JSON)
    password: str
    must_change: bool = False
    partner: str = ""
    second: str = ""
    second_step: int = Field(default=0, sa_type=BigInteger)
    pin: str = ""
    shared: bool = False
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class RecoveryCodeRow(SQLModel, table=True):
    """What lets somebody in once without their authenticator app; `code` is a hash."""

    __tablename__: ClassVar[str] = "recovery_code"

    account: str = Field(primary_key=True, foreign_key="account.name")
    code: str = Field(primary_key=True)


class SessionRow(SQLModel, table=True):
    """Somebody signed in; gone once they sign out, or may no longer."""

    __tablename__: ClassVar[str] = "session"

    token: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    began_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)


class DeviceRow(SQLModel, table=True):
    """A browser somebody has signed in from: strangers' guesses never shut it out."""

    __tablename__: ClassVar[str] = "device"

    token: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    seen_at: datetime = Field(sa_type=Instant)


class FailedSignInRow(SQLModel, table=True):
    """A wrong password, kept for as long as it counts. `account` as typed, known here or not. Personal."""

    __tablename__: ClassVar[str] = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_account", "account", "device", "at"),
        Index("ix_failed_address", "address", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str
    device: str
    address: str
    at: datetime = Field(sa_type=Instant)


class SavedViewRow(SQLModel, table=True):
    """Filters of the list of orders that somebody keeps under a name; `query` is as in the address."""

    __tablename__: ClassVar[str] = "saved_view"

    account: str = Field(primary_key=True, foreign_key="account.name")
    name: str = Field(primary_key=True)
    query: str = Field(sa_type=Text)


class TokenRow(SQLModel, table=True):
    """A program that acts as an account; `label` says which. `used_at` is true to the day."""

    __tablename__: ClassVar[str] = "token"

    token: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    label: str
    made_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
