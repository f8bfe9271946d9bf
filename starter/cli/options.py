"""Options that several commands share, and what people type into them."""

import getpass
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from typer import BadParameter, Option

LENGTH = re.compile(r"(\d{1,5})\s*(s|m|min|h|d|w|hours?|days?|weeks?|minutes?)\Z")
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


LONGEST_NAME = 200
# In them, the clocks of some zones overflow.
FIRST_YEAR, LAST_YEAR = 1, 9999


def who() -> str:
    """The person at this terminal, as the operating system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _name(name: str) -> str:
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadParameter(f"is not a name of up to {LONGEST_NAME} characters")
    return name or who()


AsJson = Annotated[bool, Option("--json", help="JSON, for programs.")]
By = Annotated[
    str,
    Option("--by", help="Who does it.", callback=_name, show_default="you"),
]
Set = Annotated[list[str] | None, Option("--set", metavar="NAME=VALUE", help="A field; may be repeated.")]
Reason = Annotated[str, Option("--reason", help="Why; it stands in the timeline.")]


def fields(typed: Sequence[str] | None) -> dict[str, str]:
    """:raises BadParameter: not NAME=VALUE, or a name twice."""
    found: dict[str, str] = {}
    for text in typed or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
        if name.strip() in found:
            raise BadParameter(f"{name.strip()} stands there twice", param_hint="--set")
        found[name.strip()] = value
    return found


def length(text: str, option: str) -> timedelta:
    """`2d`, `6h`, `90 minutes`. :raises BadParameter: not a length of time."""
    match = LENGTH.match(text.strip().lower())
    if match is None:
        raise BadParameter(f"{text!r} is not a length of time such as 2d, 6h or 30m", param_hint=option)
    return timedelta(seconds=int(match[1]) * UNITS[match[2][0]])


def since(text: str, option: str) -> datetime:
    """A date, which begins at midnight here, or an instant. :raises BadParameter: neither."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadParameter(f"{text!r} is not a date such as 2026-11-30", param_hint=option) from error
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise BadParameter(f"{text!r} is out of reach", param_hint=option)
    # The clock of that day, not of today: the hour may have changed since.
    return moment if moment.tzinfo else moment.astimezone()


def one_of(text: str, choices: Sequence[str], option: str) -> str:
    """:raises BadParameter: none of them."""
    if text and text not in choices:
        raise BadParameter(f"{text!r} is not one of {', '.join(choices)}", param_hint=option)
    return text
