"""Several customers at once, in a process of their own; arguments: the database's URL, then orders."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from adapters.database.stock import Stock
from domain.errors import DatabaseUnavailable
from domain.step import Call, StepResult
from tests.goods import MORNING, route

FACTS = {"order": {"express": False}}


def until_answered(step: Callable[[Call], StepResult], call: Call) -> StepResult:
    """What the workflow's retries do."""
    while True:
        try:
            return step(call)
        except DatabaseUnavailable:
            continue


def main(url: str, orders: list[str]) -> None:
    stock = Stock(url, route)
    calls = [Call(n, n, "reserve", 1, f"{n}:reserve:1", MORNING, facts=FACTS) for n in orders]
    with ThreadPoolExecutor(4) as buyers:
        answers = list(buyers.map(lambda call: until_answered(stock.reserve, call), calls))
    said = {call.order: [a.values, a.fulfilments] for call, a in zip(calls, answers, strict=True)}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
