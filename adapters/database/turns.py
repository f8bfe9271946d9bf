"""Who writes to an SQLite file next: one after the other, each as soon as it is its turn."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from domain.errors import DatabaseUnavailable

LOOK_AGAIN_SECONDS = 0.002


class Turns:
    """
    Threads of this process queue for one lock, processes for a lock on `file`, which stays empty.

    SQLite by itself lets writers look again after up to 100 ms each: some then wait for seconds while
    nobody writes. The kernel frees the lock of a process that was killed.
    """

    def __init__(self, file: str) -> None:
        self._here = Lock()
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def mine(self, seconds: float) -> Iterator[None]:
        """:raises DatabaseUnavailable: the others were not done within `seconds`."""
        until = time.monotonic() + seconds
        if not self._here.acquire(timeout=seconds):
            raise _busy()
        try:
            while not self._lock_file():
                if time.monotonic() > until:
                    raise _busy()
                time.sleep(LOOK_AGAIN_SECONDS)
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._here.release()

    def _lock_file(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _busy() -> DatabaseUnavailable:
    return DatabaseUnavailable("The database is too busy at the moment.")


@cache
def turns_at(database: str) -> Turns:
    """One for a process and database file, however many adapters open it."""
    return Turns(f"{database}.turn")
