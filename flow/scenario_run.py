"""Scenarios run: each of them played, and held against what it expects."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import FlowRefused
from flow.coverage import Branch
from flow.scenario import Place, Scenario
from flow.scenario_expect import compare, unexpected
from flow.scenario_play import Play
from flow.scenario_words import sentence, story, zone_of
from flow.shop import Shop


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not go as expected, and where the file expects it."""

    place: Place
    expected: str
    happened: str


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went; `story` is its timeline in words, `taken` every branch of every flow in it."""

    scenario: Scenario
    failures: tuple[Failure, ...]
    story: tuple[str, ...]
    taken: frozenset[Branch]


def run(scenario: Scenario, shop: Shop) -> Played:
    """Play it to its end; what comes after the first thing that goes wrong is left out."""
    try:
        play = Play(scenario, shop)
    except FlowRefused as error:
        return Played(
            scenario, (Failure(scenario.place, "an order to begin with", str(error)),), (), frozenset()
        )
    failures = tuple(_happen(play)) or tuple(_expect(play))
    told = story(play.life.entries, scenario, zone_of(scenario, shop))
    return Played(scenario, failures, tuple(told), play.taken)


def _happen(play: Play) -> Iterator[Failure]:
    for happening in play.scenario.story:
        why = play.do(happening)
        if why:
            refused = f" to be refused: {happening.refused}" if happening.refused else ""
            yield Failure(happening.place, f"{sentence(happening)}{refused}", why)
            return


def _expect(play: Play) -> Iterator[Failure]:
    for wanted in play.scenario.wanted:
        told = compare(play, wanted)
        if told:
            yield Failure(wanted.place, *told)
    surprise = unexpected(play)
    if surprise:
        yield Failure(play.scenario.place, *surprise)
