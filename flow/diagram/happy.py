"""The happy path: the way through a flow that an order takes when all goes well."""

import heapq

from flow.diagram.words import GOOD
from flow.graph import Edge, Way, edges_of
from flow.model import Ask, Flow, Step, WaitFor

SECOND_BEST = 2
WRONG = {Way.ROW: 1, Way.LATE: 50, Way.REFUSAL: 100}


def happy_path(flow: Flow) -> tuple[str, ...]:
    """
    From the first step to an end, by first answers and choices, by `otherwise`, never late where that
    can be: to a good end where there is one, else to the nearest.
    """
    cost, origin = _costs(flow)
    ends = [end for end in flow.ends if end.id in cost]
    good = [end for end in ends if end.state in GOOD] or ends
    if not good:
        return (flow.first,)
    here = min(good, key=lambda end: cost[end.id]).id
    way = [here]
    while here != flow.first:
        here = origin[here]
        way.append(here)
    return tuple(reversed(way))


def _costs(flow: Flow) -> tuple[dict[str, int], dict[str, str]]:
    """Of each place that can be come to: how unhappy the best way there is, and its last step."""
    rank = {id: n for n, id in enumerate(flow.by_id)}
    cost, origin = {flow.first: 0}, {flow.first: ""}
    ahead = [(0, rank[flow.first], flow.first)]
    while ahead:
        spent, _, here = heapq.heappop(ahead)
        place = flow.by_id[here]
        if spent > cost[here] or not isinstance(place, Step):
            continue
        for edge in edges_of(place):
            total = spent + _price(place, edge)
            if edge.to in rank and total < cost.get(edge.to, total + 1):
                cost[edge.to], origin[edge.to] = total, here
                heapq.heappush(ahead, (total, rank[edge.to], edge.to))
    return cost, origin


def _price(step: Step, edge: Edge) -> int:
    match step.does, edge.way:
        case Ask() as ask, Way.ANSWER:
            return 0 if ask.answers[0].name == edge.name else SECOND_BEST
        case WaitFor() as wait, Way.CHOICE:
            return 0 if next(iter(wait.choices)) == edge.name else SECOND_BEST
    return WRONG.get(edge.way, 0)
