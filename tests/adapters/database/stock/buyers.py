"""Customers in several processes; arguments: the database's URL, then the orders of each, by commas."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from adapters.database.stock.steps import Stock
from domain.errors import DatabaseUnavailable
from domain.step import Call, StepResult
from tests.goods import MORNING, route, ship_by

FACTS = {"order": {"express": False}}


def until_answered(step: Callable[[Call], StepResult], call: Call) -> StepResult:
    """What the workflow's retries do."""
    while True:
        try:
            return step(call)
        except DatabaseUnavailable:
            continue


def buy(url: str, orders: list[str]) -> dict[str, list[object]]:
    """What one process is answered for its orders."""
    stock = Stock(url, route, ship_by)
    calls = [Call(n, n, "reserve", 1, f"{n}:reserve:1", MORNING, facts=FACTS) for n in orders]
    with ThreadPoolExecutor(2) as buyers:
        answers = list(buyers.map(lambda call: until_answered(stock.reserve, call), calls))
    return {call.order: [a.values, a.fulfilments] for call, a in zip(calls, answers, strict=True)}


def main(url: str, shares: list[str]) -> None:
    # Forked, as what has to be imported takes longer than what is measured.
    with get_context("fork").Pool(len(shares)) as processes:
        answers = processes.starmap(buy, [(url, share.split(",")) for share in shares], chunksize=1)
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
