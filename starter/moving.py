"""Open orders and other versions of their flows: which could move, which not, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.moving import LaneAt, SubjectAt
from flow.model import Flow, loads
from flow.moving import Place, why_not


class Shelf(Protocol):
    """Published definitions, and where every open order stands."""

    def definition(self, sha256: str) -> str: ...

    def standings(self, flow: str = "") -> Sequence[SubjectAt]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Whether an open order or return could go on under other versions; `why` says why not.

    `changes` are the flows of its open lanes that would be other versions; without any, nothing would
    change for it now.
    """

    at: SubjectAt
    changes: tuple[str, ...]
    why: str = ""

    @property
    def can_move(self) -> bool:
        return bool(self.changes) and not self.why


Where = tuple[str, str, str]  # flow, version, step
Standing = tuple[Verdict, LaneAt]


def by_step(found: Iterable[Verdict]) -> dict[Where, list[Standing]]:
    """Who stands at which step of which version."""
    groups: dict[Where, list[Standing]] = {}
    for verdict in found:
        for lane in verdict.at.lanes:
            groups.setdefault((lane.flow, lane.flow_hash[:12], lane.step), []).append((verdict, lane))
    return dict(sorted(groups.items()))


def reasons(standing: Sequence[Standing]) -> list[str]:
    """Why those that stay do, each reason with how many, such as `3: it is on hold`."""
    whys = Counter(_general(verdict) for verdict, _ in standing if verdict.why)
    return [f"{many}: {why}" for why, many in whys.most_common()]


def _general(verdict: Verdict) -> str:
    """Without the number of the lane: many stay for the same reason."""
    lanes = {lane.id for lane in verdict.at.lanes}
    lane, _, rest = verdict.why.partition(": ")
    return rest if lane in lanes else verdict.why


def verdicts(shelf: Shelf, versions: Mapping[str, Flow], flow: str = "") -> Iterator[Verdict]:
    """
    One for everything open, or for what has something open in `flow`. What its workflow says when it is
    moved counts; this looks ahead.
    """
    known: dict[str, Flow] = {flow.sha256: flow for flow in versions.values()}

    def definition(sha256: str) -> Flow:
        if sha256 not in known:
            known[sha256] = loads(shelf.definition(sha256))
        return known[sha256]

    for at in shelf.standings(flow):
        changes = {
            lane.flow: None
            for lane in at.lanes
            if lane.flow in versions and versions[lane.flow].sha256 != lane.flow_hash
        }
        places = [_place(lane, definition(lane.flow_hash)) for lane in at.lanes]
        yield Verdict(at, tuple(changes), why_not(places, versions, at.holds) if changes else "")


def _place(lane: LaneAt, flow: Flow) -> Place:
    return Place(lane.id, flow, lane.step, lane.phase, lane.walk, lane.leaving)
