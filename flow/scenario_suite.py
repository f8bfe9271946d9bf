"""All scenarios of a shop, or of one flow, and how much of the flows they come through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from flow.coverage import Branch, branches
from flow.finding import refuse
from flow.load.flow import draft_flow
from flow.load.scenario_order import Samples
from flow.load.scenarios import Shelf
from flow.model import Flow
from flow.scenario import Place
from flow.scenario_files import is_scenarios, scenarios_of
from flow.scenario_run import Played, run
from flow.shop import Shop


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a flow's branches its own scenarios took, and where those stand that none took."""

    flow: str
    branches: int
    missing: tuple[tuple[Branch, Place], ...]

    @property
    def taken(self) -> int:
        return self.branches - len(self.missing)


@dataclass(frozen=True, slots=True)
class Report:
    played: tuple[Played, ...]
    coverage: tuple[Coverage, ...]

    @property
    def failed(self) -> int:
        return sum(bool(each.failures) for each in self.played)

    @property
    def whole(self) -> bool:
        """Whether no branch was left out."""
        return not any(each.missing for each in self.coverage)


def run_all(files: Mapping[str, str], shop: Shop, samples: Samples, name: str = "") -> Report:
    """
    Every scenario, or those of one flow.

    :raises FlowRefused: a file of scenarios has findings; nothing is run in part.
    """
    shelf = Shelf(shop.flows, shop.catalogue, shop.calendars)
    scenarios, findings = scenarios_of(files, shelf, samples, name)
    refuse(findings)
    played = tuple(run(scenario, shop) for scenario in scenarios)
    flows = [flow for flow in shop.flows.values() if name in ("", flow.name)]
    return Report(played, tuple(_coverage(flow, played, files) for flow in flows))


def _coverage(flow: Flow, played: Sequence[Played], files: Mapping[str, str]) -> Coverage:
    taken = {branch for each in played if each.scenario.flow == flow.name for branch in each.taken}
    known = branches(flow)
    missing = [branch for branch in known if branch not in taken]
    return Coverage(flow.name, len(known), _placed(flow.name, missing, files))


def _placed(
    flow: str, missing: Sequence[Branch], files: Mapping[str, str]
) -> tuple[tuple[Branch, Place], ...]:
    """Each with its place in the flow's file."""
    if not missing:
        return ()
    path = next(path for path in files if PurePosixPath(path).name == f"{flow}.yaml" and _is_flow(path))
    book = draft_flow(files[path], path).book
    nodes = [book.at(branch.where) for branch in missing]
    places = [Place(path, node.line, node.column) for node in nodes]
    return tuple(zip(missing, places, strict=True))


def _is_flow(path: str) -> bool:
    return PurePosixPath(path).parent.name == "flows" and not is_scenarios(path)
