"""
Runs one part of `orders up` so that it ends when its parent does, even when that was killed.

    python leash.py PARENT_PID PROGRAM ARGUMENT...

Linux kills the program for us. Elsewhere this process stays and watches its standard input, a pipe
that only the parent holds open.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def run_in_place(parent: int, command: Sequence[str]) -> None:
    """Become `command`. On Linux alone."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl refused")
    # It may have died before we asked.
    if os.getppid() != parent:
        sys.exit(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.execv(command[0], list(command))  # noqa: S606 - no shell is wanted


def watch(command: Sequence[str]) -> int:
    """Run `command` until it ends or standard input does. Answers with its exit code."""
    running: list[subprocess.Popen[bytes]] = []

    def stop(*_: object) -> None:
        for child in running:
            child.terminate()
        if not running:
            sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own parts
    running.append(child)
    threading.Thread(target=_kill_at_end_of_input, args=(child,), daemon=True).start()
    return child.wait()


def _kill_at_end_of_input(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1):
        pass
    child.kill()


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        run_in_place(int(parent), command)
    sys.exit(watch(command))


if __name__ == "__main__":
    main()
