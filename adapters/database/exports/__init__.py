"""What other programs are given of our own books: read page by page, however much there is."""

from collections.abc import Iterator
from datetime import datetime

from adapters.database.engine import Database
from adapters.database.exports.customers import customers_sheet
from adapters.database.exports.journal import movements
from adapters.database.exports.lines import lines_sheet
from adapters.database.exports.orders import orders_sheet
from adapters.database.exports.stock import stock_sheet
from domain.books import Booked, day_by_day
from domain.exports import Sheet
from domain.period import Period


class Exports(Database):
    """
    Each page of a few hundred rows is a transaction of its own, so that whoever reads slowly holds up
    nobody. What changes meanwhile may stand in a later page, or not.
    """

    def journal(self, period: Period) -> Iterator[Booked]:
        """The ledger, summed by day."""
        return day_by_day(movements(self, period))

    def orders(self, period: Period, now: datetime) -> Sheet:
        """Every order placed in the period, oldest first, as it stands `now`."""
        return orders_sheet(self, period, now)

    def lines(self, period: Period) -> Sheet:
        """Every line of these orders."""
        return lines_sheet(self, period)

    def customers(self, period: Period) -> Sheet:
        """Everybody who ordered in the period, by mail address, with what they agreed to last."""
        return customers_sheet(self, period)

    def stock(self, period: Period) -> Sheet:
        """Every article at every place: what moved in the period, and how it stands now."""
        return stock_sheet(self, period)
