"""What is handed out of the shop's books, as tables for other programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.money import Money

Cell = str | int | bool | Decimal | date | datetime | Money | tuple[Money, ...] | None
"""An amount of money stands beside its currency's own column, or is a tuple, which says its currencies."""

Row = tuple[Cell, ...]


class What(StrEnum):
    JOURNAL = "journal"
    ORDERS = "orders"
    LINES = "lines"
    CUSTOMERS = "customers"
    STOCK = "stock"


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    BEANCOUNT = "beancount"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is read as it is written: `rows` can be gone through once."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
