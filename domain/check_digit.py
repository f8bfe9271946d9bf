"""Check digits: how carriers guard a parcel's number against a slip of the pen."""

from collections.abc import Callable, Sequence
from itertools import cycle

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

CheckDigit = Callable[[str], str]  # what stands before it -> the digit


def mod10(digits: str) -> str:
    """The check digit of every GS1 number: weights 3 and 1 in turn, from the right."""
    return str(-_weighted(digits[::-1], (3, 1)) % 10)


def ups(serial: str) -> str:
    """Letters count as digits, A as 2 up to H as 9 and I as 0, and so on; every second place is doubled."""
    digits = "".join(c if c.isdigit() else str((ord(c) - ord("A") + 2) % 10) for c in serial)
    return str(-_weighted(digits, (1, 2)) % 10)


def luhn(digits: str) -> str:
    """That of bank cards: every second digit from the right is doubled, and its digits are added."""
    doubled = [int(digit) * (1 + (place % 2 == 0)) for place, digit in enumerate(reversed(digits))]
    return str(-sum(sum(divmod(each, 10)) for each in doubled) % 10)


def fedex_express(digits: str) -> str:
    """Weights 1, 3 and 7 in turn, from the right; a rest of ten counts as nought."""
    return str(_weighted(digits[::-1], (1, 3, 7)) % 11 % 10)


def mod7(digits: str) -> str:
    return str(int(digits) % 7)


def s10(digits: str) -> str:
    """The postal unions' check digit of eight digits."""
    rest = 11 - _weighted(digits, (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def mod37(serial: str) -> str:
    """ISO 7064 mod 37,36: digits and letters, and the check itself may be a letter."""
    product = 36
    for c in serial:
        total = (product + ALPHANUMERIC.index(c)) % 36 or 36
        product = total * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, cycle(weights), strict=False))
