"""What an order's workflow writes is written whole, once, and answers alike."""

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.database import engine
from adapters.database.desk.desk import Desk
from adapters.database.flow.flows import FlowShelf
from adapters.database.order.fulfilments import load_fulfilment, save_fulfilments
from adapters.database.order.orders import Orders
from adapters.database.schema import every_table, migrate
from adapters.database.tables.journal import ActRow
from domain.act import ActKind, ActResult, Outcome
from domain.errors import DatabaseUnavailable, NotFound, OrderEnded
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.journal import (
    AnswerOption,
    Batch,
    Entry,
    EntryKind,
    IncidentClosed,
    IncidentOpened,
    WaitClosed,
    WaitMoved,
    WaitOpened,
    Walk,
)
from domain.order import DeliveryMethod
from tests.adapters.database.given import (
    NOW,
    OFFICE,
    a_batch,
    a_lane,
    a_placement,
    a_task,
    all_at_once,
    an_act,
    an_entry,
    an_order,
    end_of,
    eur,
    place,
    the_journal,
)

HOUR = timedelta(hours=1)


def everything(database):
    """Every row of every table."""
    with database.read() as session:
        return {
            table.name: [tuple(row) for row in session.connection().execute(table.select())]
            for table in every_table().sorted_tables
        }


def a_full_batch():
    return a_batch(
        entries=(an_entry(1), an_entry(2, act="form-1", kind=EntryKind.ANSWER)),
        opened=(
            a_task(due="20 working hours", remind="2 hours", late="2 days"),
            a_task(step="pack", priority=1),
        ),
        closed=(WaitClosed("1001.pack.1", NOW, "form-1"),),
        moved=(WaitMoved("1001.review.1", NOW + HOUR, None, NOW + 2 * HOUR),),
        incidents_opened=(
            IncidentOpened("1001.x.i1", "1001", "x", "X", "It broke.", "ops", ("ops",), NOW),
        ),
        acts={"form-1": ActResult(Outcome.DONE)},
        kept_events=("form-1",),
        lanes=(a_lane(),),
        holds=("OTHER",),
    )


def test_an_order_begins_with_the_facts_that_conditions_read(database):
    book = Orders(database.url)
    book.place(an_order("1000"), a_placement("1000"), NOW)
    book.place(an_order("1001"), a_placement("1001", holds={"OTHER": "odd"}), NOW)
    facts = the_journal(database).begin("1001")
    assert (facts["number"], facts["total"], facts["email_domain"]) == ("1001", "23.90", "example.org")
    assert (facts["orders_before"], facts["first_order"], facts["hold"]) == (1, False, True)
    assert book.unstarted(10) == ["1000"]


def test_an_order_begun_again_begins_alike(database):
    book = Orders(database.url)
    book.place(an_order("1001"), a_placement("1001"), NOW)
    first = the_journal(database).begin("1001")
    book.place(an_order("1002"), a_placement("1002"), NOW)
    assert the_journal(database).begin("1001") == first


def test_an_unknown_or_ended_order_does_not_begin(database):
    place(database.url, "1001")
    journal = the_journal(database)
    with pytest.raises(NotFound, match="4711"):
        journal.begin("4711")
    journal.write(a_batch(lanes=(a_lane(title="Refused as fraud", state="cancelled"),), ended="cancelled"))
    with pytest.raises(OrderEnded, match="1001 has ended: Refused as fraud"):
        journal.begin("1001")


def test_a_batch_of_an_unknown_order_is_refused(database):
    with pytest.raises(NotFound, match="4711"):
        the_journal(database).write(a_batch(order="4711"))


def test_a_batch_written_twice_changes_nothing_and_answers_alike(database):
    place(database.url, "1001").record(an_act())
    first = the_journal(database).write(a_full_batch())
    stood = everything(database)
    # The calendar has changed meanwhile; what was answered stands.
    again = the_journal(database, {"": OFFICE}).write(a_full_batch())
    assert again == first
    assert everything(database) == stood
    assert len(stood["timeline"]) == 2
    assert len(stood["wait"]) == 2


def test_a_batch_repeated_late_does_not_undo_a_later_one(database):
    place(database.url, "1001")
    journal = the_journal(database)
    journal.write(a_batch(1, opened=(a_task(),), holds=("OTHER",)))
    journal.write(a_batch(2, closed=(WaitClosed("1001.review.1", NOW),)))
    stood = everything(database)
    journal.write(a_batch(1, opened=(a_task(),), holds=("OTHER",)))
    assert everything(database) == stood


def test_a_page_written_anew_after_a_crash_replaces_its_draft(database):
    place(database.url, "1001").record(an_act())
    journal = the_journal(database)
    later = NOW + timedelta(seconds=5)
    task = WaitOpened("1001", "review", 1, "ask", "Review", NOW + timedelta(seconds=1), role="fraud")
    waiting = Entry(1, NOW, EntryKind.WAIT, "1001", "review", "Waiting.")
    drafted = Entry(2, NOW + timedelta(seconds=2), EntryKind.LATE, "1001", "review", "Too late.")
    answered = Entry(2, later, EntryKind.ANSWER, "1001", "review", "Looks fine.", "form-1")
    closed = NOW + timedelta(seconds=2)
    journal.write(Batch("1001", "1001", 1, NOW + timedelta(seconds=1), 1.0, (waiting,), (task,)))
    journal.write(Batch("1001", "1001", 2, closed, 1.0, (drafted,), closed=(WaitClosed(task.id, closed),)))

    anew = (WaitClosed(task.id, later, "form-1"),)
    done = {"form-1": ActResult(Outcome.DONE)}
    journal.write(Batch("1001", "1001", 2, later, 1.0, (answered,), closed=anew, acts=done))

    view = Desk(database.url).show("1001")
    assert [line.text for line in view.timeline] == ["Waiting.", "Looks fine."]
    assert Desk(database.url).task(task.id).answered_by == "Grace"
    act = Orders(database.url).act("form-1")
    assert act is not None
    assert act.result == ActResult(Outcome.DONE)


def test_five_who_write_one_batch_at_once_write_it_once(database):
    place(database.url, "1001").record(an_act())
    journal = the_journal(database)
    answers = all_at_once(lambda _: journal.write(a_full_batch()))
    assert answers == answers[:1] * 5
    assert len(everything(database)["timeline"]) == 2


def test_a_locked_database_is_asked_again_later(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_WAIT_SECONDS", 0)
    impatient = engine.Database(f"sqlite:///{tmp_path}/locked.db")
    migrate(impatient)
    place(impatient.url, "1001")
    with impatient.write(), pytest.raises(DatabaseUnavailable):
        the_journal(impatient).write(a_full_batch())
    assert the_journal(impatient).write(a_full_batch())
    impatient.close()


def test_an_answered_task_knows_who_answered_and_what(database):
    place(database.url, "1001").record(an_act(act={"answer": "approve"}))
    journal, desk = the_journal(database), Desk(database.url)
    journal.write(a_batch(1, opened=(a_task(show={"order.total": "23.90"}),)))
    assert desk.task("1001.review.1").answered_by == ""
    journal.write(a_batch(2, closed=(WaitClosed("1001.review.1", NOW + HOUR, "form-1"),)))
    journal.write(a_batch(3, closed=(WaitClosed("1001.review.1", NOW + 2 * HOUR),)))
    task = desk.task("1001.review.1")
    assert (task.answered_by, task.answer, task.closed_at) == ("Grace", "approve", NOW + HOUR)
    assert task.show == {"order.total": "23.90"}


def test_an_act_settled_before_stands(database):
    book = place(database.url, "1001")
    book.record(an_act("form-1"))
    book.record(an_act("form-2"))
    book.settle("form-1", ActResult(Outcome.REFUSED, "too late"), NOW)
    done = {
        "form-1": ActResult(Outcome.DONE),
        "form-2": ActResult(Outcome.DONE),
        "bare": ActResult(Outcome.DONE),
    }
    the_journal(database).write(a_batch(acts=done))
    assert end_of(book, "form-1") == ActResult(Outcome.REFUSED, "too late")
    assert end_of(book, "form-2") == ActResult(Outcome.DONE)
    assert book.pending(10) == []


def test_events_kept_for_later_are_marked(database):
    place(database.url, "1001").record(an_act(kind=ActKind.EVENT, target="carrier.delivered"))
    the_journal(database).write(a_batch(acts={"form-1": ActResult(Outcome.DONE)}, kept_events=("form-1",)))
    with database.read() as session:
        assert session.get(ActRow, "form-1").kept


def test_incidents_open_with_a_deadline_and_close(database):
    place(database.url, "1001")
    journal, desk = the_journal(database), Desk(database.url)
    opened = IncidentOpened(
        "1001.x.i1", "1001", "x", "Hold the money", "No answer.", "finance", ("ops",), NOW
    )
    journal.write(a_batch(1, incidents_opened=(opened,), speed=2.0))
    (view,) = desk.incidents()
    assert (view.due, view.may_skip, view.what) == (NOW + 2 * HOUR, ("ops",), "No answer.")
    assert desk.incident("1001.x.i1") == view
    journal.write(a_batch(2, incidents_closed=(IncidentClosed("1001.x.i1", NOW, "retried", "form-1"),)))
    assert list(desk.incidents()) == []
    with pytest.raises(NotFound):
        desk.incident("1001.x.i1")


def test_holds_are_those_that_stand_after_the_batch(database):
    book, desk = place(database.url, "1001"), Desk(database.url)
    book.record(an_act("form-1", kind=ActKind.HOLD, target="OTHER", reason="The customer called."))
    journal = the_journal(database)
    said = an_entry(1, "Put on hold: OTHER.", kind=EntryKind.HOLD, act="form-1")
    journal.write(a_batch(1, entries=(said,), holds=("OTHER", "AWAITING_PAYMENT")))
    page = desk.show("1001")
    assert page.row.state == "on_hold"
    assert [(hold.kind, hold.by, hold.why) for hold in page.holds] == [
        ("AWAITING_PAYMENT", "", ""),
        ("OTHER", "Grace", "The customer called."),
    ]
    journal.write(a_batch(2, holds=("AWAITING_PAYMENT",)))
    assert [hold.kind for hold in desk.show("1001").holds] == ["AWAITING_PAYMENT"]
    journal.write(a_batch(3))
    assert desk.show("1001").row.state == "open"


def test_a_hold_the_order_was_placed_with_keeps_its_reason(database):
    book = Orders(database.url)
    book.place(an_order(), a_placement(holds={"OUT_OF_STOCK": "MUG is not known here."}), NOW)
    the_journal(database).write(a_batch(holds=("OUT_OF_STOCK",)))
    (hold,) = Desk(database.url).show("1001").holds
    assert (hold.why, hold.by) == ("MUG is not known here.", "shop")


def test_an_ended_order_waits_for_nothing(database):
    place(database.url, "1001")
    journal, desk = the_journal(database), Desk(database.url)
    journal.write(a_batch(1, opened=(a_task(),), lanes=(a_lane(),)))
    done = a_lane(step="done", title="Completed", phase="ended", state="completed")
    journal.write(a_batch(2, lanes=(done,), ended="completed"))
    page = desk.show("1001")
    assert (page.row.state, page.end, page.waiting_for) == ("completed", "Completed", ())
    assert desk.tasks("", NOW) == []


def a_part(state: FulfilmentState) -> Fulfilment:
    held = (FulfilmentLine(0, "MUG", Decimal(2)),)
    return Fulfilment("1001-F1", "1001", DeliveryMethod.SHIP, "main", "warehouse", held, eur(2390), state)


@pytest.mark.parametrize(
    ("stands", "lane_says", "then"),
    [
        ("open", "shipped", "shipped"),
        ("shipped", "fulfilled", "fulfilled"),
        ("open", "cancelled", "cancelled"),
        ("backordered", "open", "open"),
        ("open", "backordered", "open"),
        ("shipped", "open", "shipped"),
        ("shipped", "cancelled", "shipped"),
    ],
)
def test_a_fulfilment_only_moves_on(database, stands, lane_says, then):
    place(database.url, "1001")
    with database.write() as session:
        save_fulfilments(session, [a_part(FulfilmentState(stands))])
    facts = {"state": lane_says, "tracking": "T1", "carrier": "SIM"}
    the_journal(database).write(a_batch(lanes=(a_lane("1001-F1", facts=facts),)))
    with database.read() as session:
        part = load_fulfilment(session, "1001-F1")
    assert (part.state, part.tracking, part.carrier) == (then, "T1", "SIM")


def test_a_move_rewrites_the_open_task_and_pins_the_new_versions(database):
    book, journal, desk = place(database.url, "1001"), the_journal(database), Desk(database.url)
    journal.write(a_batch(1, opened=(a_task(due="2 hours"),), lanes=(a_lane(),)))
    before = desk.task("1001.review.1")
    asked = a_task(title="Look closely", role="lead", answers=(AnswerOption("fine", "Fine"),))

    journal.write(a_batch(2, rewritten=(asked,), flows={"standard": "b" * 64}, lanes=(a_lane(),)))

    task = desk.task("1001.review.1")
    assert (task.title, task.role, [each.name for each in task.answers]) == (
        "Look closely",
        "lead",
        ["fine"],
    )
    assert (task.due, task.since) == (before.due, before.since)
    assert book.placement("1001").flows == {"standard": "b" * 64}


def test_where_every_open_order_stands_is_known_with_what_it_has_behind_it(database):
    place(database.url, "1001", "1002", "1003")
    journal, shelf = the_journal(database), FlowShelf(database.url)
    walk = Walk(("screen", "authorize"), (("authorize", "payment.void"),), {"screen": ("score",)})
    journal.write(a_batch(1, lanes=(a_lane(walk=walk), a_lane("1001-F1")), holds=("OTHER",)))
    journal.write(a_batch(1, order="1002", lanes=(a_lane("1002", state="completed"),), ended="completed"))

    (at,) = shelf.standings()

    assert (at.subject, [lane.id for lane in at.lanes], at.holds) == (
        "1001",
        ["1001", "1001-F1"],
        ("OTHER",),
    )
    assert at.lanes[0].walk == walk
    assert (shelf.standings(at.lanes[0].flow), shelf.standings("no such flow")) == ([at], [])
