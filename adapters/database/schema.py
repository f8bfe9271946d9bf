"""
Brings a database up to the tables this code knows.

After a change of tables, `python -m adapters.database.schema revision "add what"` writes the next
migration under migrations/versions, for a person to check.
"""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlmodel import SQLModel

from adapters.database import tables
from adapters.database.engine import Database
from adapters.database.guards import raise_guards
from domain.errors import SettingsRefused

MIGRATIONS = Path(__file__).with_name("migrations")
# Any number will do, as long as no other program of the shop locks with it.
MIGRATING = 7_233_001


def every_table() -> MetaData:
    """All tables of the house."""
    for module in iter_modules(tables.__path__):
        import_module(f"{tables.__name__}.{module.name}")
    return SQLModel.metadata


def migrate(database: Database) -> None:
    """
    Bring the database up to date; processes that do so at the same time wait for each other.

    :raises SettingsRefused: it was written by a newer Orderkeeper.
    :raises DatabaseUnavailable: it is locked or not there.
    """
    if _is_current(database):
        return  # and no reader waits for a writer
    with database.write() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            # Whoever migrates may take longer than a writer is waited for.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": MIGRATING})
        config = _config(connection)
        _refuse_newer(connection, config)
        command.upgrade(config, "head")
        raise_guards(connection)


def _is_current(database: Database) -> bool:
    with database.read() as session:
        connection = session.connection()
        heads = ScriptDirectory.from_config(_config(connection)).get_heads()
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def revise(message: str) -> Path:
    """Write the migration that leads from the last one to the tables as they stand."""
    with TemporaryDirectory() as folder:
        scratch = Database(f"sqlite:///{folder}/scratch.db")
        migrate(scratch)
        with scratch.write() as session:
            config = _config(session.connection())
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            made = command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        scratch.close()
    assert made is not None
    assert not isinstance(made, list)
    return Path(made.path)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    newer = set(MigrationContext.configure(connection).get_current_heads()) - known
    if newer:
        raise SettingsRefused(
            f"This database is of a newer Orderkeeper (its tables are at {min(newer)}): update Orderkeeper."
        )


if __name__ == "__main__":
    if sys.argv[1:2] != ["revision"] or len(sys.argv) != 3:  # noqa: PLR2004 (command and message)
        sys.exit('usage: python -m adapters.database.schema revision "what changes"')
    sys.stdout.write(f"{revise(sys.argv[2])}\n")
