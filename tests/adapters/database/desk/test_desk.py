"""What staff and support read: lists, pages, the inbox."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from adapters.database.desk.desk import Desk
from adapters.database.desk.screens import Screens
from adapters.database.journal.steps import Journal
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.order.orders import Orders
from adapters.database.payment.attempts import latest_attempt, mark_attempt
from adapters.database.payment.ledger import post
from adapters.database.tables.mail import NoticeRow
from domain.act import ActKind, ActResult, Outcome
from domain.attempt import AttemptState
from domain.errors import ActRefused, NotFound
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.journal import EntryKind, IncidentOpened, WaitClosed
from domain.order import Address, Customer, DeliveryMethod
from domain.posting import Slip
from domain.view import OrderQuery
from tests.adapters.database.given import (
    HASH,
    NOW,
    a_batch,
    a_lane,
    a_placement,
    a_task,
    all_at_once,
    an_act,
    an_entry,
    an_order,
    eur,
    place,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def write(database, batch) -> None:
    Journal(database.url, dict).write(batch)


def numbers(database, **narrowed) -> list[str]:
    return [row.number for row in Desk(database.url).list(OrderQuery(**narrowed), NOW)]


def a_part(order: str = "1001", n: int = 1, **changes) -> Fulfilment:
    held = (FulfilmentLine(0, "MUG", Decimal(2)),)
    id = f"{order}-F{n}"
    part = Fulfilment(id, order, DeliveryMethod.SHIP, "main", "warehouse", held, eur(2390))
    return replace(part, **changes)


def save(database, *parts: Fulfilment) -> None:
    with database.write() as session:
        save_fulfilments(session, parts)


def book_money(database, *entries) -> None:
    with database.write() as session:
        for entry in entries:
            post(session, entry)


def three_orders(database) -> Orders:
    book = Orders(database.url)
    people = {
        "A-1": Customer("ada@example.org", "Ada Lovelace"),
        "A-2": Customer("Grüße@Example.org", "Zoë İnönü 100%"),
        "B-1": Customer("grace@example.org", "Grace Ada Hopper"),
    }
    for days, (number, customer) in enumerate(people.items()):
        order = an_order(number, customer=customer, placed_at=NOW + timedelta(days=days))
        book.place(order, a_placement(number), NOW)
    return book


def test_orders_are_listed_newest_first(database):
    three_orders(database)
    assert numbers(database) == ["B-1", "A-2", "A-1"]
    assert numbers(database, limit=2) == ["B-1", "A-2"]
    assert numbers(database, limit=0) == []


def test_orders_are_narrowed_by_when_they_were_placed(database):
    three_orders(database)
    assert numbers(database, placed_since=NOW + timedelta(days=1)) == ["B-1", "A-2"]
    assert numbers(database, placed_before=NOW + timedelta(days=1)) == ["A-1"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("A-1", ["A-1"]),
        (" ADA@example.org ", ["A-1"]),
        ("ada", ["B-1", "A-1"]),
        ("hopper GRACE", ["B-1"]),
        ("GRÜSSE@example.org", ["A-2"]),
        ("zoë", ["A-2"]),
        ("100%", ["A-2"]),
        ("%", []),
        ("_", []),
        ("a-", ["A-2", "A-1"]),
        ("1z 999", ["B-1"]),
        ("nobody", []),
    ],
)
def test_search_finds_what_fits_exactly_before_text(database, typed, found):
    three_orders(database)
    save(database, a_part("B-1", tracking="1Z999"))
    assert numbers(database, search=typed) == found


def test_a_line_says_whom_an_order_waits_for_and_until_when(database):
    place(database.url, "1001")
    event = a_task(step="paid", kind="event", role="", event="payment.received", late="1 hour")
    incident = IncidentOpened("1001.x.i1", "1001", "x", "X", "It broke.", "ops", (), NOW)
    opened = (a_task(due="2 hours"), event, a_task(step="ship", kind="each", role=""))
    write(database, a_batch(opened=opened, incidents_opened=(incident,)))
    (row,) = Desk(database.url).list(OrderQuery(), NOW)
    assert row.waiting_for == ("payment.received", "fraud")
    assert (row.due, row.incidents) == (NOW + HOUR, 1)
    assert (row.customer, row.total, row.state) == ("Ada Lovelace", eur(2390), "open")


def test_orders_are_narrowed_by_whom_they_wait_for(database):
    place(database.url, "1001", "1002", "1003")
    write(database, a_batch(order="1001", opened=(a_task("1001"),)))
    write(database, a_batch(order="1002", opened=(a_task("1002", role="warehouse"),)))
    write(database, a_batch(2, order="1002", closed=(WaitClosed("1002.review.1", NOW),)))
    assert numbers(database, waiting_for="fraud") == ["1001"]
    assert numbers(database, waiting_for="warehouse") == []


def test_orders_are_narrowed_by_state(database):
    place(database.url, "1001", "1002", "1003")
    write(database, a_batch(order="1002", holds=("OTHER",)))
    write(database, a_batch(order="1003", ended="cancelled"))
    assert numbers(database, state="open") == ["1001"]
    assert numbers(database, state="on_hold") == ["1002"]
    assert numbers(database, state="cancelled") == ["1003"]


def test_orders_are_narrowed_by_how_they_are_paid(database):
    place(database.url, "1001", "1002", "1003")
    slip = Slip("1002", "", "1002:payment.authorize:O.1", NOW)
    book_money(database, slip.authorized("auth-1", eur(2390), NOW + HOUR))
    with database.write() as session:
        asked = latest_attempt(session, "1003", "1003:payment.authorize:O.1", "tok", eur(2390), NOW)
        mark_attempt(session, asked, AttemptState.REFUSED)
    assert numbers(database, payment="authorized") == ["1002"]
    assert numbers(database, payment="pending") == ["1001"]
    assert numbers(database, payment="failed") == ["1003"]
    expired = Desk(database.url).list(OrderQuery(payment="expired"), NOW + HOUR)
    assert [row.number for row in expired] == ["1002"]


def test_orders_are_narrowed_by_how_far_their_goods_are(database):
    place(database.url, "1001", "1002", "1003")
    save(database, a_part("1001"), a_part("1002", state=FulfilmentState.SHIPPED))
    assert numbers(database, fulfilment="in_progress") == ["1001"]
    assert numbers(database, fulfilment="fulfilled") == ["1002"]
    assert numbers(database, fulfilment="unfulfilled") == ["1003"]


def test_a_list_is_turned_from_any_place_in_it(database):
    book = Orders(database.url)
    for n in range(7):
        book.place(an_order(f"N{n}", placed_at=NOW + (n // 3) * HOUR), a_placement(f"N{n}"), NOW)
    assert numbers(database, older_than=(NOW + HOUR, "N4"), limit=3) == ["N3", "N2", "N1"]
    assert numbers(database, newer_than=(NOW + HOUR, "N4"), limit=3) == ["N6", "N5"]
    assert numbers(database, newer_than=(NOW, "N0"), limit=2) == ["N2", "N1"]
    assert numbers(database, older_than=(NOW, "N0")) == []


def test_the_words_lists_are_narrowed_by_follow_whatever_happens(database):
    place(database.url, "1001")
    save(database, a_part())
    slip = Slip("1001", "", "1001:payment.authorize:O.1", NOW)
    book_money(database, slip.authorized("auth-1", eur(2390), NOW + HOUR))
    write(database, a_batch(holds=("OTHER",)))
    shipped = a_lane("1001-F1", facts={"state": "shipped"})
    steps = [
        (a_batch(2, lanes=(shipped,)), "authorized", "fulfilled"),
        (a_batch(3, ended="cancelled"), "authorized", "cancelled"),
        (a_batch(3, now=NOW + MINUTE), "authorized", "fulfilled"),  # what was written was a draft
    ]
    assert numbers(database, fulfilment="on_hold", payment="authorized") == ["1001"]
    for batch, payment, fulfilment in steps:
        write(database, batch)
        row = Desk(database.url).show("1001").row
        assert numbers(database, payment=payment, fulfilment=fulfilment) == ["1001"]
        assert row.fulfilment == fulfilment


def test_carriers_say_where_the_parcels_are(database):
    book = place(database.url, "1001")
    shipped = replace(a_part(), state=FulfilmentState.SHIPPED)
    save(database, replace(shipped, tracking="T1"), replace(shipped, id="1001-F2", tracking="T2"))
    event = {"kind": ActKind.EVENT}
    book.record(an_act("e1", target="carrier.delivered", act={"tracking": "T1"}, **event))
    book.record(an_act("e2", target="carrier.in_transit", act={"lane": "1001-F2"}, **event))
    assert Desk(database.url).show("1001").row.delivery == "in_transit"
    book.record(an_act("e3", target="carrier.delivered", act={"tracking": "T2"}, **event))
    assert Desk(database.url).show("1001").row.delivery == "delivered"


def test_the_inbox_is_overdue_then_priority_then_due_then_age(database):
    place(database.url, "1001")
    opened = (
        a_task(step="young"),
        a_task(step="old", since=NOW - HOUR),
        a_task(step="late_due", due="9 hours"),
        a_task(step="soon_due", due="5 hours"),
        a_task(step="express", priority=1),
        a_task(step="overdue", priority=9, due="1 hour"),
        a_task(step="elsewhere", role="warehouse"),
        a_task(step="parcel", kind="event", event="carrier.delivered"),
    )
    write(database, a_batch(opened=opened))
    later = NOW + 2 * HOUR
    steps = [task.step for task in Desk(database.url).tasks("fraud", later)]
    assert steps == ["overdue", "express", "soon_due", "late_due", "old", "young"]
    assert len(Desk(database.url).tasks("", later)) == 7


def test_of_tasks_alike_the_older_order_comes_first_whenever_its_task_was_opened(database):
    place(database.url, "1002", placed_at=NOW - HOUR)
    place(database.url, "1001")
    write(database, a_batch(opened=(a_task(due="1 hour"),)))
    write(database, a_batch(order="1002", opened=(a_task("1002", since=NOW + MINUTE, due="59 minutes"),)))

    assert [task.order for task in Desk(database.url).tasks("fraud", NOW)] == ["1002", "1001"]


def test_a_task_shows_its_answers_and_what_they_need(database):
    place(database.url, "1001")
    write(database, a_batch(opened=(a_task(not_same_person_as="review", scan="order.lines"),)))
    task = Desk(database.url).task("1001.review.1")
    assert [(a.name, a.label, a.needs) for a in task.answers] == [
        ("approve", "Looks fine", {}),
        ("refuse", "Fraud", {"why": "text"}),
    ]
    assert (task.not_same_person_as, task.scan, task.lane) == ("review", "order.lines", "1001")
    with pytest.raises(NotFound, match="4711"):
        Desk(database.url).task("4711")


def one_task(database) -> Desk:
    place(database.url, "1001").record(an_act(act={"answer": "approve"}))
    write(database, a_batch(opened=(a_task(),)))
    return Desk(database.url)


def test_of_five_who_claim_a_task_at_once_one_gets_it(database):
    desk = one_task(database)
    answers = all_at_once(lambda i: desk.claim("1001.review.1", f"person {i}", NOW))
    refused = [answer for answer in answers if isinstance(answer, ActRefused)]
    assert len(refused) == 4
    holder = desk.task("1001.review.1").claimed_by
    assert str(refused[0]) == f"Review for fraud of order 1001 is held by {holder}."


def test_a_claim_runs_out_unless_it_is_renewed(database):
    desk = one_task(database)
    assert desk.claim("1001.review.1", "Ada", NOW).claimed_until == NOW + 15 * MINUTE
    renewed = desk.claim("1001.review.1", "Ada", NOW + 10 * MINUTE)
    assert (renewed.claimed_by, renewed.claimed_until) == ("Ada", NOW + 25 * MINUTE)
    with pytest.raises(ActRefused):
        desk.claim("1001.review.1", "Grace", NOW + 24 * MINUTE)
    assert desk.tasks("fraud", NOW + 25 * MINUTE)[0].claimed_by == ""
    assert desk.claim("1001.review.1", "Grace", NOW + 25 * MINUTE).claimed_by == "Grace"


def test_a_task_is_given_back_by_who_holds_it(database):
    desk = one_task(database)
    desk.claim("1001.review.1", "Ada", NOW)
    with pytest.raises(ActRefused, match="not held by Grace"):
        desk.give_back("1001.review.1", "Grace")
    desk.give_back("1001.review.1", "Ada")
    assert desk.claim("1001.review.1", "Grace", NOW).claimed_by == "Grace"
    with pytest.raises(NotFound):
        desk.give_back("4711", "Ada")


def test_a_closed_task_is_not_claimed(database):
    desk = one_task(database)
    write(database, a_batch(2, closed=(WaitClosed("1001.review.1", NOW, "form-1"),)))
    with pytest.raises(ActRefused, match="already answered by Grace: approve"):
        desk.claim("1001.review.1", "Ada", NOW)
    with pytest.raises(NotFound):
        desk.claim("4711", "Ada", NOW)


def test_who_answered_a_step_before_is_known(database):
    book = place(database.url, "1001")
    people = {"a": "Grace", "b": "Ada", "c": "Grace"}
    for visit, (id, by) in enumerate(people.items(), start=1):
        book.record(replace(an_act(id), by=by))
        write(database, a_batch(2 * visit, opened=(a_task(visit=visit),)))
        write(database, a_batch(2 * visit + 1, closed=(WaitClosed(f"1001.review.{visit}", NOW, id),)))
    assert Desk(database.url).answered_by("1001", "1001", "review") == ["Grace", "Ada"]
    assert Desk(database.url).answered_by("1001", "1001", "pack") == []


def a_busy_order(database) -> Desk:
    customer = Customer("ada@example.org", "Ada Lovelace")
    address = Address("Ada Lovelace", "1 Mill Lane", "12345", "Town", "DE", company="Engines Ltd")
    book = place(database.url, "1001", customer=customer, shipping_address=address)
    book.record(an_act(texts={"remark": "Called her."}, reason="Knows the code"))
    book.record(an_act("form-2"))
    book.note("1001", "Loyal customer", "Ada", NOW + MINUTE)
    save(database, a_part(tracking="SIM1", carrier="SIM"))
    book_money(database, Slip("1001", "", "key", NOW).authorized("auth-1", eur(2390), None))
    with database.write() as session:
        session.add(a_letter())
    entries = (
        an_entry(1, "Scored 62."),
        an_entry(2, "Looks fine.", act="form-1", kind=EntryKind.ANSWER, at=NOW + 2 * MINUTE),
    )
    lanes = (a_lane(), a_lane("1001-F1", flow="warehouse", flow_hash="cd" * 32, title="Pick and pack"))
    opened = (a_task("1001-F1", "pack", role="warehouse", due="1 hour", late_then="Not packed in time"),)
    acts = {"form-1": ActResult(Outcome.DONE)}
    write(database, a_batch(entries=entries, opened=opened, lanes=lanes, acts=acts))
    return Desk(database.url)


def a_letter() -> NoticeRow:
    return NoticeRow(
        n=1,
        id="1001.confirmation.1",
        order="1001",
        lane="1001",
        template="confirmation",
        to="customer",
        language="en",
        state="sent",
        message_id="<1@shop>",
        recipient="ada@example.org",
        subject="Thank you",
        text="Thank you",
        html="",
        why="",
        created_at=NOW,
        sent_at=NOW,
    )


def test_an_orders_page_tells_all_of_it(database):
    page = a_busy_order(database).show("1001")
    assert (page.customer_email, page.address[:2]) == ("ada@example.org", ("Ada Lovelace", "Engines Ltd"))
    assert page.address[2:] == ("1 Mill Lane", "12345 Town", "DE")
    assert [(line.sku, line.quantity, line.total) for line in page.lines] == [
        ("MUG", Decimal(2), eur(1900))
    ]
    assert (page.flow, page.flow_version, page.end) == ("standard", HASH[:12], "")
    (wait,) = page.waiting_for
    assert (wait.role, wait.due, wait.then) == ("warehouse", NOW + HOUR, "Not packed in time")
    (part,) = page.fulfilments
    assert (part.flow_version, part.step, part.state) == ("cdcdcdcdcdcd", "Pick and pack", "open")
    assert part.link == "https://parcels.example/SIM1"
    assert [(payment.kind, payment.amount) for payment in page.payments] == [("authorized", eur(2390))]
    assert (page.authorized, page.captured, page.pending_acts) == (eur(2390), eur(0), 1)
    assert page.row.payment == "authorized"
    assert [(notice.template, notice.subject) for notice in page.notices] == [("confirmation", "Thank you")]


def test_an_orders_page_and_whoever_watches_it_agree_on_what_is_new(database):
    a_busy_order(database)
    screens = Screens(database.url)
    assert screens.page("1001").beat == screens.order_beat("1001")


def test_what_happens_while_a_page_is_read_is_news_to_it(database):
    """Else it would show a parcel as it was, and never hear that it has left."""
    place(database.url, "1001")
    screens, journal = Screens(database.url), Journal(database.url, dict)
    journal.write(a_batch(1, lanes=(a_lane(),)))

    batches = [a_batch(2, entries=(an_entry(1),))]

    def meanwhile(_connection, _cursor, statement, *_more):
        if "FROM timeline" in statement and batches:
            journal.write(batches.pop())

    event.listen(screens.engine, "before_cursor_execute", meanwhile)
    page = screens.page("1001")
    event.remove(screens.engine, "before_cursor_execute", meanwhile)
    assert page.view.timeline == ()
    assert page.beat != screens.order_beat("1001")


def test_the_timeline_says_who_and_why_with_notes_between(database):
    lines = a_busy_order(database).show("1001").timeline
    assert [(line.kind, line.text, line.by, line.why) for line in lines] == [
        ("step", "Scored 62.", "", ""),
        ("note", "Loyal customer", "Ada", ""),
        ("answer", "Looks fine.", "Grace", "Knows the code; remark: Called her."),
    ]


def test_a_page_nobody_placed_is_not_found(database):
    with pytest.raises(NotFound, match="4711"):
        Desk(database.url).show("4711")


def test_a_page_reads_the_money_by_the_clock_of_today(database):
    place(database.url, "1001")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    book_money(database, Slip("1001", "", "key", long_ago).authorized("auth-1", eur(2390), long_ago))
    assert Desk(database.url).show("1001").row.payment == "expired"
