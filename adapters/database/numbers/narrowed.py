"""What was asked: a period and a way of fulfilment, as conditions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import col

from adapters.database.spans import date_of, day_of
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.tables.returns import ReturnLineRow
from domain.numbers import Scale, Series
from domain.period import Period

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """`scale` says into which bars the period is cut."""

    period: Period
    method: str
    scale: Scale

    @property
    def none(self) -> Series:
        return (0,) * len(self.scale.begins)

    def within(self, column: Any) -> Conditions:
        at = col(column)
        return at >= self.period.begins, at < self.period.ends

    def of_orders(self, number: Any) -> Conditions:
        """That a parcel of the order goes this way."""
        return self._some(col(FulfilmentRow.order) == col(number))

    def of_parts(self, fulfilment: Any) -> Conditions:
        """That the parcel goes this way."""
        return self._some(col(FulfilmentRow.id) == col(fulfilment))

    def of_lanes(self) -> Conditions:
        return (col(LaneRow.flow) == self.method,) if self.method else ()

    def of_returns(self, id: Any) -> Conditions:
        """That something of the return went this way."""
        back = col(ReturnLineRow.return_id) == col(id)
        return self._some(col(ReturnLineRow.fulfilment) == col(FulfilmentRow.id), back)

    def _some(self, *conditions: ColumnElement[bool]) -> Conditions:
        return (exists().where(*conditions, col(FulfilmentRow.flow) == self.method),) if self.method else ()

    def series(self, counted: Iterable[tuple[int, int]]) -> Series:
        """Figures by their `day`, summed into the bars of the scale."""
        sums = [0] * len(self.scale.begins)
        for day, figure in counted:
            sums[self.place(day)] += int(figure)
        return tuple(sums)

    def day(self, column: Any) -> ColumnElement[int]:
        return day_of(col(column), self.period)

    def place(self, day: int) -> int:
        return self.scale.place(date_of(day))
