"""Which ways lead back, and in what order the rest of a flow is laid out."""

from collections.abc import Mapping
from itertools import pairwise

from flow.diagram.sketch import Sketch

Way = tuple[str, int]  # a node, and which of its exits


def ways_back(drawn: Sketch) -> frozenset[Way]:
    """Ways up the file, to a place that an order on them may have come from."""
    rank = _ranks(drawn)
    return frozenset(
        (node.id, n)
        for node in drawn.nodes
        for n, exit in enumerate(node.exits)
        if exit.to in rank and rank[exit.to] <= rank[node.id] and node.id in _ahead_of(drawn, exit.to)
    )


def _ranks(drawn: Sketch) -> dict[str, tuple[float, int]]:
    """The order of the file; a step of the happy path stands after the one before it all the same."""
    ranks = {node.id: (float(n), n) for n, node in enumerate(drawn.nodes)}
    for before, after in pairwise(drawn.happy):
        ranks[after] = max(ranks[after], (ranks[before][0] + 0.5, ranks[after][1]))
    return ranks


def _ahead_of(drawn: Sketch, start: str) -> frozenset[str]:
    """`start`, and wherever an order can come to from there."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        if here in drawn.by_id and here not in seen:
            seen.add(here)
            ahead.extend(exit.to for exit in drawn.by_id[here].exits)
    return frozenset(seen)


def comes_from(drawn: Sketch, back: frozenset[Way]) -> dict[str, tuple[str, ...]]:
    """Node -> those that lead on to it, in the order of the file."""
    found: dict[str, dict[str, None]] = {node.id: {} for node in drawn.nodes}
    for node in drawn.nodes:
        for n, way_out in enumerate(node.exits):
            if (node.id, n) not in back and way_out.to in found:
                found[way_out.to][node.id] = None
    return {id: tuple(each) for id, each in found.items()}


def in_turn(drawn: Sketch, before: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """
    Every node after those that lead to it: a branch to its end first, then the next, those that come back
    to the happy path before others, and the happy path only once nothing beside it can be laid out.
    """
    rank = {node.id: n for n, node in enumerate(drawn.nodes)}
    happy, joins = frozenset(drawn.happy), joining(drawn, before)
    turns: dict[str, None] = {}
    last = ""
    while len(turns) < len(rank):
        ready = [id for id in rank if id not in turns and all(each in turns for each in before[id])]
        after = frozenset(id for id in ready if last in before[id])
        last = min(
            ready, key=lambda each: (each in happy, each not in joins, each not in after, rank[each])
        )
        turns[last] = None
    return tuple(turns)


def joining(drawn: Sketch, before: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Places beside the happy path from which it goes on without going back."""
    found: set[str] = set()
    ahead = [each for id in drawn.happy[:-1] for each in before[id]]
    while ahead:
        here = ahead.pop()
        if here not in found and here not in drawn.happy:
            found.add(here)
            ahead.extend(before[here])
    return frozenset(found)
