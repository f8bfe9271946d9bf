"""What others were to be told of orders and did not take, as people see to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.order_event import Delivery
from flow.shop import Shop


class Untold(Protocol):
    def given_up(self, limit: int, target: str = "", *, oldest_first: bool = False) -> Sequence[Delivery]:
        """Of one who is told, or of all; the newest first, or as they happened."""
        ...

    def how_many_given_up(self, target: str = "") -> int:
        """Of one who is told, or of all."""
        ...

    def count_given_up(self) -> Mapping[str, int]:
        """Who was to be told, by name -> how often that was given up."""
        ...

    def retry(self, event: str, target: str, by: str, now: datetime) -> None:
        """
        Tell it again.

        :raises NotFound: there is none such. :raises ActRefused: it is on its way already.
        """
        ...

    def let_go(self, target: str, event: str, why: str, by: str, now: datetime) -> int:
        """
        It is not told any more, or with no `event` nothing that was given up of this one; it stays to be
        read. Says how many.

        :raises ActRefused: nothing of it was given up.
        """
        ...


def is_told(shop: Shop, target: str) -> bool:
    """Whether somebody of this name is written down, so that telling them again makes sense."""
    name = target.removeprefix("shop:")
    if name == target:
        return name in shop.listeners
    return name in shop.web_shops and shop.web_shops[name].write_back
