"""
Whether orders went the way their flows go, and told people what these say.

O2 each step passed leads to the next one in the flow. N1 of what has ended, every notice its steps send
was written.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import Row, select
from sqlmodel import Session

from adapters.database.tables.flows import DefinitionRow
from adapters.database.tables.journal import LaneRow, TimelineRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.upsert import table_of
from domain.journal import EntryKind
from domain.reconcile import Difference
from flow.graph import Way, edges
from flow.model import Flow, Tell, loads

LANES = table_of(LaneRow).c
NOTICES = table_of(NoticeRow).c
STORY = table_of(TimelineRow).c
LOOK = "Look at its timeline; tell the developers."
AT_ONCE = 2_000


def flow_differences(session: Session) -> Iterator[Difference]:
    """Everything that did not go by its flow."""
    flows = {row.sha256: loads(row.body) for row in session.execute(select(*table_of(DefinitionRow).c))}
    ways = {sha256: _ways(flow) for sha256, flow in flows.items()}
    told = _told(session)
    moved = set(session.scalars(select(STORY.order).where(STORY.kind == EntryKind.MOVE.value).distinct()))
    columns = LANES.id, LANES.order, LANES.flow_hash, LANES.state, LANES.walk, LANES.leaving
    for lane in session.execute(select(*columns).execution_options(yield_per=AT_ONCE)):
        flow = flows.get(lane.flow_hash)
        if lane.order in moved or not lane.flow_hash:
            continue  # it went part of the way by another version
        passed = tuple(lane.walk["passed"])
        if flow is None:
            said = f"{lane.id} follows a version of a flow that is not here ({lane.flow_hash[:12]})."
            yield Difference("O2", lane.order, said, "Was the database put back to an older copy?")
            continue
        yield from _astray(lane, passed, ways[flow.sha256])
        if lane.state:
            yield from _untold(lane, passed, flow, told[lane.id])


def _ways(flow: Flow) -> set[tuple[str, str]]:
    """From each step to all that may be passed next; one that was refused is not passed itself."""
    found = {(edge.start, edge.to) for edge in edges(flow)}
    refusals = [edge for edge in edges(flow) if edge.way == Way.REFUSAL]
    while (
        more := {(start, edge.to) for start, to in found for edge in refusals if edge.start == to} - found
    ):
        found |= more
    return found


def _astray(
    lane: Row[tuple[object, ...]], passed: Sequence[str], ways: set[tuple[str, str]]
) -> Iterator[Difference]:
    # Whoever is on the way out jumps to where the flow ends.
    wrong = () if lane.leaving else (way for way in pairwise(passed) if way not in ways)
    for start, to in wrong:
        said = f"{lane.id} went from {start} to {to}, and its flow does not lead there."
        yield Difference("O2", lane.order, said, LOOK)


def _untold(
    lane: Row[tuple[object, ...]], passed: Sequence[str], flow: Flow, told: set[str]
) -> Iterator[Difference]:
    tells = {step.id for step in flow.steps if isinstance(step.does, Tell)}
    for step in sorted(tells.intersection(passed) - told):
        said = f"{lane.id} passed {flow.step(step).title}, and nothing was ever written."
        yield Difference("N1", lane.order, said, LOOK)


def _told(session: Session) -> dict[str, set[str]]:
    """Lane -> the steps that a notice was written for."""
    found: dict[str, set[str]] = defaultdict(set)
    for id, lane in session.execute(select(NOTICES.id, NOTICES.lane)):
        found[lane].add(id.removeprefix(f"{lane}.").rpartition(".")[0])
    return found
