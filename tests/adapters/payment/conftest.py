"""Tills over a fresh database."""

import pytest

from tests.adapters.payment.till import Till


@pytest.fixture
def till(database):
    return Till(database)


@pytest.fixture
def quick(sqlite_database):
    """Where both databases would say the same."""
    return Till(sqlite_database)
