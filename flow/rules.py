"""The shop's own rules: how risky an order is, and which flow it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import FlowRefused
from domain.facts import Facts
from domain.step import StepResult
from flow import conditions

HIGHEST = 100


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """`because` says in a few words what the condition found; `place` is its file and line."""

    if_: str
    score: int
    because: str
    place: str


@dataclass(frozen=True)
class FraudRules:
    """The rules of config/fraud.yaml, as they stand."""

    rules: tuple[ScoringRule, ...]

    def screen(self, facts: Facts) -> StepResult:
        """
        `score` from 0 to 100: the points of all rules that hold; `facts` holds those of the order
        under `order`. `said` names the rules that spoke.

        :raises FlowRefused: a rule asks for a fact that this order does not have.
        """
        spoke = [rule for rule in self.rules if holds(rule.if_, facts, rule.place)]
        score = max(0, min(HIGHEST, sum(rule.score for rule in spoke)))
        reasons = ", ".join(f"{rule.because} ({rule.score:+d})" for rule in spoke)
        return StepResult({"score": score}, said=f"Fraud score {score}: {reasons or 'no rule spoke'}.")


@dataclass(frozen=True, slots=True)
class Route:
    """An empty condition always holds: it stands last."""

    if_: str
    flow: str
    place: str


@dataclass(frozen=True)
class Routing:
    """The rows of config/routing.yaml."""

    order: tuple[Route, ...]
    fulfilment: tuple[Route, ...]


def choose(rows: Sequence[Route], scope: Facts) -> str:
    """
    The flow of the first row that holds.

    :raises FlowRefused: a row asks for a fact that is not there.
    """
    return next(row.flow for row in rows if not row.if_ or holds(row.if_, scope, row.place))


def holds(condition: str, scope: Facts, place: str) -> bool:
    """:raises FlowRefused: the condition cannot be decided; the message begins with `place`."""
    try:
        return bool(conditions.compile(condition).evaluate(scope).value)
    except conditions.ConditionFailed as error:
        raise FlowRefused(f"{place}: {error}.") from error
