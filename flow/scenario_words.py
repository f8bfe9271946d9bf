"""A scenario told in words: what happens in it, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.journal import Entry
from flow.scenario import Does, Happening, Scenario
from flow.shop import Shop

SHAPE = "%Y-%m-%d %H:%M"


def zone_of(scenario: Scenario, shop: Shop) -> ZoneInfo:
    """Where its flow's people look at the clock."""
    calendar = shop.flows[scenario.flow].calendar
    return ZoneInfo(shop.calendars[calendar].zone) if calendar else ZoneInfo("UTC")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(SHAPE)


def sentence(happening: Happening) -> str:
    """As in `answer pack: packed`."""
    of = f" of {happening.part}" if happening.part else ""
    match happening.does:
        case Does.ANSWER:
            return f"answer {happening.spot}: {happening.word}"
        case Does.LATE | Does.RETRY | Does.SKIP:
            return f"{happening.does} {happening.spot}"
        case Does.GIVEN:
            told = (f"{spot}: {_replies(given.replies)}" for spot, given in happening.givens.items())
            return f"given {', '.join(told)}"
        case Does.CANCEL:
            return f"cancel {happening.part}"
    return f"{happening.does} {happening.word}{of}"


def _replies(replies: Sequence[object]) -> str:
    return " then ".join(str(reply) for reply in replies)


def story(entries: Sequence[Entry], scenario: Scenario, zone: ZoneInfo) -> list[str]:
    """Each entry of the timeline on a line: when, of which part, and what."""
    return [f"{clock(each.at, zone)}  {scenario.part(each.lane):6}  {each.text}" for each in entries]
