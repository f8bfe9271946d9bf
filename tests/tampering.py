"""Somebody with the database's own password: for tests that plant what nobody else could."""

from sqlalchemy import text
from sqlmodel import Session

from adapters.database.guards import GUARDS


def lift_guards(session: Session) -> None:
    """What is only ever added to can be altered: for good on SQLite, on PostgreSQL until the commit."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for guard in GUARDS:
        for name in ("never_altered", "never_deleted"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {guard.table.name}_{name}"))
