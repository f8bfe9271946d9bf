"""Published flows: definitions that never change, and which one new orders take."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from adapters.database.engine import Instant


class DefinitionRow(SQLModel, table=True):
    """A definition under the sha256 of its canonical JSON."""

    __tablename__: ClassVar[str] = "definition"

    sha256: str = Field(primary_key=True)
    name: str
    title: str
    level: str
    body: str = Field(sa_type=Text)


class PointerRow(SQLModel, table=True):
    """The version of a flow that new orders take."""

    __tablename__: ClassVar[str] = "pointer"

    name: str = Field(primary_key=True)
    sha256: str = Field(foreign_key="definition.sha256")


class PublicationRow(SQLModel, table=True):
    """Who made which version current, when and why."""

    __tablename__: ClassVar[str] = "publication"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    sha256: str = Field(foreign_key="definition.sha256")
    by: str
    why: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
