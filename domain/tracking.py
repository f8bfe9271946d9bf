"""Tracking numbers: which carrier gave them, whether they can be right, and where to follow the parcel."""

from urllib.parse import quote

from domain.carrier import CARRIERS, POSTAL
from domain.country import COUNTRIES

# Longer than any carrier's number, so that a pasted page costs no time.
LONGEST = 64
BY_NAME = {carrier.name.casefold(): carrier for carrier in CARRIERS}


def tidy(number: str) -> str:
    """The number as carriers keep it: in capitals, without the spaces and hyphens of a label."""
    kept = "".join(number.split()).replace("-", "").upper()
    return kept if len(kept) <= LONGEST and kept.isascii() else ""


def recognise(number: str) -> tuple[str, ...]:
    """
    The names of the carriers whose number this can be: right in shape and check digit.

    Carriers write alike, so there may be several. A postal service without a name of its own here is
    `Post` and its country, such as `Post NZ`.
    """
    tidied = tidy(number)
    names = tuple(c.name for c in CARRIERS if any(f.holds(tidied) for f in c.formats))
    return names or _postal(tidied)


def link(carrier: str, number: str) -> str:
    """Where to follow the parcel; empty when this carrier has no page we know."""
    known = BY_NAME.get(carrier.strip().casefold())
    return known.link.format(number=quote(tidy(number), safe="")) if known else ""


def explain(number: str) -> str:
    """One sentence: whose number it is, or what is wrong with it."""
    names = recognise(number)
    if names:
        return f"{number} is a number of {_either(names)}."
    tidied = tidy(number)
    alike = tuple(c.name for c in CARRIERS if any(f.fits(tidied) for f in c.formats))
    if alike:
        return f"{number} looks like {_either(alike)}, but its check digit is wrong: is there a slip in it?"
    return f"{number} is not a number of any carrier we know."


def _postal(tidied: str) -> tuple[str, ...]:
    match = POSTAL.pattern.fullmatch(tidied)
    if match is None or match["country"] not in COUNTRIES or not POSTAL.holds(tidied):
        return ()
    return (f"Post {match['country']}",)


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
