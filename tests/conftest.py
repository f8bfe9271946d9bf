"""What tests of every room share: fresh databases, SQLite's and PostgreSQL's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database.engine import Database
from adapters.database.schema import every_table
from tests.postgres import postgres


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "empty.db"
    made = Database(f"sqlite:///{file}")
    every_table().create_all(made.engine)
    made.close()
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL that lives as long as the tests run, with every table."""
    with postgres() as url:
        made = Database(url)
        every_table().create_all(made.engine)
        yield url
        made.close()


@pytest.fixture
def sqlite_database(empty_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database; adapters open it by its `url`."""
    file = tmp_path / "orders.db"
    shutil.copy(empty_sqlite, file)
    opened = Database(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """An empty PostgreSQL database; adapters open it by its `url`."""
    opened = Database(postgres_url)
    with opened.write() as session:
        for table in reversed(every_table().sorted_tables):
            session.connection().execute(table.delete())
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of either kind; a test that asks for it runs on both."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened
