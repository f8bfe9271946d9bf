"""What tests of every room share: fresh databases, SQLite's and PostgreSQL's."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

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
WHOLE_MACHINE = ("tests/e2e/", "tests/crash/test_at_large.py", "tests/crash/test_stuck.py")
MOSTLY_WAITING = "tests/crash/"


class Spread(LoadScopeScheduling):  # type: ignore[misc] # it comes without types
    """Which tests go together to one process: those of a file, and all that want a whole machine."""

    def _split_scope(self, nodeid: str) -> str:
        return "machine" if nodeid.startswith(WHOLE_MACHINE) else str(nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Spread(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(WHOLE_MACHINE),
            not item.nodeid.startswith(MOSTLY_WAITING),
        )
    )


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
