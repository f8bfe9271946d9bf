"""What nobody can mean is refused at the door, by its field: no act is kept, and no database complains."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import text

from adapters.database.desk.desk import Desk
from adapters.database.engine import Database
from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders as Book
from domain.act import ActResult, HoldKind, Outcome
from domain.errors import ActRefused, BadInput, NotFound, Refused
from domain.journal import AnswerOption, IncidentOpened, WaitClosed
from starter.carrying import Person
from starter.orders import Orders
from tests.adapters.database.given import NOW, a_batch, a_task, an_act, place

SUE = Person("Sue", "support")
FRED = Person("Fred", "fraud")
LONG = "x" * 1_000_000
HALF = "half a character \ud83d"
EVENT = {"amount": "money", "on": "date", "note": "text"}
STOPPED = IncidentOpened(
    "1001.capture.i1", "1001", "capture", "Take it", "No answer.", "finance", ("lead",), NOW
)
PACKED = AnswerOption("packed", "Packed", {"parcels": "count", "missing": "lines", "note": "text"})


def a_shop(database: Database) -> Book:
    """Order 1001 waits for an answer, for a second person's, and for a step that stopped."""
    book = place(database.url, "1001", "1002")
    tasks = (
        a_task(),
        a_task(step="second", not_same_person_as="review"),
        a_task(step="pack", answers=(PACKED,)),
    )
    Journal(database.url, dict).write(a_batch(1, opened=tasks, incidents_opened=(STOPPED,)))
    return book


def door_of(book: Book) -> Orders:
    return Orders(book, Desk(book.url), lambda: NOW, None, "orders")


@pytest.fixture
def book(sqlite_database):
    return a_shop(sqlite_database)


@pytest.fixture
def door(book):
    return door_of(book)


def acts(book: Book) -> int:
    with book.read() as session:
        return int(session.connection().execute(text("SELECT count(*) FROM act")).scalar_one())


@pytest.mark.parametrize(
    "task", ["1001.review.2", "1001.screen.1", "9.review.1", "", "1001.review.²", LONG]
)
async def test_a_task_that_is_not_there_takes_no_answer(door, book, task):
    with pytest.raises(NotFound):
        await door.answer(task, "approve", {}, FRED)
    assert acts(book) == 0


@pytest.mark.parametrize("answer", ["refused", "APPROVE", "", " approve", LONG, HALF])
async def test_an_answer_the_task_does_not_take_is_refused_with_those_it_does(door, book, answer):
    with pytest.raises(ActRefused, match="it takes approve, refuse"):
        await door.answer("1001.review.1", answer, {}, FRED)
    assert acts(book) == 0


@pytest.mark.parametrize(
    ("answer", "fields", "named"),
    [
        ("refuse", {}, "why"),
        ("refuse", {"why": "x", "price": "1"}, "price"),
        ("refuse", {"why": LONG}, "why"),
        ("refuse", {"why": "a\x00b"}, "why"),
        ("refuse", {"why": HALF}, "why"),
        ("approve", {"why": "x"}, "why"),
    ],
    ids=["missing", "of another form", "1 MB", "a NUL", "half a character", "not asked for"],
)
async def test_a_field_of_an_answer_is_refused_by_its_name(door, book, answer, fields, named):
    with pytest.raises(BadInput) as refused:
        await door.answer("1001.review.1", answer, fields, FRED)
    assert refused.value.field == named
    assert len(str(refused.value)) < 1_000
    assert acts(book) == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("parcels", odd) for odd in ("", "-1", "1.5", "1e9", "0x1", "\u0661", "9" * 5_000, "NaN")),
        *(("missing", odd) for odd in ("", "TEAPOT", "=1", "TEAPOT=0", "TEAPOT=-1", "TEAPOT=1e400", LONG)),
    ],
    ids=lambda value: ascii(value[:20]),
)
async def test_what_is_no_count_or_no_line_of_goods_is_refused_by_its_field(door, book, field, typed):
    fields = {"parcels": "1", "missing": "TEAPOT=1", "note": ""} | {field: typed}
    with pytest.raises(BadInput) as refused:
        await door.answer("1001.pack.1", "packed", fields, SUE)
    assert refused.value.field == field
    assert acts(book) == 0


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"amount": "1_0"}, "amount"),
        ({"amount": "Infinity"}, "amount"),
        ({"on": "2026-02-29"}, "on"),
        ({"on": "2026-11-21T10:00"}, "on"),
        ({"on": "\u0662026-11-21"}, "on"),
        ({"note": HALF}, "note"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_field_of_an_event_is_refused_by_its_name(door, book, told, named):
    with pytest.raises(BadInput) as refused:
        await door.event("1001", "payment.received", told, EVENT, SUE)
    assert refused.value.field == named
    assert acts(book) == 0


@pytest.mark.parametrize(
    "reason",
    ["", " \n", LONG, "a\x00b", HALF],
    ids=lambda text: ascii(text[:9]),
)
async def test_a_reason_that_is_none_is_refused_wherever_one_is_asked_for(door, book, reason):
    for ask in (
        lambda: door.cancel("1001", SUE, reason),
        lambda: door.hold("1001", HoldKind.OTHER, SUE, reason),
        lambda: door.skip("1001.capture.i1", Person("Lea", "lead"), reason),
    ):
        with pytest.raises(BadInput) as refused:
            await ask()
        assert refused.value.field == "reason"
    assert acts(book) == 0


@pytest.mark.parametrize(
    "name", [LONG, "a\nb", "a\x00b", "\u202ea", "a\ud83d"], ids=lambda name: ascii(name[:5])
)
async def test_a_name_that_could_be_read_as_something_else_is_refused(door, book, name):
    asked = {
        "by": lambda: door.cancel("1001", Person(name, "support"), "x"),
        "role": lambda: door.cancel("1001", Person("Sue", name), "x"),
        "fulfilment": lambda: door.cancel("1001", SUE, "x", fulfilment=name),
        "tracking": lambda: door.event("1001", "carrier.lost", {}, EVENT, SUE, tracking=name),
        "id": lambda: door.cancel("1001", SUE, "x", id=name),
    }
    for field, ask in asked.items():
        with pytest.raises(BadInput) as refused:
            await ask()
        assert refused.value.field == field
    assert acts(book) == 0


@pytest.mark.parametrize("number", ["9", "1001 ", "1001/..", "", LONG], ids=lambda number: number[:9])
async def test_an_order_nobody_placed_takes_nothing(door, book, number):
    for ask in asked_of(door, number):
        with pytest.raises(NotFound):
            await ask()
    assert acts(book) == 0


async def test_what_no_database_can_keep_is_the_name_of_nothing(database):
    book = a_shop(database)
    door = door_of(book)
    for odd in ("1001\x00", HALF):
        asks = asked_of(door, odd)
        asks += [partial(door.answer, odd, "approve", {}, FRED), partial(door.retry, odd, SUE)]
        for ask in asks:
            with pytest.raises(Refused):
                await ask()
    assert acts(book) == 0


def asked_of(door: Orders, number: str) -> list[Callable[[], Awaitable[ActResult]]]:
    return [
        partial(door.cancel, number, SUE, "x"),
        partial(door.hold, number, HoldKind.OTHER, SUE, "x"),
        partial(door.release, number, HoldKind.OTHER, SUE),
        partial(door.event, number, "carrier.lost", {}, EVENT, SUE),
    ]


async def test_a_step_that_stopped_is_skipped_by_those_who_may_and_by_nobody_else(door, book):
    with pytest.raises(ActRefused, match="only lead may skip it"):
        await door.skip("1001.capture.i1", SUE, "I want to go home")
    for incident in ("1001.capture.i2", "", LONG):
        with pytest.raises(NotFound):
            await door.retry(incident, SUE)
    assert acts(book) == 0
    assert (
        await door.skip("1001.capture.i1", Person("Lea", "lead"), "paid by hand")
    ).outcome == Outcome.KEPT


async def test_who_answered_first_is_not_the_second_person(door, book):
    given = an_act("first", act={"target": "1001.review.1", "answer": "approve"}, by="Fred")
    book.record(given)
    Journal(book.url, dict).write(a_batch(2, closed=(WaitClosed("1001.review.1", NOW, "first"),)))

    with pytest.raises(ActRefused, match="a second person has to answer, not Fred again"):
        await door.answer("1001.second.1", "approve", {}, FRED)

    assert acts(book) == 1
    assert (
        await door.answer("1001.second.1", "approve", {}, Person("Sue", "fraud"))
    ).outcome == Outcome.KEPT


async def test_two_tabs_of_one_person_are_two_acts_and_a_form_sent_twice_is_one(door, book):
    for form in ("tab-1", "tab-2", "tab-1", "tab-2"):
        result = await door.answer("1001.review.1", "approve", {}, FRED, id=form)
        assert result.outcome == Outcome.KEPT

    assert [record.act.id for record in book.pending(10)] == ["tab-1", "tab-2"]
