"""The config folder as it is written now, and how its flows come into force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.shop import config_files, read_shop
from domain.errors import BadInput, FlowRefused
from flow.catalogue import Action
from flow.model import Flow, dumps
from flow.scenario_run import Played
from flow.scenario_suite import Report, run_all
from flow.shop import Shop
from starter.answers import MAX_TEXT
from starter.book import FlowShelf
from starter.sample_orders import samples_of


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A shop's rules, and how its scenarios went with them."""

    shop: Shop
    report: Report

    @property
    def failed(self) -> list[Played]:
        return [played for played in self.report.played if played.failures]

    def publish(self, shelf: FlowShelf, by: str, why: str, at: datetime) -> Sequence[Flow]:
        """
        Let new orders take the flows that changed, all of them or none; they are returned.

        :raises FlowRefused: a scenario failed; nothing is published then.
        :raises BadInput: no reason, or too long a one.
        """
        if not why.strip() or len(why) > MAX_TEXT:
            raise BadInput(f"say why, in up to {MAX_TEXT} characters", "why")
        if self.failed:
            many = "1 scenario" if len(self.failed) == 1 else f"{len(self.failed)} scenarios"
            raise FlowRefused(f"{many} failed, so nothing was published.")
        new = unpublished(shelf, self.shop.flows)
        if new:
            shelf.publish([dumps(flow) for flow in new], by, why.strip(), at)
        return new


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where flows are written. It reads the folder anew each time, as an editor has left it."""

    folder: Path
    actions: Mapping[str, Action]

    def shop(self) -> Shop:
        """:raises FlowRefused: findings, each with file, line and column."""
        return read_shop(self.folder, self.actions)

    def rehearse(self, name: str = "") -> Rehearsal:
        """
        Play the scenarios, or those of one flow; takes seconds.

        :raises FlowRefused: a flow, or a file of scenarios, has findings.
        """
        shop = self.shop()
        return Rehearsal(shop, run_all(config_files(self.folder), shop, samples_of(self.folder), name))


def unpublished(shelf: FlowShelf, flows: Mapping[str, Flow]) -> list[Flow]:
    """Those that are not what new orders take."""
    current = shelf.current()
    return [flow for flow in flows.values() if current.get(flow.name) != flow.sha256]
