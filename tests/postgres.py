"""A PostgreSQL of our own for the tests: a private port, a temporary folder, gone afterwards."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

# It refuses to run as root; the first of these accounts that exists runs it then.
ACCOUNTS = ("postgres", "nobody")
# Nothing has to survive the tests.
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database, for as long as the block runs; skips where there are no binaries."""
    binaries = _binaries()
    with TemporaryDirectory(prefix="orderkeeper-pg-", ignore_cleanup_errors=True) as folder:
        data, port = Path(folder) / "data", _free_port()
        _hand_over(folder)
        _run(binaries / "initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {QUICK}"
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://shop@127.0.0.1:{port}/postgres"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _binaries() -> Path:
    asked = shutil.which("pg_config")
    if asked is None:
        pytest.skip("PostgreSQL is not installed here: pg_config is not on the PATH")
    answer = subprocess.run([asked, "--bindir"], check=True, capture_output=True, text=True)
    folder = Path(answer.stdout.strip())
    if not (folder / "initdb").exists():
        pytest.skip(f"PostgreSQL's server is not installed here: no initdb in {folder}")
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hand_over(folder: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, _account())


def _account() -> str:
    known = Path("/etc/passwd").read_text()
    for name in ACCOUNTS:
        if f"{name}:" in known:
            return name
    pytest.skip("PostgreSQL does not run as root, and there is no other account here")


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", _account(), "--", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr or done.stdout
