"""Books of a large shop: a few orders that went their usual ways, and very many just like them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, Table, text

from adapters.database.engine import Database, Instant, Quantity
from adapters.database.order.words import keep_words
from adapters.database.schema import every_table
from bench.templates import EMAIL, KINDS, NAME, NUMBER, OPEN, Template
from domain.order import fold

FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dora",
    "Emil",
    "Fay",
    "Grete",
    "Hugo",
    "Ida",
    "Jonas",
    "Kaja",
    "Lars",
    "Mira",
)
LAST = ("Abel", "Berger", "Costa", "Dahl", "Eriksen", "Fuchs", "Gallo", "Haas", "Ivers", "Jensen", "Keller")
SERIES = "CREATE {temporary} TABLE series (kind TEXT, number TEXT, email TEXT, name TEXT, seconds INTEGER)"
FIGURES = (Integer, Boolean, Float, Quantity)
# One chain, and words that are made of others.
APART = {"audit", "order_word"}
FOUND_BY = ("number", "email", "name")
YEAR_SECONDS = 365 * 86_400
A_DAY = 86_400


def fill(database: Database, orders: int, tasks: int, now: datetime, flows: dict[str, str]) -> None:
    """So many orders of the last year; the open tasks are those of the last three days."""
    kinds = [*(kind for kind in OPEN), *KINDS]
    for n, kind in enumerate(kinds):
        Template(database.url, kind, n, now - timedelta(hours=1), flows).write()
    with database.write() as session:
        connection = session.connection()
        connection.execute(text(SERIES.format(temporary="TEMPORARY")))
        insert = text("INSERT INTO series VALUES (:kind, :number, :email, :name, :seconds)")
        connection.execute(insert, list(_series(orders, tasks)))
        for table in every_table().sorted_tables:
            key = next((name for name in ("order", "number", "fulfilment") if name in table.c), "")
            if key and table.name not in APART:
                for n, kind in enumerate(kinds):
                    connection.execute(text(_again(connection, table, key, n)), {"kind": kind})
        connection.execute(text("DROP TABLE series"))
        for each in _series(orders, tasks):
            keep_words(session, str(each["number"]), fold(" ".join(str(each[part]) for part in FOUND_BY)))
    if database.engine.dialect.name == "sqlite":
        # As it does by itself between smaller transactions: a log as large as the books slows every reader.
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        # As its autovacuum does within minutes.
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _series(orders: int, tasks: int) -> Iterator[dict[str, str | int]]:
    """Newest first: what waits for people, then what has gone its way."""
    for n, kind in enumerate(_kinds(orders, tasks)):
        first, last = FIRST[n % len(FIRST)], LAST[n // len(FIRST) % len(LAST)]
        yield {
            "kind": kind,
            "number": f"W{500_000 - n}",
            "email": f"{first}.{last}{n}@mail{n % 40}.example".lower(),
            "name": f"{first} {last}{n % 1_000}",
            "seconds": n * 3 * A_DAY // tasks if n < tasks else 3 * A_DAY + n * YEAR_SECONDS // orders,
        }


def _kinds(orders: int, tasks: int) -> Iterator[str]:
    for n in range(tasks):
        yield "review" if n % 5 == 0 else "pack"
    edges = list(accumulate(KINDS.values()))
    for n in range(orders - tasks):
        # A stride that meets every kind wherever one looks.
        at = n * 61_803 % edges[-1]
        yield next(kind for kind, edge in zip(KINDS, edges, strict=True) if at < edge)


def _again(connection: Connection, table: Table, key: str, n: int) -> str:
    """The rows of the `n`th template, once for each of its kind in the series."""
    number = NUMBER % n
    columns = [column for column in table.columns if not _is_counted(table, column)]
    names = ", ".join(f'"{column.name}"' for column in columns)
    copied = ", ".join(_copied(connection.dialect.name, column, number) for column in columns)
    those = f"""WHERE o."{key}" LIKE '{number}%' AND s.kind = :kind"""
    found = f'SELECT {copied} FROM "{table.name}" o, series s {those}'  # noqa: S608 - our own names
    return f'INSERT INTO "{table.name}" ({names}) {found}'


def _is_counted(table: Table, column: Column[object]) -> bool:
    return bool(table.primary_key.columns.values() == [column]) and isinstance(column.type, Integer)


def _copied(dialect: str, column: Column[object], number: str) -> str:
    name = f'o."{column.name}"'
    if isinstance(column.type, Instant):
        if dialect == "postgresql":
            return f"{name} - s.seconds * interval '1 second'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', {name}, -s.seconds || ' seconds')"
    if isinstance(column.type, JSON) and dialect == "postgresql":
        return f"CAST({_replaced(f'CAST({name} AS TEXT)', number)} AS JSON)"
    return name if isinstance(column.type, FIGURES) else _replaced(name, number)


def _replaced(value: str, number: str) -> str:
    for old, new in (
        (number, "s.number"),
        (number.lower(), "lower(s.number)"),
        (EMAIL, "s.email"),
        (NAME, "s.name"),
        (NAME.lower(), "lower(s.name)"),
    ):
        value = f"replace({value}, '{old}', {new})"
    return value
