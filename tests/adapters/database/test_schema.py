"""A database is brought up to date once, by whoever comes first, and never backwards."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from adapters.database.engine import Database
from adapters.database.order.orders import Orders
from adapters.database.schema import every_table, migrate
from domain.errors import SettingsRefused
from tests.adapters.database.given import NOW, a_placement, all_at_once, an_order


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request, tmp_path):
    """A database without tables."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/bare.db")
        yield opened
        opened.close()
        return
    url = request.getfixturevalue("postgres_url")
    with Database(url).engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CREATE DATABASE bare"))
    opened = Database(url.replace("/postgres", "/bare"))
    yield opened
    opened.close()
    with Database(url).engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("DROP DATABASE bare"))


def test_migrations_make_the_tables_the_code_knows(bare):
    migrate(bare)
    with bare.read() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, every_table()) == []


def test_an_up_to_date_database_is_left_as_it_is(bare):
    migrate(bare)
    Orders(bare.url).place(an_order(), a_placement(), NOW)
    migrate(bare)
    assert Orders(bare.url).unstarted(10) == ["1001"]


def test_five_who_migrate_at_once_do_not_disturb_each_other(bare):
    assert all_at_once(lambda _: migrate(bare)) == [None] * 5
    assert "orders" in inspect(bare.engine).get_table_names()


def test_a_database_of_a_newer_orderkeeper_is_refused(bare):
    migrate(bare)
    with bare.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsRefused, match="9999"):
        migrate(bare)
