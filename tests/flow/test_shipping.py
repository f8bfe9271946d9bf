"""When parcels have to leave, as config/shipping.yaml says it."""

import pytest

from domain.calendar import Span, WorkingCalendar
from domain.dispatch import Dispatch
from flow.load.shipping import read_shipping

PACKERS = WorkingCalendar("warehouse", "Europe/Berlin", {0: (Span(480, 960),)})
KNOWN = {"warehouse": PACKERS}
RIGHT = "calendar: warehouse\ncut_off: 14:30\nexpress: same day\nstandard: 2 working days\n"


def test_the_file_says_until_when():
    found, book = read_shipping(RIGHT, "shipping.yaml", KNOWN, KNOWN)
    assert book.findings == []
    assert found == Dispatch(PACKERS, 14 * 60 + 30, express=0, standard=2)


@pytest.mark.parametrize(
    ("before", "after", "place", "told"),
    [
        ("warehouse", "warehous", "1:11", "did you mean 'warehouse'"),
        ("calendar: warehouse\n", "", "1:1", "needs `calendar`"),
        ("14:30", "half past two", "2:10", "no time of day"),
        ("14:30", "24:00", "2:10", "no time of day"),
        ("cut_off", "cutoff", "2:1", "did you mean 'cut_off'"),
        ("same day", "0 working days", "3:10", "no number of working days"),
        ("2 working days", "2 days", "4:11", "no number of working days"),
        ("2 working days", "900 working days", "4:11", "no number of working days"),
        ("standard: 2 working days\n", "", "1:1", "needs `standard`"),
    ],
)
def test_what_it_cannot_say_is_told_with_its_place(before, after, place, told):
    found, book = read_shipping(RIGHT.replace(before, after), "shipping.yaml", KNOWN, KNOWN)
    assert found is None
    [first, *_] = sorted(book.findings)
    assert (f"{first.line}:{first.column}", told in str(first)) == (place, True), str(first)
