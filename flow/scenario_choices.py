"""Where a played order stands, and what may happen to it next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.journal import WaitOpened
from flow.engine.state import Lane, Phase, Wait
from flow.model import Ask, Level, Run, Step, WaitFor
from flow.scenario import FOR_GOOD, Does, Given, Happening, Reply, Spot
from flow.scenario_play import Play
from flow.scenario_words import clock, zone_of


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person may choose; `needs` are fields they have to give first, by their kind."""

    label: str
    happening: Happening
    needs: Mapping[str, str] = field(default_factory=dict)


def choices(play: Play) -> list[Choice]:
    """Answers, events, lateness and incidents of every open part, in the order in which they opened."""
    return [choice for lane in _open(play) for choice in _of_lane(play, lane)]


def standing(play: Play) -> list[str]:
    """For each open part: what it waits for, since when, until when, and what is next."""
    if play.life.ended:
        return [f"It has ended: {play.life.ended}."]
    held = play.life.engine.state.holds
    on_hold = [f"On hold: {', '.join(held)}."] if held else []
    return [*on_hold, *(_line(play, lane) for lane in _open(play))]


def _open(play: Play) -> list[Lane]:
    """Without an order that only waits for its own parcels."""
    lanes = [lane for lane in play.lanes.values() if lane.phase != Phase.ENDED]
    return [lane for lane in lanes if not (lane.wait and lane.wait.kind == "each")]


def _line(play: Play, lane: Lane) -> str:
    zone, step = zone_of(play.scenario, play.shop), _step(play, lane)
    title = step.title if step else lane.step
    said = f"{play.scenario.part(lane.id)}: {title}, {STANDS.get(lane.phase, lane.phase.value)}"
    if lane.incident:
        return f"{said}: {lane.incident.what}"
    since = f"{said} since {clock(lane.since, zone)}"
    wait = play.opened.get(lane.wait.id) if lane.wait else None
    if wait is None or lane.wait is None:
        return f"{since}."
    whom = f" for {wait.role or wait.event}" if wait.role or wait.event else ""
    late, then = lane.wait.late, f", then “{wait.late_then}”" if wait.late_then else ""
    until = f"; until {clock(late, zone)}{then}" if late else ""
    return f"{since}{whom}{until}; next is {_next(play, lane, step)}."


def _next(play: Play, lane: Lane, step: Step | None) -> str:
    """What usually comes after this step."""
    assert step is not None
    go = step.does.answers[0].go if isinstance(step.does, Ask) else step.then
    place = play.shop.flows[lane.flow].by_id.get(go)
    return f"“{place.title}”" if place else "what is chosen"


STANDS = {Phase.INCIDENT: "stopped", Phase.RUNNING: "being tried", Phase.PARKED: "next after the hold"}


def _step(play: Play, lane: Lane) -> Step | None:
    flow = play.shop.flows.get(lane.flow)
    found = flow.by_id.get(lane.step) if flow else None
    return found if isinstance(found, Step) else None


def _of_lane(play: Play, lane: Lane) -> Iterator[Choice]:
    spot = play.spot(lane.id, lane.step)
    if lane.incident:
        yield Choice(f"try {spot} again", Happening(Does.RETRY, spot=spot))
        if lane.incident.may_skip:
            yield Choice(f"skip {spot}", Happening(Does.SKIP, spot=spot))
    if lane.wait:
        yield from _of_wait(play, lane, lane.wait, spot)


def _of_wait(play: Play, lane: Lane, wait: Wait, spot: Spot) -> Iterator[Choice]:
    opened: WaitOpened = play.opened[wait.id]
    for option in opened.answers:
        needs = {name: kind for name, kind in option.needs.items() if kind != "text"}
        happening = Happening(Does.ANSWER, option.name, spot)
        yield Choice(f"{spot}: {option.label} ({option.name})", happening, needs)
    step = _step(play, lane)
    if step and isinstance(step.does, WaitFor):
        event = play.shop.events[step.does.event]
        part = play.scenario.part(lane.id) if spot.part else ""
        fields = {name: kind for name, kind in event.fields.items() if kind != "text"}
        yield Choice(f"{spot}: {event.name} comes", Happening(Does.EVENT, event.name, part=part), fields)
    if wait.late:
        then = f", then “{opened.late_then}”" if opened.late_then else ""
        yield Choice(f"{spot}: nothing happens in time{then}", Happening(Does.LATE, spot=spot))


def failures(play: Play) -> list[Choice]:
    """How each action of the flows in it may fail the next time it runs."""
    flows = [flow for flow in play.shop.flows.values() if _plays(play, flow.level, flow.name)]
    steps = [step for flow in flows for step in flow.steps]
    return [
        choice for step in steps if isinstance(step.does, Run) for choice in _failing(play, step, step.does)
    ]


def _plays(play: Play, level: Level, name: str) -> bool:
    both = {Level.ORDER, Level.FULFILMENT}
    if name == play.scenario.flow:
        return True
    return level != play.scenario.level and level in both and play.scenario.level in both


def _failing(play: Play, step: Step, run: Run) -> Iterator[Choice]:
    action = play.shop.catalogue.actions[run.action]
    replies = [*(Reply(refusal=name) for name in action.refusals), Reply(silent=FOR_GOOD)]
    for reply in replies:
        given = {Spot(step.id): Given((reply,))}
        yield Choice(f"{step.id}: {reply}", Happening(Does.GIVEN, givens=given))
