"""The scenario files among the shop's files."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from domain.facts import Facts
from flow.finding import Finding
from flow.load.scenario_order import Samples
from flow.load.scenarios import SUFFIX, Shelf, read_scenarios
from flow.scenario import Scenario


def is_scenarios(path: str) -> bool:
    """Whether a file of the config folder has scenarios in it, beside the flow of the same name."""
    return path.endswith(SUFFIX)


def flow_of(path: str) -> str:
    """The flow that a file of scenarios is about: `standard.test.yaml`, or `standard.money.test.yaml`."""
    return PurePosixPath(path).name.partition(".")[0]


def scenarios_of(
    files: Mapping[str, str], shelf: Shelf, samples: Samples, name: str = ""
) -> tuple[list[Scenario], list[Finding]]:
    """The scenarios of all files, or of those about the flow `name`; with findings, they are not whole."""
    found: list[Scenario] = []
    findings: list[Finding] = []
    for path in sorted(files):
        if is_scenarios(path) and name in ("", flow_of(path)):
            scenarios, wrong = read_scenarios(files[path], path, shelf, samples)
            found += scenarios
            findings += wrong
    return found, findings


def check_scenarios(files: Mapping[str, str], shelf: Shelf) -> list[Finding]:
    """Every finding in any of them; whether a sample order is there is not asked."""
    return scenarios_of(files, shelf, _any_order)[1]


def _any_order(_name: str) -> Facts:
    return {}
