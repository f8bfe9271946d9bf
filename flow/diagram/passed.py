"""The way an order took through its flow, out of the steps that its timeline tells of."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from flow.graph import edges
from flow.model import Each, Flow


def way_taken(flow: Flow, told: Iterable[str]) -> tuple[str, ...]:
    """
    `told` in its order, each stay once, with the lanes' steps, of which no timeline tells, filled in.
    Steps of another version of the flow are left out.
    """
    return tuple(_filled(flow, [step for step, _ in groupby(told) if step in flow.by_id]))


def _filled(flow: Flow, steps: list[str]) -> Iterator[str]:
    ways = {(edge.start, edge.to) for edge in edges(flow)}
    lanes = [step.id for step in flow.steps if isinstance(step.does, Each)]
    before = ""
    for step in steps:
        if before and (before, step) not in ways:
            yield from (each for each in lanes if {(before, each), (each, step)} <= ways)
        yield step
        before = step


def standing_at(flow: Flow, way: tuple[str, ...], title: str) -> str:
    """The place of that title that the way leads to, else any of that title; empty when there is none."""
    last = way[-1] if way else ""
    near = {edge.to for edge in edges(flow) if edge.start == last} | {last}
    titled = [place.id for place in flow.by_id.values() if place.title == title]
    return next((id for id in titled if id in near), titled[0] if titled else "")


def lanes_step(flow: Flow, way: tuple[str, ...]) -> str:
    """The step at which the order's lanes run, if that is where the way leads."""
    last = way[-1] if way else ""
    near = {edge.to for edge in edges(flow) if edge.start == last} | {last}
    return next((step.id for step in flow.steps if isinstance(step.does, Each) and step.id in near), "")
