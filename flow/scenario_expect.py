"""What a scenario expects, held against what happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from domain.journal import WaitOpened
from flow.scenario import Aspect, Spot, Wanted
from flow.scenario_play import Play
from flow.scenario_words import clock, zone_of

REMINDER = "task_reminder"
NOTHING = "none"
Told = tuple[str, str]


def compare(play: Play, wanted: Wanted) -> Told | None:
    """What was expected and what happened instead; None when it went as expected."""
    return ASPECTS[wanted.aspect](play, wanted)


def unexpected(play: Play) -> Told | None:
    """An incident nobody expects is never what a scenario is about."""
    if not play.incidents or any(each.aspect == Aspect.INCIDENTS for each in play.scenario.wanted):
        return None
    return "no incident", "; ".join(f"{play.spot(i.lane, i.step)}: {i.what}" for i in play.incidents)


def _end(play: Play, wanted: Wanted) -> Told | None:
    part = wanted.part or play.scenario.main_part
    lane = play.lanes.get(play.scenario.lane(part))
    happened = (lane.end or play.standing()) if lane else f"there is no {part}"
    whose = f" of {part}" if wanted.part else ""
    return None if happened == wanted.value else (f"the end{whose} {wanted.value}", happened)


def _state(play: Play, wanted: Wanted) -> Told | None:
    happened = play.life.ended or "open"
    return None if happened == wanted.value else (f"the state {wanted.value}", happened)


def _waits(play: Play, wanted: Wanted) -> Told | None:
    """An order that only waits for its own parcels does not count."""
    open_ = [(id, lane.wait) for id, lane in play.lanes.items() if lane.wait and lane.wait.kind != "each"]
    return _spots("to wait at", play, wanted, [Spot(w.step, play.scenario.part(id)) for id, w in open_])


def _incidents(play: Play, wanted: Wanted) -> Told | None:
    there = [Spot(each.step, play.scenario.part(each.lane)) for each in play.incidents]
    if isinstance(wanted.value, Mapping):
        told = _spots("incidents at", play, Wanted(wanted.aspect, tuple(wanted.value)), there)
        return told or _reasons(play, wanted.value)
    return _spots("incidents at", play, wanted, there)


def _reasons(play: Play, words: Mapping[Spot, str]) -> Told | None:
    for spot, text in words.items():
        why = next(each.what for each in play.incidents if each.step == spot.step)
        if text.casefold() not in why.casefold():
            return f"an incident at {spot}: {text}", why
    return None


def _spots(what: str, play: Play, wanted: Wanted, there: Sequence[Spot]) -> Told | None:
    left = list(there)
    for spot in wanted.value:
        found = [each for each in left if each.step == spot.step and spot.part in ("", each.part)]
        if not found:
            break
        left.remove(found[0])
    else:
        if not left:
            return None
    happened = [play.spot(play.scenario.lane(each.part), each.step) for each in there]
    return f"{what} {_listed(wanted.value)}", _listed(happened)


def _passed(play: Play, wanted: Wanted) -> Told | None:
    there = _path(play, wanted)
    if there == list(wanted.value):
        return None
    common = next(
        (n for n, pair in enumerate(zip(there, wanted.value, strict=False)) if pair[0] != pair[1]),
        min(len(there), len(wanted.value)),
    )
    after = f"after {there[common - 1]}: " if common else "first: "
    return f"{after}{_listed(wanted.value[common:])}", f"{after}{_listed(there[common:])}"


def _includes(play: Play, wanted: Wanted) -> Told | None:
    there = iter(path := _path(play, wanted))
    if all(step in there for step in wanted.value):
        return None
    return f"to come through {_listed(wanted.value)}", _listed(path)


def _path(play: Play, wanted: Wanted) -> list[str]:
    lane = play.lanes.get(play.scenario.lane(wanted.part or play.scenario.main_part))
    return lane.passed if lane else []


def _notices(play: Play, wanted: Wanted) -> Told | None:
    sent = [notice.template for notice in play.life.notices if notice.template != REMINDER]
    return _list("the notices", wanted, sent)


def _reminders(play: Play, wanted: Wanted) -> Told | None:
    tasks = [notice.values["task"] for notice in play.life.notices if notice.template == REMINDER]
    waits = [play.opened[task] for task in tasks]
    return _spots("reminders of", play, wanted, [Spot(w.step, play.scenario.part(w.lane)) for w in waits])


def _undone(play: Play, wanted: Wanted) -> Told | None:
    return _list("to take back by", wanted, play.world.undone)


def _holds(play: Play, wanted: Wanted) -> Told | None:
    return _list("the holds", wanted, play.life.engine.state.holds)


def _list(what: str, wanted: Wanted, there: Sequence[str]) -> Told | None:
    same = list(there) == list(wanted.value)
    return None if same else (f"{what} {_listed(wanted.value)}", _listed(there))


def _task(play: Play, wanted: Wanted) -> Told | None:
    wait = _last_wait(play, wanted)
    if wait is None or wait.kind != "ask":
        return f"a task of {wanted.step}", "there was none"
    there: dict[str, Any] = {
        "title": wait.title,
        "if_late": wait.late_then,
        "role": wait.role,
        "priority": wait.priority,
        "answers": tuple(option.label for option in wait.answers),
        "show": tuple(wait.show),
    }
    return _table(f"the task {wanted.step}", wanted.value, there)


def _deadlines(play: Play, wanted: Wanted) -> Told | None:
    wait = _last_wait(play, wanted)
    if wait is None:
        return f"a deadline of {wanted.step}", "nothing waited there"
    known, zone = play.life.deadlines[wait.id], zone_of(play.scenario, play.shop)
    moments = {"due": known.due, "remind": known.remind, "late": known.late}
    there = {name: clock(at, zone) if at else NOTHING for name, at in moments.items()}
    return _table(f"of {wanted.step}", wanted.value, there)


def _table(what: str, wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Told | None:
    for name, value in wanted.items():
        if there[name] != value:
            return f"{what}: {name} {_said(value)}", _said(there[name])
    return None


def _last_wait(play: Play, wanted: Wanted) -> WaitOpened | None:
    """The latest wait at a step, of the part that is named or of any."""
    lane = play.scenario.lane(wanted.part) if wanted.part else ""
    found = [each for each in play.opened.values() if each.step == wanted.step and lane in ("", each.lane)]
    return found[-1] if found else None


def _said(value: Any) -> str:
    return _listed(value) if isinstance(value, tuple) else str(value)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(str(name) for name in names) or NOTHING


ASPECTS: Mapping[Aspect, Callable[[Play, Wanted], Told | None]] = {
    Aspect.END: _end,
    Aspect.STATE: _state,
    Aspect.WAITS: _waits,
    Aspect.PASSED: _passed,
    Aspect.INCLUDES: _includes,
    Aspect.NOTICES: _notices,
    Aspect.REMINDERS: _reminders,
    Aspect.UNDONE: _undone,
    Aspect.TASKS: _task,
    Aspect.DEADLINES: _deadlines,
    Aspect.INCIDENTS: _incidents,
    Aspect.HOLDS: _holds,
}
