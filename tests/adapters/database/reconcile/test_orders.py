"""Orders that stand nowhere, notices that never went out, ways that no flow has: each is named."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from activities.catalogue import ACTIONS
from adapters.database.flow.flows import FlowShelf
from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders
from adapters.database.payment.money_incidents import open_money_incident
from adapters.database.reconcile.flows import flow_differences
from adapters.database.reconcile.mail import mail_differences
from adapters.database.reconcile.orders import order_differences
from adapters.database.tables.journal import ActRow, IncidentRow, LaneRow, WaitRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import PlacedOrder
from config.settings import SHIPPED
from config.shop import read_shop
from domain.act import ActResult, Outcome
from domain.journal import IncidentOpened, WaitClosed, Walk
from domain.reconcile import RepairKind
from flow.model import dumps
from tests.adapters.database.given import NOW, a_batch, a_lane, a_placement, a_task, an_act, an_order, place

LATER = NOW + timedelta(hours=1)
DAYS_LATER = NOW + timedelta(days=2)


@pytest.fixture
def books(sqlite_database):
    """An order that waits for its review."""
    place(sqlite_database.url, "1001")
    write(sqlite_database, a_batch(opened=(a_task(),), lanes=(a_lane(),)))
    return sqlite_database


def write(database, batch) -> None:
    Journal(database.url, dict).write(batch)


def change(database, model, **values) -> None:
    with database.write() as session:
        session.connection().execute(update(model).values(**values))


def found(database, now=LATER, check=order_differences) -> list[str]:
    with database.snapshot() as session:
        found = check(session) if check is flow_differences else check(session, now)
        return [f"{each.rule} {each.subject}: {each.what}" for each in found]


def repairs(database, now=LATER, check=order_differences):
    with database.snapshot() as session:
        return [(each.repair.kind, each.repair.target) for each in check(session, now) if each.repair]


def test_an_order_that_waits_for_somebody_stands_somewhere(books):
    assert found(books) == []


def test_both_databases_name_an_order_that_was_never_begun(database):
    book = Orders(database.url)
    book.place(an_order(), a_placement(), NOW)

    assert found(database, NOW) == []
    assert found(database) == ["O3 1001: It was placed, and its workflow never began."]
    assert repairs(database) == [(RepairKind.START, "1001")]
    assert found(database, check=mail_differences) == []
    assert found(database, check=flow_differences) == []


def test_an_act_that_was_never_carried(books):
    Orders(books.url).record(an_act("form"))

    assert found(books, NOW) == []
    assert found(books) == ["O3 1001: Its answer of 2026-03-02 09:00 (form) was never answered."]
    assert repairs(books) == [(RepairKind.CARRY, "form")]


def test_a_deadline_that_its_flow_slept_through(books):
    change(books, WaitRow, late=NOW)

    said = "Review for fraud: it turned late at 2026-03-02 09:00, and its flow has not noticed."
    assert found(books) == [f"O1 1001: {said}"]
    write(books, a_batch(2, holds=("OTHER",)))
    assert found(books) == []  # a hold stops the clocks


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("waiting", "it waits, and nobody knows for what"),
        ("incident", "it has stopped, and nobody is told why"),
        ("parked", "it is on hold, and nobody holds it"),
        ("running", "it has been at it for more than a day"),
    ],
)
def test_an_order_that_stands_nowhere(books, phase, said):
    write(books, a_batch(2, closed=(WaitClosed("1001.review.1", NOW),), lanes=(a_lane(phase=phase),)))

    assert found(books, DAYS_LATER) == [f"O1 1001: Review for fraud: {said}."]
    stopped = IncidentOpened("1001.review.1", "1001", "review", "Review", "It broke.", "ops", (), NOW)
    write(books, a_batch(3, incidents_opened=(stopped,)))
    assert found(books, DAYS_LATER) == []


def test_a_task_that_outlives_its_order(books):
    change(books, PlacedOrder, ended_at=NOW)

    assert found(books) == ["O1 1001: It has ended, and still waits: Review for fraud."]
    assert repairs(books) == [(RepairKind.CLOSE, "1001.review.1")]


def test_an_incident_that_outlives_its_order(books):
    stopped = IncidentOpened("1001.x.1", "1001", "x", "Taking the money", "It broke.", "ops", (), NOW)
    closed = (WaitClosed("1001.review.1", NOW),)
    write(books, a_batch(2, closed=closed, incidents_opened=(stopped,)))
    change(books, PlacedOrder, ended_at=NOW)

    assert found(books) == ["O1 1001: It has ended, and has stopped: Taking the money."]
    change(books, IncidentRow, closed_at=NOW)
    assert found(books) == []


def test_what_finance_has_to_see_to_may_come_after_the_end(books):
    write(books, a_batch(2, closed=(WaitClosed("1001.review.1", NOW),), ended="completed"))
    with books.write() as session:
        open_money_incident(session, "1001", "refund.re_1", "A refund came back", "It came back.", NOW)

    assert found(books) == []


def test_an_answer_that_was_taken_closes_one_task(books):
    Orders(books.url).record(an_act("form"))
    done = {"form": ActResult(Outcome.DONE)}
    write(books, a_batch(2, acts=done, closed=(WaitClosed("1001.review.1", NOW, "form"),)))
    lost = [each for each in found(books) if each.startswith("O5")]
    assert lost == []

    change(books, WaitRow, closed_by="")
    assert "O5 1001: The answer form was taken, and closed 0 tasks." in found(books)
    change(books, WaitRow, closed_by="form")
    change(books, ActRow, outcome="refused")
    assert "O5 1001: The answer form was refused, and closed a task." in found(books)


@pytest.fixture(scope="module")
def flows():
    return read_shop(SHIPPED, ACTIONS).flows


def walked(database, flows, passed, **lane) -> None:
    standard = flows["standard"]
    FlowShelf(database.url).publish([dumps(standard)], "Olga", "new", NOW)
    write(database, a_batch(2, lanes=(a_lane(flow_hash=standard.sha256, walk=Walk(passed), **lane),)))


def test_an_order_that_went_where_its_flow_does_not_lead(books, flows):
    first, second = flows["standard"].steps[0], flows["standard"].steps[1]
    then = first.does.rows[0].go if hasattr(first.does, "rows") else first.then
    walked(books, flows, (first.id, then))
    assert found(books, check=flow_differences) == []

    write(
        books,
        a_batch(3, lanes=(a_lane(flow_hash=flows["standard"].sha256, walk=Walk((second.id, first.id))),)),
    )
    said = f"O2 1001: 1001 went from {second.id} to {first.id}, and its flow does not lead there."
    assert found(books, check=flow_differences) == [said]
    change(books, LaneRow, leaving=True)
    assert found(books, check=flow_differences) == []


def test_a_flow_that_is_not_here(books):
    said = f"O2 1001: 1001 follows a version of a flow that is not here ({a_lane().flow_hash[:12]})."
    assert found(books, check=flow_differences) == [said]


def test_a_step_that_told_nobody(books, flows):
    step = next(each for each in flows["standard"].steps if each.does.verb == "tell")
    walked(books, flows, (step.id,), state="completed", phase="ended")

    said = f"N1 1001: 1001 passed {step.title}, and nothing was ever written."
    assert found(books, check=flow_differences) == [said]
    letter(books, id=f"1001.{step.id}.1")
    assert found(books, check=flow_differences) == []


def letter(database, **changes) -> None:
    row: dict[str, Any] = {
        "id": "1001.confirm.1",
        "order": "1001",
        "n": 1,
        "lane": "1001",
        "template": "confirmation",
        "to": "customer",
        "language": "en",
        "state": "sent",
        "message_id": "<1001.confirm.1@shop.example>",
        "recipient": "Ada@Example.org",
        "subject": "s",
        "text": "t",
        "html": "h",
        "why": "",
        "created_at": NOW,
    }
    with database.write() as session:
        session.add(NoticeRow(**row | changes))


def test_a_notice_that_went_out_is_right(books):
    letter(books)
    assert found(books, DAYS_LATER, mail_differences) == []


def test_a_notice_that_never_went_out(books):
    letter(books, state="pending")

    assert found(books, check=mail_differences) == []
    said = "Its notice “confirmation” of 2026-03-02 09:00 was written and never went out."
    assert found(books, DAYS_LATER, mail_differences) == [f"N1 1001: {said}"]
    assert repairs(books, DAYS_LATER, mail_differences) == [(RepairKind.SEND, "1001.confirm.1")]


def test_two_notices_under_one_message_id(books):
    letter(books)
    letter(books, id="1001.again.1")

    said = "N2 1001: 2 notices go by the one Message-ID <1001.confirm.1@shop.example>."
    assert found(books, check=mail_differences) == [said]


def test_a_notice_to_a_stranger(books):
    letter(books, recipient="eve@example.org")

    said = "N3 1001: Its notice “confirmation” went to an address that is not its customer's."
    assert found(books, check=mail_differences) == [said]


def test_a_notice_about_another_order(books):
    letter(books, id="1002.confirm.1")

    said = "N3 1001: Its notice 1002.confirm.1 is about another order."
    assert found(books, check=mail_differences) == [said]
