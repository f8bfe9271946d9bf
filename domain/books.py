"""
The shop's books: what the ledger says of each day, as a bookkeeper books it.

Money that a bank only holds for us is none yet, and stands in no books. What was sold is booked when its
parcel leaves, and split into the shop's own and the tax in it, by rate.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.posting import Account, Kind

OFF_THE_BOOKS = frozenset({Account.HELD, Account.PROMISED})
TAX = "tax"
CHART = {
    Account.GATEWAY: "gateway",
    Account.BANK: "bank",
    Account.RECEIVABLE: "receivable",
    Account.PAYABLE: "payable",
    Account.SHOP: "web shop",
    Account.CUSTOMER: "unassigned",
    Account.AHEAD: "prepaid",
    Account.SALES: "sales",
    Account.LOST: "chargebacks",
    Account.LOST_TWICE: "chargebacks",
    Account.FEES: "fees",
}
TITLES = {
    Kind.CAPTURED: "Sold and taken",
    Kind.RECEIVED: "Received",
    Kind.REFUNDED: "Refunded",
    Kind.REFUND_FAILED: "Refunds that came back",
    Kind.CHARGED_BACK: "Charged back",
    Kind.FEE: "Fees of the gateway",
    Kind.AUTHORIZED: "Held",
    Kind.VOIDED: "Let go",
}
ORDER = tuple(TITLES)


class Column(NamedTuple):
    """What a sum of the day is of: `rate` in per cent, of sales and tax alone."""

    kind: Kind
    account: str
    rate: str
    currency: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One side of a movement, as the books have it: money in and costs above nought, in minor units."""

    day: date
    column: Column
    minor: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A day's sum: `minor` above nought is a debit, below a credit; `count` movements make it."""

    day: date
    column: Column
    minor: int
    count: int


def day_by_day(movements: Iterable[Movement]) -> Iterator[Booked]:
    """The sums of each day; `movements` come in order of their days."""
    today: date | None = None
    sums: dict[Column, list[int]] = {}
    for movement in movements:
        if today is not None and movement.day != today:
            yield from _closed(today, sums)
            sums = {}
        today = movement.day
        found = sums.setdefault(movement.column, [0, 0])
        found[0] += movement.minor
        found[1] += 1
    if today is not None:
        yield from _closed(today, sums)


def _closed(day: date, sums: dict[Column, list[int]]) -> Iterator[Booked]:
    for column in sorted(sums, key=_place):
        minor, count = sums[column]
        yield Booked(day, column, minor, count)


def _place(column: Column) -> tuple[str, int, str, float]:
    return column.currency, ORDER.index(column.kind), column.account, float(column.rate or -1)
