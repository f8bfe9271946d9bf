"""Orders that did not take what was brought to them are left alone for a while."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Rest:
    until: datetime
    length: timedelta


class Rests:
    """Each rest of one order is twice as long as its last, until something arrives."""

    def __init__(self) -> None:
        self._of: dict[str, Rest] = {}

    def over(self, order: str, now: datetime) -> bool:
        return order not in self._of or now >= self._of[order].until

    def longer(self, order: str, now: datetime) -> None:
        before = self._of.get(order)
        length = min(before.length * 2, LONGEST) if before else FIRST
        self._of[order] = Rest(now + length, length)

    def end(self, order: str) -> None:
        self._of.pop(order, None)

    def forget_all_but(self, orders: AbstractSet[str]) -> None:
        self._of = {order: rest for order, rest in self._of.items() if order in orders}
