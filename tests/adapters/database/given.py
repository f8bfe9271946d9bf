"""Orders, acts and batches to write down, with only what a test cares about spelt out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders
from domain.act import Act, ActKind, ActRecord, ActResult
from domain.calendar import Span, WorkingCalendar
from domain.journal import AnswerOption, Batch, Entry, EntryKind, LaneStatus, WaitOpened
from domain.money import Money
from domain.order import Address, Customer, Delivery, Line, Order, PaymentTerms
from domain.placement import Placement

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HASH = "ab" * 32

DAY_SHIFT = (Span(9 * 60, 17 * 60),)
OFFICE = WorkingCalendar("office", "Europe/Berlin", dict.fromkeys(range(5), DAY_SHIFT))


def the_journal(database, calendars=None) -> Journal:
    return Journal(database.url, lambda: calendars or {})


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def an_order(number: str = "1001", **changes: Any) -> Order:
    order = Order(
        number=number,
        channel="web",
        placed_at=NOW,
        currency="EUR",
        customer=Customer("Ada@Example.org", "Ada Lovelace"),
        shipping_address=Address("Ada Lovelace", "1 Mill Lane", "12345", "Town", "DE"),
        delivery=Delivery(),
        lines=(Line("MUG", "Mug", Decimal(2), eur(950), eur(1900), eur(0), eur(0)),),
        shipping=eur(490),
        discount=eur(0),
        total=eur(2390),
        payment=PaymentTerms("card", token="tok_ok"),
    )
    return replace(order, **changes)


def a_placement(body: str = "{}", **changes: Any) -> Placement:
    return replace(Placement("standard", {"standard": HASH}, body=body, by="shop"), **changes)


def place(url: str, *numbers: str, **changes: Any) -> Orders:
    """A book with these orders in it, all started."""
    book = Orders(url)
    for number in numbers:
        book.place(an_order(number, **changes), a_placement(number), NOW)
        book.started(number, NOW)
    return book


def an_act(id: str = "form-1", order: str = "1001", **changes: Any) -> ActRecord:
    act = Act(id, changes.pop("kind", ActKind.ANSWER), target=changes.pop("target", f"{order}.review.1"))
    act = replace(act, **changes.pop("act", {}))
    record = ActRecord(act=act, order=order, by="Grace", role="fraud", reason="", at=NOW)
    return replace(record, **changes)


def end_of(book: Orders, act: str) -> ActResult | None:
    record = book.act(act)
    assert record is not None
    return record.result


def a_batch(n: int = 1, order: str = "1001", **parts: Any) -> Batch:
    return replace(Batch(order=order, subject=order, n=n, now=NOW, speed=1.0), **parts)


def a_task(lane: str = "1001", step: str = "review", **changes: Any) -> WaitOpened:
    answers = (AnswerOption("approve", "Looks fine"), AnswerOption("refuse", "Fraud", {"why": "text"}))
    wait = WaitOpened(lane, step, 1, "ask", "Review for fraud", NOW, role="fraud", answers=answers)
    return replace(wait, **changes)


def an_entry(seq: int, text: str = "Something happened.", **changes: Any) -> Entry:
    return replace(Entry(seq, NOW, EntryKind.STEP, "1001", "screen", text), **changes)


def a_lane(id: str = "1001", **changes: Any) -> LaneStatus:
    lane = LaneStatus(id, "standard", HASH, "review", "Review for fraud", "Hold the money", "waiting", NOW)
    return replace(lane, **changes)


def all_at_once(work: Callable[[int], Any], times: int = 5) -> list[Any]:
    """What `work` answers to each of several people who press at the same moment; errors as they are."""
    ready = Barrier(times)

    def press(i: int) -> Any:
        ready.wait()
        try:
            return work(i)
        except Exception as error:  # noqa: BLE001 (the test looks at whatever came)
            return error

    with ThreadPoolExecutor(times) as people:
        return list(people.map(press, range(times)))
