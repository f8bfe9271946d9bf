"""No part outlives its parent, on any system."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from starter.server import leash

ROOT = Path(leash.__file__).parents[2]
ANNOUNCES = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(60)"


def alive(pid: int) -> bool:
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()[:1] not in ("", "Z")


def start(code: str) -> tuple[subprocess.Popen[str], int]:
    """Our process and the pid that what it runs tells."""
    started = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert started.stdout is not None
    return started, int(started.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills for us")
def test_a_part_ends_with_a_parent_that_was_killed():
    command = [sys.executable, "-I", leash.__file__]
    parent, pid = start(f"""
import os, subprocess, sys
subprocess.Popen({command!r} + [str(os.getpid()), sys.executable, "-c", {ANNOUNCES!r}]).wait()
""")
    assert parent.stdout is not None
    assert alive(pid)

    parent.kill()
    # The part holds the other end: this comes back once it is dead.
    assert parent.stdout.read() == ""
    assert not alive(pid)
    parent.communicate()


def watched() -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-c", ANNOUNCES]
    return start(f"import sys; from starter.server.leash import watch; sys.exit(watch({command!r}) % 256)")


def test_where_the_system_does_not_help_a_part_ends_with_the_pipe_to_its_parent():
    leashed, pid = watched()
    assert leashed.stdin is not None

    leashed.stdin.close()
    leashed.stdin = None
    leashed.communicate()

    assert not alive(pid)
    assert leashed.returncode == -signal.SIGKILL % 256


def test_a_request_to_stop_is_passed_on():
    leashed, pid = watched()

    os.kill(leashed.pid, signal.SIGTERM)
    # The pipe stays open until it has ended, so that only the request can have ended it.
    leashed.wait()
    leashed.communicate()

    assert not alive(pid)
    assert leashed.returncode == -signal.SIGTERM % 256


def test_a_part_whose_parent_died_before_it_could_ask_does_not_start():
    nobody = "1" if os.getppid() != 1 else "2"
    ended = subprocess.run(
        [sys.executable, "-I", leash.__file__, nobody, sys.executable, "-c", "print('started')"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    if sys.platform == "linux":
        assert (ended.returncode, ended.stdout) == (1, "")
