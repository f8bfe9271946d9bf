"""`orders up` for real: it serves, mends itself, and leaves nothing behind, however it ends."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from starter.client import connect
from starter.server.ports import any_free

# Waits end as soon as there is what they wait for; this only bounds a failure.
PATIENCE_SECONDS = 120.0
ROOT = Path(__file__).parents[2]
ORDERS = (sys.executable, "-c", "from starter.cli.main import main; main()")
PARTS = {"Temporal": "start-dev", "mail sink": "starter.cli.sink", "worker": "-m worker"}


class Machine:
    """An `orders up` on a data folder of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = any_free()
        self.said = ""
        self.process = subprocess.Popen(
            [*ORDERS, *self.command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=clean_environment() | environment,
            cwd=ROOT,
        )

    @property
    def command(self) -> list[str]:
        return ["up", "--data", str(self.data), "--temporal-port", str(self.port), "--no-console"]

    def hear(self, words: str) -> None:
        """Read what is said until `words` have been."""
        assert self.process.stdout is not None
        ends = time.monotonic() + PATIENCE_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while words not in self.said:
                assert selector.select(ends - time.monotonic()), f"{words!r} was never said:\n{self.said}"
                piece = os.read(self.process.stdout.fileno(), 65536).decode()
                assert piece, f"it ended without saying {words!r}:\n{self.said}"
                self.said += piece

    def parts(self) -> dict[str, int]:
        """Name -> process of each part that runs."""
        told = subprocess.run(["ps", "-Ao", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in told.stdout.splitlines()]
        ours = [(int(row[0]), row[2]) for row in rows if int(row[1]) == self.process.pid]
        return {name: pid for name, words in PARTS.items() for pid, args in ours if words in args}

    def here(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "up.json").read_text()))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=PATIENCE_SECONDS)[0].decode()
        return self.process.returncode


def clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TEMPORAL_", "ORDERKEEPER_"))
    }


def comes_true(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()[:1] not in ("", "Z")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    made = Machine(tmp_path_factory.mktemp("shop"))
    made.hear("\nready\n")
    yield made
    with suppress(ProcessLookupError):
        made.process.kill()
    made.process.communicate()


async def test_it_serves_where_it_says_and_keeps_closed_histories_90_days(machine: Machine):
    here = machine.here()
    smtp_port = int(here["smtp"].rpartition(":")[2])

    client = await connect(here["temporal"], here["namespace"])
    question = DescribeNamespaceRequest(namespace=here["namespace"])
    told = await client.workflow_service.describe_namespace(question)
    with socket.create_connection(("127.0.0.1", smtp_port)) as mail:
        assert mail.recv(3) == b"220"

    assert told.config.workflow_execution_retention_ttl.ToTimedelta().days == 90
    assert here["pid"] == machine.process.pid
    assert here["temporal"] == f"127.0.0.1:{machine.port}"
    assert set(machine.parts()) == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_killed_comes_back(machine: Machine, name: str):
    killed = machine.parts()[name]
    os.kill(killed, signal.SIGKILL)

    machine.hear(f"{name} is back")

    assert machine.parts()[name] != killed


def test_a_second_one_on_the_same_folder_is_refused_and_the_first_goes_on(machine: Machine):
    second = subprocess.run(
        [*ORDERS, "up", "--data", str(machine.data)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd=ROOT,
        check=False,
        timeout=PATIENCE_SECONDS,
    )

    assert second.returncode == 1
    assert f"orders up already runs on {machine.data} (process {machine.process.pid})." in second.stderr
    assert machine.process.poll() is None
    assert machine.here()["pid"] == machine.process.pid


def test_killed_it_leaves_nothing_running_and_starts_again(machine: Machine):
    parts = machine.parts()
    machine.process.kill()
    machine.process.wait()

    assert comes_true(lambda: not any(map(alive, parts.values())))

    again = Machine(machine.data)
    again.hear("\nready\n")
    parts = again.parts()
    assert again.stop() == 0
    stops = [again.said.index(f"stopping {name}") for name in ("worker", "mail sink", "Temporal")]
    assert stops == sorted(stops)
    assert not (machine.data / "up.json").exists()
    assert not any(map(alive, parts.values()))
