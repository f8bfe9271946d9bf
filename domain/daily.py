"""What the owners are told of a day that is over, and how things stand now."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.ageing import Ageing
from domain.money import Money


@dataclass(frozen=True, slots=True)
class LowItem:
    """`state`: low, or out."""

    sku: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class DayAtAGlance:
    """
    Of the day: orders placed and what they came to, parcels that left, money that came in, went back, or
    was charged back, what gateways kept of it, and the tax in what was sold, less that in what was given
    back, by rate in per cent.

    Of now: tasks past their due, stopped steps, orders whose own program fails, old orders, what runs low,
    and how much does not agree in the books, the first of it in words.
    """

    day: date
    orders: int
    ordered: tuple[Money, ...]
    left: int
    taken: tuple[Money, ...]
    refunded: tuple[Money, ...]
    charged_back: tuple[Money, ...]
    fees: tuple[Money, ...]
    tax: tuple[tuple[str, Money], ...]
    late: int
    incidents: int
    stuck: int
    ageing: Ageing
    low: tuple[LowItem, ...]
    differences: int = 0
    difference: str = ""


@dataclass(frozen=True, slots=True)
class DailyLetter:
    """One a day, as it was first written; empty until it is."""

    day: date
    written_at: datetime
    recipient: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
