"""A scenario written down as its file would say it, ready to paste."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.facts import Facts
from flow.model import Level
from flow.scenario import Does, Givens, Happening, Spot
from flow.scenario_expect import REMINDER
from flow.scenario_facts import whole_order
from flow.scenario_play import Play

BARE = re.compile(r"[A-Za-z0-9][\w.@ -]*(?<! )\Z", re.ASCII)
WORDS = frozenset({"true", "false", "null", "Null", "NULL"})
BY_ORDER = ("lines", "payment", "placed_at", "item_count", "hold")


def scenario_text(play: Play, title: str, story: Sequence[Happening]) -> str:
    """A whole file with this one scenario, which expects what happened."""
    lines = [f"tests: {play.scenario.flow}", "", "scenarios:", f"  - scenario: {_plain(title)}"]
    order = _order(play.scenario.order, play)
    lines += [f"    order: {_plain(order)}"] if order else []
    givens = _givens(play.scenario.givens)
    lines += [f"    given: {_plain(givens)}"] if givens else []
    if story:
        lines += ["    story:", *(f"      {line}" for each in story for line in _happening(each))]
    return "\n".join([*lines, "    expect:", *(f"      {line}" for line in _expect(play)), ""])


def _order(facts: Facts, play: Play) -> Facts:
    """What is not as in an ordinary order."""
    usual = whole_order({}, play.scenario.starts)
    other = {name: facts[name] for name in usual if name not in BY_ORDER and facts[name] != usual[name]}
    if facts["lines"] != usual["lines"]:
        other["lines"] = {line["sku"]: _line(line) for line in facts["lines"]}
    payment = {name: value for name, value in facts["payment"].items() if value != usual["payment"][name]}
    return {**other, "payment": payment} if payment else other


def _line(line: Facts) -> Facts:
    return {name: value for name, value in line.items() if name != "sku" and value not in ("", False)}


def _happening(each: Happening) -> Iterator[str]:
    yield f"- {each.does}: {_plain(_what(each))}"
    beside = {"parcel": each.part if each.does == Does.EVENT else "", "tracking": each.tracking}
    for name, text in beside.items():
        if text:
            yield f"  {name}: {_plain(text)}"
    if each.values:
        yield f"  with: {_plain({name: _value(value) for name, value in each.values.items()})}"
    if each.refused:
        yield f"  refused: {_plain(each.refused)}"


def _what(each: Happening) -> Any:
    if each.does == Does.ANSWER:
        return {str(each.spot): each.word}
    if each.does == Does.GIVEN:
        return _givens(each.givens)
    return str(each.spot) if each.spot else each.word or each.part


def _givens(givens: Givens) -> dict[str, Any]:
    return {
        str(spot): [dict(reply.values) or str(reply) for reply in given.replies]
        for spot, given in givens.items()
    }


def _value(value: Any) -> Any:
    """Goods as `{TEAPOT: 2}`."""
    if isinstance(value, list):
        return {line["sku"]: line["quantity"] for line in value}
    return value


def _expect(play: Play) -> Iterator[str]:
    scenario, life = play.scenario, play.life
    lanes = play.lanes.values()
    if life.ended:
        yield f"state: {life.ended}"
    ends = {scenario.part(lane.id): lane.end for lane in lanes if lane.end}
    if ends:
        yield f"end: {_plain(ends)}"
    waits = [
        str(_spot(play, lane.id, lane.wait.step))
        for lane in lanes
        if lane.wait and lane.wait.kind != "each"
    ]
    if waits:
        yield f"waits: {_plain(waits)}"
    yield f"passed: {_plain({scenario.part(lane.id): lane.passed for lane in lanes})}"
    yield f"notices: {_plain([each.template for each in life.notices if each.template != REMINDER])}"
    yield f"undone: {_plain(play.world.undone)}"
    if play.incidents:
        yield f"incidents: {_plain([str(_spot(play, each.lane, each.step)) for each in play.incidents])}"


def _spot(play: Play, lane: str, step: str) -> Spot:
    part = play.scenario.part(lane)
    return Spot(step, part if part not in tuple(Level) else "")


def _plain(value: Any) -> str:
    """YAML on one line, as our reader takes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_plain(str(name))}: {_plain(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_plain(part) for part in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if BARE.match(text) and text not in WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"
