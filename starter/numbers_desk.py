"""What the doors need to tell how the shop does."""

from datetime import datetime
from typing import Protocol

from domain.ageing import Ageing
from domain.numbers import Numbers
from domain.period import Period


class NumbersDesk(Protocol):
    """Figures out of our own books."""

    def numbers(self, period: Period, method: str = "") -> Numbers:
        """What the books say of the period; of parcels of one flow alone when a `method` is named."""
        ...

    def ageing(self, now: datetime, most: int) -> Ageing:
        """The orders open `now`, by age and by step; of the oldest, so many at most."""
        ...
