"""Writers of one SQLite file take turns, in this process and beside it."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.database.turns import Turns
from domain.errors import DatabaseUnavailable


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "shop.db.turn")


def test_two_writers_are_never_at_it_together(file):
    turns = [Turns(file), Turns(file)]  # as two processes would have them
    under_way: list[int] = []
    most: list[int] = []

    def write(n: int) -> None:
        with turns[n % 2].mine(30):
            under_way.append(n)
            most.append(len(under_way))
            under_way.remove(n)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(200)))
    assert most == [1] * 200


def test_who_waits_in_vain_for_another_process_is_told_so_and_may_try_again(file):
    mine = Turns(file)
    other = os.open(file, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(DatabaseUnavailable, match="too busy"), mine.mine(0.01):
        pass
    os.close(other)
    with mine.mine(30):
        pass


def test_who_waits_in_vain_for_a_colleague_is_told_so(file):
    mine = Turns(file)
    with mine.mine(30), pytest.raises(DatabaseUnavailable, match="too busy"), mine.mine(0.01):
        pass


def test_a_write_that_fails_gives_the_turn_on(file):
    mine = Turns(file)
    with pytest.raises(ZeroDivisionError), mine.mine(30):
        raise ZeroDivisionError
    with mine.mine(30):
        pass
