"""The journal as a table, and as a file of Beancount."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from domain.books import CHART, TAX, TITLES, Booked
from domain.exports import Row, Sheet
from domain.money import Money
from domain.period import Period
from domain.posting import Account, Kind
from domain.tax import UNKNOWN
from starter.exports.csv_text import amount

COLUMNS = ("date", "entry", "account", "tax_rate", "currency", "debit", "credit", "movements")
SALES = CHART[Account.SALES]
ACCOUNTS = {
    CHART[Account.GATEWAY]: "Assets:Gateway",
    CHART[Account.BANK]: "Assets:Bank",
    CHART[Account.RECEIVABLE]: "Assets:Receivable",
    CHART[Account.SHOP]: "Assets:Web-Shop",
    CHART[Account.PAYABLE]: "Liabilities:Payable",
    CHART[Account.CUSTOMER]: "Liabilities:Unassigned",
    CHART[Account.AHEAD]: "Liabilities:Prepaid",
    CHART[Account.LOST]: "Expenses:Chargebacks",
    CHART[Account.FEES]: "Expenses:Fees",
    SALES: "Income:Sales",
    TAX: "Liabilities:Tax",
}
WIDTH = 40


class Heading(NamedTuple):
    """What stands in one entry of the journal."""

    day: date
    currency: str
    kind: Kind


def journal_sheet(booked: Iterable[Booked]) -> Sheet:
    return Sheet(COLUMNS, map(_row, booked))


def write_beancount(booked: Iterable[Booked], period: Period, shop: str) -> Iterator[str]:
    """
    A ledger of its own that Beancount loads as it is: an account is opened where it is first used, an
    entry of each kind a day and currency.
    """
    title = shop.replace("\\", "/").replace('"', "'")
    yield f'option "title" "{title}: {period}"\n'
    opened: set[str] = set()
    for heading, group in groupby(booked, key=_heading):
        sides = list(group)
        for name in dict.fromkeys(_account(side) for side in sides):
            if name not in opened:
                yield f"\n{heading.day} open {name}\n"
                opened.add(name)
        yield "".join([f'\n{heading.day} * "{TITLES[heading.kind]}"\n', *map(_posting, sides)])


def _row(booked: Booked) -> Row:
    column = booked.column
    debit = Money(max(booked.minor, 0), column.currency)
    credit = Money(max(-booked.minor, 0), column.currency)
    title = TITLES[column.kind]
    return booked.day, title, column.account, column.rate, column.currency, debit, credit, booked.count


def _heading(booked: Booked) -> Heading:
    return Heading(booked.day, booked.column.currency, booked.column.kind)


def _posting(booked: Booked) -> str:
    money = Money(booked.minor, booked.column.currency)
    return f"  {_account(booked):<{WIDTH}} {amount(money):>16} {money.currency}\n"


def _account(booked: Booked) -> str:
    name, rate = ACCOUNTS[booked.column.account], booked.column.rate
    if booked.column.account not in (SALES, TAX):
        return name
    return f"{name}:Rate-{rate.replace('.', '-')}" if rate != UNKNOWN else f"{name}:No-Rate"
