"""Everybody outside, in a scenario: each action works, unless the scenario says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain import errors
from domain.duration import Duration
from domain.errors import Refused, Unavailable
from domain.step import Call, StepResult
from flow.engine.commands import Perform
from flow.model import Flow, Level, Run, Step
from flow.scenario import FOR_GOOD, Given, Givens, Reply, Scenario, Spot
from flow.scenario_actions import Actions, blank
from flow.scenario_facts import Route
from flow.shop import Shop

WORKS = Reply()


@dataclass(frozen=True, slots=True)
class _Asked:
    """An action that was asked for under one key: since when, and what it is answered."""

    spot: Spot
    reply: Reply
    since: datetime


class World:
    """
    Acts once per key, as the shop itself does. `undone` are the actions that took something back, in
    the order they did.
    """

    def __init__(self, scenario: Scenario, shop: Shop, main: str) -> None:
        """`main` is the flow of the order, or of the return."""
        self.undone: list[str] = []
        self._scenario = scenario
        self._shop = shop
        self._main = main
        self._actions = Actions(scenario, shop.fraud.screen, self.route())
        self._given: dict[Spot, Given] = {}
        self._asked: dict[str, _Asked] = {}
        self._done: dict[str, StepResult] = {}
        self._flow_of: dict[str, str] = {}
        self.give(scenario.givens)

    def route(self) -> Route:
        if self._scenario.level == Level.FULFILMENT:
            return lambda _order, _parcel: self._scenario.flow
        return lambda order, parcel: self._shop.route_fulfilment({"order": order, "fulfilment": parcel})

    def give(self, givens: Givens) -> None:
        """From now on, steps are answered like this."""
        for spot, given in givens.items():
            self._given[spot] = given
            self._forget(spot)

    def ask_again(self, lane: str, step: str) -> None:
        """A person has the step tried once more: that is another asking, under the same key."""
        for spot in (Spot(step, self._scenario.part(lane), undo) for undo in (False, True)):
            self._forget(spot)

    def _forget(self, spot: Spot) -> None:
        for key, asked in list(self._asked.items()):
            if key not in self._done and _fits(asked.spot, spot):
                del self._asked[key]

    def perform(self, step: Perform, now: datetime) -> StepResult:
        number = self._scenario.number
        call = Call(number, step.lane, step.step, step.visit, step.key, now, 1.0, step.args, step.facts)
        return self.do(step.action, call)

    def do(self, action: str, call: Call) -> StepResult:
        """
        :raises Refused: the scenario says so, or the action itself would.
        :raises Unavailable: the scenario says so.
        """
        if call.key in self._done:
            return self._done[call.key]
        asked = self._asked.get(call.key)
        if asked is None:
            spot = Spot(call.step, self._scenario.part(call.lane), self._takes_back(action, call))
            asked = self._asked[call.key] = _Asked(spot, self._reply(spot), call.now)
        _speak(asked, action, call)
        result = self._done[call.key] = self._result(action, call, asked.reply)
        self._flow_of.update({facts["id"]: facts["flow"] for facts in result.fulfilments})
        if asked.spot.undo:
            self.undone.append(action)
        return result

    def _result(self, action: str, call: Call, reply: Reply) -> StepResult:
        usual = self._actions.do(action, call)
        known = self._shop.catalogue.actions.get(action)
        values = {**blank(known.result if known else {}, call), **usual.values, **reply.values}
        return replace(usual, values=values)

    def _takes_back(self, action: str, call: Call) -> bool:
        step = self._flow(call.lane).by_id.get(call.step)
        does = step.does if isinstance(step, Step) else None
        return isinstance(does, Run) and does.action != action and does.undo == action

    def _flow(self, lane: str) -> Flow:
        return self._shop.flows[self._flow_of.get(lane, self._main)]

    def _reply(self, spot: Spot) -> Reply:
        """What was said of this parcel's step goes before what was said of the step."""
        for named in (spot, replace(spot, part="")):
            given = self._given.get(named)
            if given and given.replies:
                first, *others = given.replies
                if others or not given.always:
                    self._given[named] = replace(given, replies=tuple(others))
                return first
        return WORKS


def _fits(spot: Spot, named: Spot) -> bool:
    return spot.step == named.step and spot.undo == named.undo and named.part in ("", spot.part)


def _speak(asked: _Asked, action: str, call: Call) -> None:
    """:raises Refused: or Unavailable, as the reply says."""
    reply = asked.reply
    if reply.silent:
        away = reply.silent == FOR_GOOD or call.now < asked.since + Duration.parse(reply.silent).plain
        if away:
            raise Unavailable(f"{action} does not answer.")
    if reply.refusal:
        raise refusal(reply.refusal, action, call.order)


def refusal(name: str, action: str, order: str) -> Refused:
    """The named refusal of our own, or one that is only called so."""
    known: Mapping[str, object] = vars(errors)
    kind = known.get(name)
    if not (isinstance(kind, type) and issubclass(kind, Refused)):
        kind = type(name, (Refused,), {})
    said: Refused = kind(f"{action} of order {order} was refused: {name}.")
    return said
