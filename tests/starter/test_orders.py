"""The facade when the order's workflow is not there: what was asked is kept, or refused for good."""

from datetime import timedelta
from typing import cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from adapters.database.audit_log import AuditLog
from adapters.database.desk.desk import Desk
from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders as Book
from domain.act import HoldKind, Outcome
from domain.errors import ActRefused
from starter.carrying import Person
from starter.orders import Orders
from tests.adapters.database.given import NOW, a_batch, a_placement, a_task, an_act, an_order, end_of, place

GRACE = Person("Grace", "support")


class NowhereYet:
    """A Temporal that answers, and knows no such workflow."""

    def get_workflow_handle(self, _id):
        return self

    async def start_update(self, *_args, **_more):
        raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")


@pytest.fixture
def door(sqlite_database):
    url = sqlite_database.url
    return Orders(Book(url), Desk(url), lambda: NOW, cast(Client, NowhereYet()), "orders")


def end(database, number="1001"):
    Journal(database.url, dict).write(a_batch(order=number, ended="completed"))


async def test_an_act_for_an_order_that_is_not_started_yet_is_kept(sqlite_database, door):
    book = Book(sqlite_database.url)
    book.place(an_order(), a_placement(), NOW)

    result = await door.cancel("1001", GRACE, "changed her mind", id="c")

    assert result.outcome == Outcome.KEPT
    assert end_of(book, "c") is None
    book.started("1001", NOW)
    assert [record.act.id for record in book.pending(10)] == ["c"]


async def test_an_act_for_an_order_that_has_ended_is_refused(sqlite_database, door):
    book = place(sqlite_database.url, "1001")
    end(sqlite_database)

    result = await door.cancel("1001", GRACE, "changed her mind", id="c")

    assert (result.outcome, result.why) == (Outcome.REFUSED, "Order 1001 has ended.")
    assert end_of(book, "c") == result


async def test_a_form_sent_again_for_something_else_is_not_taken_for_the_first(sqlite_database, door):
    book = place(sqlite_database.url, "1001", "1002")
    await door.cancel("1001", GRACE, "changed her mind", id="form")

    with pytest.raises(ActRefused, match="something else"):
        await door.hold("1001", HoldKind.OTHER, GRACE, "wait", id="form")
    with pytest.raises(ActRefused, match="something else"):
        await door.cancel("1002", GRACE, "changed her mind", id="form")

    assert (await door.cancel("1001", GRACE, "clicked twice", id="form")).outcome == Outcome.KEPT
    assert len(book.pending(10)) == 1


async def test_a_kept_answer_to_a_task_that_is_gone_still_ends(sqlite_database, door):
    book = place(sqlite_database.url, "1001")
    kept = book.record(an_act("a", act={"target": "1001.gone.1", "answer": "approve"}))
    end(sqlite_database)

    assert (await door.carry(kept)).outcome == Outcome.REFUSED


async def test_without_temporal_an_answer_is_kept_once_however_often_it_is_sent(sqlite_database):
    url = sqlite_database.url
    book = place(url, "1001")
    Journal(url, dict).write(a_batch(opened=(a_task(),)))
    door = Orders(book, Desk(url), lambda: NOW, None, "orders")

    results = [await door.answer("1001.review.1", "approve", {}, GRACE, id="form") for _ in range(3)]

    assert {result.outcome for result in results} == {Outcome.KEPT}
    assert [record.act.id for record in book.pending(10)] == ["form"]


async def test_a_task_that_somebody_holds_is_not_answered_by_another(sqlite_database, door):
    place(sqlite_database.url, "1001")
    Journal(sqlite_database.url, dict).write(a_batch(2, opened=(a_task(visit=1),)))
    Desk(sqlite_database.url).claim("1001.review.1", "Ada", NOW)

    with pytest.raises(ActRefused, match="held by Ada"):
        await door.answer("1001.review.1", "approve", {}, GRACE)

    held = await door.answer("1001.review.1", "approve", {}, Person("Ada"))
    assert held.outcome == Outcome.KEPT


async def test_a_claim_that_has_run_out_keeps_nobody_away(sqlite_database, door):
    place(sqlite_database.url, "1001")
    Journal(sqlite_database.url, dict).write(a_batch(2, opened=(a_task(visit=1),)))
    Desk(sqlite_database.url).claim("1001.review.1", "Ada", NOW - timedelta(minutes=15))

    assert (await door.answer("1001.review.1", "approve", {}, GRACE)).outcome == Outcome.KEPT


async def test_who_was_told_no_at_the_door_stands_in_the_audit_log(sqlite_database, door):
    place(sqlite_database.url, "1001")
    journal = Journal(sqlite_database.url, dict)
    journal.write(a_batch(opened=(a_task(),)))
    task = a_task().id
    Desk(sqlite_database.url).claim(task, "Ada", NOW)

    with pytest.raises(ActRefused, match="held by Ada"):
        await door.answer(task, "approve", {}, person=GRACE, id="form")
    with pytest.raises(ActRefused, match="only a payment"):
        await door.release("1001", HoldKind.AWAITING_PAYMENT, GRACE)

    found = [deed for _, deed in AuditLog(sqlite_database.url).entries(9)]
    assert [(d.kind, d.order, d.subject, d.by, d.role) for d in found] == [
        ("refused", "1001", "1001", "Grace", "support"),
        ("refused", "1001", "form", "Grace", "support"),
    ]
    assert "held by Ada" in found[1].why
