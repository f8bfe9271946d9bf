"""Orders that have ended, as a trial of another flow plays them again."""

from dataclasses import dataclass
from datetime import datetime

from domain.act import ActRecord
from domain.order import Order


@dataclass(frozen=True, slots=True)
class Finished:
    """An order that has ended, and the acts that were done, by a clock that ran `speed` times too fast."""

    order: Order
    orders_before: int
    kept_at: datetime
    speed: float
    acts: tuple[ActRecord, ...]
