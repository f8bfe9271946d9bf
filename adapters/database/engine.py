"""One database, SQLite by default or PostgreSQL by URL: short transactions, errors in our words."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from adapters.database.turns import turns_at
from domain.errors import BadInput, DatabaseUnavailable, SettingsRefused

# How long a writer waits for another before the step is tried again.
LOCK_WAIT_SECONDS = 10


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, aware on both sides whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Quantity(TypeDecorator[Decimal]):
    """
    A quantity to a thousandth, kept as an integer so that SQL can compare and add it exactly.

    """

    impl = BigInteger

    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(3))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-3).normalize() + 0


class Database:
    """
    Opens transactions. `write` takes the write lock at once, so that a read inside it is true.

    :raises BadInput: NUL or half a character in a text, or a number beyond all bounds.
    :raises DatabaseUnavailable: locked for too long, not there, or not to be read.
    :raises SettingsRefused: `url` names no database that we know.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        # SQLite reads from one snapshot. PostgreSQL would see what is committed at each statement in any
        # case, and is spared the two messages by which a transaction begins and ends.
        reads = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._reader = self.engine.execution_options(**reads)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _our_errors(), Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Books that do not change between two questions, while the shop goes on."""
        with self.read() as session:
            if self.engine.dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with ExitStack() as turn, _our_errors(), Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                turn.enter_context(turns_at(str(self.engine.url.database)).mine(LOCK_WAIT_SECONDS))
                event.listen(session, "after_commit", lambda _: turn.close())
                session.connection(execution_options={"immediate": True})
            yield session
            session.commit()

    def close(self) -> None:
        self.engine.dispose()


@cache
def _engine(url: str) -> Engine:
    """One pool a process and database, however many adapters open it."""
    if not url.startswith("sqlite"):
        limits = {"connect_timeout": LOCK_WAIT_SECONDS, "options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s"}
        return _made(url, pool_size=10, max_overflow=20, pool_pre_ping=True, connect_args=limits)
    engine = _made(url, pool_size=10, max_overflow=30, connect_args={"timeout": LOCK_WAIT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _made(url: str, **options: Any) -> Engine:
    try:
        return create_engine(url, **options)
    except (ArgumentError, ImportError) as error:  # not repeated here: it may hold a password
        known = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        raise SettingsRefused(f"ORDERKEEPER_DATABASE_URL is not of the form {known}.") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except NoConnectionFree as error:
        raise DatabaseUnavailable("The database is too busy at the moment.") from error
    except (DataError, UnicodeEncodeError) as error:  # not repeated here: it may be personal
        raise BadInput("Something in this is more, or other, than a database can hold.") from error
    except DBAPIError as error:
        if error.connection_invalidated or type(error).__name__ in (
            "OperationalError",
            "InterfaceError",
        ):
            raise DatabaseUnavailable("The database does not answer.") from error
        if type(error).__name__ == "DatabaseError":
            raise DatabaseUnavailable(f"The database cannot be read: {error.orig}.") from error
        raise
