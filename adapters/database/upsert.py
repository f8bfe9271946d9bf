"""Rows that may stand already: kept as they are, or written over."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Row = Mapping[str, Any]
Insert = postgresql.Insert | sqlite.Insert


@cache
def table_of(model: type[SQLModel]) -> Table:
    found = inspect(model).local_table
    assert isinstance(found, Table)
    return found


def insert_new(session: Session, model: type[SQLModel], row: Row) -> bool:
    """Add a row, and say whether it is new; one that stands under its key is left alone."""
    key = next(iter(table_of(model).primary_key.columns))
    statement = _keeping(_dialect(session), model).returning(key)
    return session.connection().execute(statement, dict(row)).first() is not None


def insert_all(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Add rows in one statement, leaving alone those that stand under their key."""
    if rows:
        session.connection().execute(_keeping(_dialect(session), model), list(rows))


def put_all(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Add rows, all of the same columns, or write them over those that stand under their primary key."""
    if rows:
        statement = _overwriting(_dialect(session), model, tuple(rows[0]))
        session.connection().execute(statement, list(rows))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


# Built once: building takes longer than the database takes to do it.
@cache
def _keeping(dialect: str, model: type[SQLModel]) -> Insert:
    return _insert(dialect, model).on_conflict_do_nothing()


@cache
def _overwriting(dialect: str, model: type[SQLModel], columns: tuple[str, ...]) -> Insert:
    insert = _insert(dialect, model)
    keys = [column.name for column in table_of(model).primary_key.columns]
    others = {name: insert.excluded[name] for name in columns if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def _insert(dialect: str, model: type[SQLModel]) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table_of(model))
