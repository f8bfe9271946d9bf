"""Who may sign in, and who has: passwords, sessions and devices are kept as hashes alone."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class AccountRow(SQLModel, table=True):
    """
    A person. `must_change` once a password was given out. `second` is the secret of their authenticator
    app, empty without one, and `second_step` the half minute of the last code taken. Personal: `name`.
    """

    __tablename__: ClassVar[str] = "account"

    name: str = Field(primary_key=True)
    roles: list[str] = Field(sa_type=JSON)
    password: str
    must_change: bool = False
    second: str = ""
    second_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


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


class TokenRow(SQLModel, table=True):
    """A program that acts as an account; `label` says which. `used_at` is true to the day."""

    __tablename__: ClassVar[str] = "token"

    token: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    label: str
    made_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
