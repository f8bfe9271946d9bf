"""Screening an order for fraud, by the shop's own scoring rules."""

from collections.abc import Callable
from typing import Protocol

from temporalio import activity

from domain.facts import Facts
from domain.step import Call, StepResult
from flow.catalogue import Action


class FraudRules(Protocol):
    """The shop's scoring rules, as they stand today."""

    def screen(self, facts: Facts) -> StepResult:
        """`score` from 0 to 100, and in `said` the rules that spoke."""
        ...


class Results(Protocol):
    """What steps answered, by their key."""

    def first(self, call: Call, work: Callable[[], StepResult]) -> StepResult:
        """The stored answer to this call, or that of `work`, which is then stored."""
        ...


class FraudActivities:
    def __init__(self, rules: FraudRules, results: Results) -> None:
        self._rules = rules
        self._results = results

    @activity.defn(name="fraud.screen", no_thread_cancel_exception=True)
    def screen(self, call: Call) -> StepResult:
        return self._results.first(call, lambda: self._rules.screen(call.facts))


ACTIONS = (
    Action(
        "fraud.screen",
        "Scores the order by the rules of config/fraud.yaml, 0 (clean) to 100.",
        levels=frozenset({"order"}),
        result={"score": "count"},
        local=True,
        owner="fraud",
    ),
)
