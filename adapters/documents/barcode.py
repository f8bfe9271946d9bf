"""Code 128: what a scanner reads off paper, as bars."""

from dataclasses import dataclass

from barcode import Code128
from barcode.errors import BarcodeError

# Modules of white that a scanner wants on either side.
QUIET = 10
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Bars:
    """`bars` are (where it begins, how wide it is), in modules, within `width` modules."""

    width: int
    bars: tuple[tuple[int, int], ...]


def bars_of(text: str) -> Bars | None:
    """None for what no Code 128 can say, or no scanner would read: it is then shown in letters alone."""
    if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable():
        return None
    try:
        (modules,) = Code128(text).build()
    except BarcodeError:
        return None
    bars: list[tuple[int, int]] = []
    at = 0
    while at < len(modules):
        end = at
        while end < len(modules) and modules[end] == modules[at]:
            end += 1
        if modules[at] == "1":
            bars.append((QUIET + at, end - at))
        at = end
    return Bars(len(modules) + 2 * QUIET, tuple(bars))
