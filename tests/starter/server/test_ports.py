"""Parts of a machine find a place to listen."""

import socket
from collections.abc import Iterator

import pytest

from domain.errors import SettingsRefused
from starter.server.ports import LOOPBACK, any_free, choose, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_the_usual_port_is_taken_when_nobody_has_it():
    usual = any_free()

    assert choose(None, usual) == usual


def test_another_port_is_found_when_somebody_has_the_usual_one(taken: int):
    port = choose(None, taken)

    assert port != taken
    assert is_free(port)


def test_the_port_a_person_asked_for_is_not_swapped_for_another(taken: int):
    with pytest.raises(SettingsRefused, match=f"Port {taken} of this machine is taken"):
        choose(taken, 7233)

    free = any_free()
    assert choose(free, taken) == free
