"""
What the database itself refuses: to alter or delete what is only ever added.

Every migration puts the guards up anew, so that none is lost when tables are made over. Personal words
may be emptied: the customer and the staff have a right to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text
from sqlmodel import SQLModel

from adapters.database.tables.audit import AuditRow
from adapters.database.tables.consent import ConsentRow
from adapters.database.tables.documents import BillPage, BillRow
from adapters.database.tables.money import PostingRow
from adapters.database.tables.stock import Movement
from adapters.database.upsert import table_of

SAID = "is only added to, never altered"


@dataclass(frozen=True, slots=True)
class Guard:
    """`erasable` columns may be emptied."""

    model: type[SQLModel]
    erasable: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return table_of(self.model)


GUARDS = (
    Guard(PostingRow),
    Guard(Movement, ("by", "why")),
    Guard(AuditRow, ("by", "why", "whom", "salt")),
    Guard(BillRow, ("recipient",)),
    Guard(BillPage, ("page",)),
    Guard(ConsentRow, ("email", "source")),
)


def raise_guards(connection: Connection) -> None:
    """Put them up; those that stand are left."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_REFUSE))
    for guard in GUARDS:
        for statement in _statements(connection, guard):
            connection.exec_driver_sql(statement)


def missing(connection: Connection) -> list[str]:
    """Tables that stand unguarded."""
    if connection.dialect.name == "postgresql":
        # One that is switched off guards nothing.
        found = text("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
    else:
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    standing = {row[0] for row in connection.execute(found)}
    names = _names(connection)
    return [g.table.name for g in GUARDS if not {f"{g.table.name}_{n}" for n in names} <= standing]


def _names(connection: Connection) -> tuple[str, ...]:
    kept = ("never_altered", "never_deleted")
    return (*kept, "never_emptied") if connection.dialect.name == "postgresql" else kept


def _statements(connection: Connection, guard: Guard) -> Iterator[str]:
    table, same = guard.table.name, _unchanged(connection, guard)
    if connection.dialect.name == "postgresql":
        refuse = "EXECUTE FUNCTION refuse_change()"
        rows = f"ON {table} FOR EACH ROW"
        put = "CREATE OR REPLACE TRIGGER"
        yield f"{put} {table}_never_altered BEFORE UPDATE {rows} WHEN (NOT ({same})) {refuse}"
        yield f"{put} {table}_never_deleted BEFORE DELETE {rows} {refuse}"
        yield f"{put} {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {SAID}'); END"
    put = "CREATE TRIGGER IF NOT EXISTS"
    yield f"{put} {table}_never_altered BEFORE UPDATE ON {table} WHEN NOT ({same}) {refuse}"
    yield f"{put} {table}_never_deleted BEFORE DELETE ON {table} {refuse}"


def _unchanged(connection: Connection, guard: Guard) -> str:
    """What an UPDATE may be, in SQL: of the erasable columns some are emptied, and nothing else."""
    if not guard.erasable:
        return "FALSE"
    same = "IS NOT DISTINCT FROM" if connection.dialect.name == "postgresql" else "IS"
    kept = [
        f'NEW."{column.name}" {same} OLD."{column.name}"'
        for column in guard.table.columns
        if column.name not in guard.erasable
    ]
    emptied = [f'NEW."{name}" IN (\'\', OLD."{name}")' for name in guard.erasable]
    return " AND ".join([*kept, *emptied])


_REFUSE = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% {SAID}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
