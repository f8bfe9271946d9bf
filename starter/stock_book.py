"""What the doors need of the stock: levels, what comes and goes, and what the buyers set."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from domain.stock_book import Count, Counted, ItemChange, MovementRow, ScarceRow, StockRow


class StockRoom(Protocol):
    """
    Stock as the people who buy and count see it.

    What is typed in carries the id of its form: the same one twice is done once.
    """

    def list(self, skus: Collection[str] = ()) -> Sequence[StockRow]:
        """Of these items, or of all."""
        ...

    def receive(
        self, sku: str, quantity: str, location: str, title: str, by: str, at: datetime, form: str = ""
    ) -> Sequence[str]:
        """
        Goods came in. Answers with the backorders they fill, as fulfilment ids: express first, then
        the oldest; each is told by a `stock.arrived` act kept in the same transaction.

        :raises BadInput: not a quantity above nought.
        """
        ...

    def adjust(
        self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime, form: str = ""
    ) -> None:
        """
        Count again: add or take away.

        :raises UnknownItem: no such SKU here.
        :raises ActRefused: less would be left than is promised.
        """
        ...

    def scrap(
        self, sku: str, quantity: str, location: str, why: str, by: str, at: datetime, form: str = ""
    ) -> None:
        """
        Goods are spoilt, and written off.

        :raises UnknownItem: no such SKU here.
        :raises ActRefused: less would be left than is promised.
        :raises BadInput: not a quantity above nought, or no reason.
        """
        ...

    def look_through(self, rows: Sequence[Counted], *, new_places: bool) -> Count:
        """What a count of many items would change, and what is wrong with it; changes nothing."""
        ...

    def count(self, rows: Sequence[Counted], why: str, by: str, at: datetime, *, new_places: bool) -> Count:
        """Put every row down, or, with a problem in any, none; the same count twice changes nothing."""
        ...

    def discontinue(self, sku: str, by: str, at: datetime) -> Decimal:
        """
        Answers with how much of it is still waited for.

        :raises UnknownItem: no such SKU.
        """
        ...

    def set_item(self, sku: str, change: ItemChange, by: str, at: datetime) -> None:
        """
        All of it at once.

        :raises UnknownItem: no such SKU.
        :raises NotFound: no such location.
        :raises BadInput: not a title or quantity.
        """
        ...

    def expect(
        self, sku: str, quantity: str, location: str, on: date | None, by: str, at: datetime
    ) -> None:
        """
        So much of it is on its way; what comes in is taken off.

        :raises UnknownItem: no such SKU.
        :raises NotFound: no such location.
        """
        ...

    def map_sku(self, theirs: str, ours: str, by: str, at: datetime) -> None:
        """
        From now on `theirs` on an order means our item `ours`.

        :raises UnknownItem: we have no such item.
        :raises ActRefused: `theirs` is an item of our own.
        """
        ...

    def movements(self, sku: str, limit: int, kind: str = "") -> Sequence[MovementRow]: ...

    def told(self, limit: int) -> Sequence[ScarceRow]:
        """What the buyers were told of items that ran low or out: the newest first."""
        ...
