"""Where the parts of `orders up` listen, written down for every other command of the same data folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from domain.errors import SettingsRefused

NAME = "up.json"
LOCK = "up.lock"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`temporal` and `smtp` are host:port; `smtp` is empty when the shop has its own mail server."""

    temporal: str
    namespace: str
    smtp: str
    task_queue: str
    speed: float
    pid: int

    def write(self, data: Path) -> None:
        """Whole or not at all: others may be reading."""
        draft = data / f"{NAME}.new"
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        draft.replace(data / NAME)


def read(data: Path) -> Whereabouts | None:
    """Where the `orders up` of this data folder listens; None when none has said so."""
    try:
        told = json.loads((data / NAME).read_text(encoding="utf-8"))
        return Whereabouts(**told)
    except (OSError, ValueError, TypeError):
        return None


def forget(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """
    Be the only `orders up` of the data folder until this process ends, however it ends.

    :raises SettingsRefused: another one runs there, or the folder cannot be made.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsRefused(f"{data} cannot be the data folder: {error.strerror}.") from error
    with (data / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            who = lock.read().strip() or "unknown"
            raise SettingsRefused(f"orders up already runs on {data} (process {who}).") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
