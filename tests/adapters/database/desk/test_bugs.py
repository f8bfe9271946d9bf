"""Incidents of the program itself, beside those of the orders' own steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.database.desk.bugs import Bugs
from adapters.database.desk.desk import Desk
from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders
from domain.act import ActResult, Outcome
from tests.adapters.database.given import a_batch, an_act
from tests.adapters.placed import NOON, an_order, place

LATER = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class Bug:
    order: str
    lane: str
    what: str = "A bug: the program fails on this order (KeyError)."
    since: datetime = NOON

    @property
    def id(self) -> str:
        return f"{self.lane}.bug"


def test_every_desk_shows_a_bug_until_it_is_mended(database):
    place(database, an_order("1001"))
    bugs, desk = Bugs(database.url), Desk(database.url)

    bugs.found([Bug("1001", "1001"), Bug("1001", "1001-R1")], LATER)

    assert [(each.id, each.title, each.role) for each in desk.incidents()] == [
        ("1001-R1.bug", "The program itself", "ops"),
        ("1001.bug", "The program itself", "ops"),
    ]
    assert sorted(bugs.open_bugs()) == ["1001", "1001-R1"]
    bugs.mended({"1001"}, LATER)
    assert bugs.open_bugs() == ["1001-R1"]


def test_orders_with_a_bug_that_still_have_to_answer_somebody_are_known(database):
    for number in ("1001", "1002"):
        place(database, an_order(number))
    bugs, book = Bugs(database.url), Orders(database.url)
    book.record(an_act("kept", order="1001"))
    bugs.found([Bug("1001", "1001"), Bug("1002", "1002")], NOON)

    assert bugs.with_acts() == {"1001"}
    book.settle("kept", ActResult(Outcome.DONE), LATER)
    assert bugs.with_acts() == set()


def test_a_page_written_anew_leaves_a_bug_alone(database):
    place(database, an_order("1001"))
    bugs, journal = Bugs(database.url), Journal(database.url, dict)
    journal.write(a_batch(1))
    bugs.found([Bug("1001", "1001", since=LATER)], LATER)

    journal.write(a_batch(1, now=LATER + timedelta(seconds=5)))

    assert bugs.open_bugs() == ["1001"]


def test_a_bug_that_comes_back_is_open_again(database):
    place(database, an_order("1001"))
    bugs = Bugs(database.url)
    bugs.found([Bug("1001", "1001")], NOON)
    bugs.mended(["1001"], NOON)

    bugs.found([Bug("1001", "1001", since=LATER)], LATER)

    (incident,) = Desk(database.url).incidents()
    assert incident.since == LATER


def test_an_order_that_is_not_in_our_books_is_left_to_reconcile(database):
    place(database, an_order("1001"))
    bugs = Bugs(database.url)

    bugs.found([Bug("9999", "9999"), Bug("1001", "1001")], NOON)

    assert bugs.open_bugs() == ["1001"]
