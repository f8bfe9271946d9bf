"""What tests of every room share: fresh databases, SQLite's and PostgreSQL's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database.engine import Database
from adapters.database.guards import raise_guards
from adapters.database.schema import every_table
from tests.postgres import postgres
from tests.tampering import lift_guards


def _build(database: Database) -> None:
    with database.engine.begin() as connection:
        every_table().create_all(connection)
        raise_guards(connection)


# Tests that each want a whole machine: two at a time only make one another late.
WHOLE_MACHINE = ("e2e", "crash/test_at_large.py", "crash/test_stuck.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file go together; those of a whole machine, then those that wait, begin."""
    rooms = Path(__file__).parent
    files = {item: item.path.relative_to(rooms).as_posix() for item in items}
    big = {item: file.startswith(WHOLE_MACHINE) for item, file in files.items()}
    for item in items:
        item.add_marker(pytest.mark.xdist_group("machine" if big[item] else files[item]))
    items.sort(key=lambda item: (not big[item], not files[item].startswith("crash/")))


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "empty.db"
    made = Database(f"sqlite:///{file}")
    _build(made)
    made.close()
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL that lives as long as the tests run, with every table."""
    with postgres() as url:
        made = Database(url)
        _build(made)
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
        lift_guards(session)
        for table in reversed(every_table().sorted_tables):
            session.connection().execute(table.delete())
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of either kind; a test that asks for it runs on both."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened
