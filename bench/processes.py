"""What the parts of a machine use, as Linux counts it; elsewhere nothing is known."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
# Which part a program is, by a word of its command line.
PARTS = {"start-dev": "server", "starter.cli.sink": "mail", "worker": "worker", "bench.worker": "worker"}
DOORS = "doors"


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu_seconds` since it was started, `memory` in bytes, now."""

    cpu_seconds: float
    memory: int


def usage() -> dict[str, Usage]:
    """Of each part that this process started, and of this process, where the doors are."""
    found = {DOORS: Usage(_own_cpu(), _memory(os.getpid()))}
    for pid in _children():
        part = _part(pid)
        if part:
            found[part] = Usage(_cpu(pid), _memory(pid))
    return found


def _children() -> list[int]:
    places = PROC.glob("self/task/*/children")
    return [int(pid) for place in places for pid in place.read_text(encoding="ascii").split()]


def _part(pid: int) -> str:
    words = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    return next((PARTS[word] for word in words if word in PARTS), "")


def _cpu(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # User and system time; what comes before the last bracket is left out.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> int:
    try:
        pages = (PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
