"""When a parcel has to have left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import WorkingCalendar

ShipBy = Callable[[datetime, bool], datetime]
"""Until when goods have to leave that are here at an instant; the second argument: by express."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """
    Parcels leave at closing time. `express` and `standard` are working days, nought the same day; what is
    ready later than `cut_off`, in minutes since midnight, counts from the next working day.
    """

    calendar: WorkingCalendar
    cut_off: int
    express: int
    standard: int

    def ship_by(self, at: datetime, express: bool) -> datetime:
        return self.calendar.closing(at, self.express if express else self.standard, self.cut_off)
