"""What is safe to mend is mended once, and stands in the audit log; what is not is left to people."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col, select

from adapters.database.audit_log import AuditLog
from adapters.database.desk.desk import Desk
from adapters.database.journal.steps import Journal
from adapters.database.reconcile.auditor import Auditor
from adapters.database.reconcile.repairs import Repairs
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import OrderWord, PlacedOrder
from domain.act import ActResult, Outcome
from domain.errors import MailUnavailable
from domain.notice import Posted
from domain.reconcile import RepairKind
from domain.view import OrderQuery
from starter.repairing import Repairer
from tests.adapters.database.given import NOW, a_batch, a_placement, a_task, an_act, an_order, place
from tests.goods import Shop, line, ship_by

LATER = NOW + timedelta(days=2)
WRITTEN: dict[str, Any] = {
    "id": "1001.confirm.1",
    "order": "1001",
    "n": 1,
    "lane": "1001",
    "template": "confirmation",
    "to": "customer",
    "language": "en",
    "state": "pending",
    "message_id": "<1001.confirm.1@x>",
    "recipient": "ada@example.org",
    "subject": "s",
    "text": "t",
    "html": "h",
    "why": "",
    "created_at": NOW,
}
ENDED = {"ended_at": NOW, "state": "completed", "payment": "none"}


@dataclass
class Doors:
    """Temporal, as the doors know it: everything that was brought there."""

    book: Any
    answers: Outcome = Outcome.DONE
    brought: list[str] = field(default_factory=list)

    async def begin(self, number):
        return self._bring(number, lambda: self.book.started(number, LATER))

    async def begin_return(self, id):
        return self._bring(id, lambda: self.book.return_started(id, LATER))

    async def carry(self, record):
        done = ActResult(Outcome.DONE)
        return self._bring(record.act.id, lambda: self.book.settle(record.act.id, done, LATER))

    def _bring(self, what, done):
        if self.answers == Outcome.KEPT:
            return ActResult(Outcome.KEPT)
        self.brought.append(what)
        done()
        return ActResult(self.answers)


@dataclass
class Post:
    database: Any
    down: bool = False
    sent: list[str] = field(default_factory=list)

    async def send(self, notices, now):
        if self.down:
            raise MailUnavailable("the mail server does not answer")
        self.sent += [notice.id for notice in notices]
        with self.database.write() as session:
            session.connection().execute(update(NoticeRow).values(state="sent", sent_at=now))
        return tuple(Posted(notice.id, sent=True) for notice in notices)


class Office:
    def __init__(self, database):
        url = database.url
        self.database, self.book = database, place(url)
        self.doors, self.post, self.log = Doors(self.book), Post(database), AuditLog(url)
        self.auditor = Auditor(url)
        self.mender = Repairer(
            Repairs(url, ship_by), self.log, self.book, self.doors, lambda: self.post, lambda: LATER
        )

    def found(self):
        return [each for each in self.auditor.differences(LATER) if each.rule[0] in "OSNAL"]

    async def mend(self):
        done = await self.mender.repair(self.found(), "Olga", "after the outage")
        return [(each.repair.kind, each.repair.target, each.why) for each in done]

    def told(self):
        entries = [deed for _, deed in self.log.entries(9) if deed.kind == "repair"]
        return [(d.subject, d.what.partition(":")[0], d.by, d.why) for d in entries]


@pytest.fixture
def office(sqlite_database):
    return Office(sqlite_database)


async def test_an_order_that_never_began_and_an_act_never_carried_are_brought_to_temporal(office):
    office.book.place(an_order(), a_placement(), NOW)
    place(office.database.url, "1002")
    Journal(office.database.url, dict).write(a_batch(order="1002", opened=(a_task("1002"),)))
    office.book.record(an_act("form", "1002"))

    done = await office.mend()

    assert done == [(RepairKind.START, "1001", ""), (RepairKind.CARRY, "form", "")]
    assert office.doors.brought == ["1001", "form"]
    who = ("Olga", "after the outage")
    assert office.told() == [("form", "carry", *who), ("1001", "start", *who)]


async def test_with_temporal_away_nothing_is_said_to_be_mended(office):
    office.book.place(an_order(), a_placement(), NOW)
    office.doors.answers = Outcome.KEPT

    assert await office.mend() == [(RepairKind.START, "1001", "Temporal or the worker does not answer.")]
    assert office.told() == []
    assert [each.rule for each in office.found()] == ["O3"]


async def test_the_task_of_an_ended_order_is_closed(office):
    place(office.database.url, "1001")
    Journal(office.database.url, dict).write(a_batch(opened=(a_task(),)))
    with office.database.write() as session:
        session.connection().execute(update(PlacedOrder).values(ENDED))

    assert await office.mend() == [(RepairKind.CLOSE, "1001.review.1", "")]
    assert office.found() == []
    with office.database.read() as session:
        assert session.exec(select(WaitRow.closed_at)).one() == LATER
    assert len(office.told()) == 1


async def test_the_goods_of_an_ended_order_go_to_those_who_wait(office):
    shop = Shop(office.database)
    shop.receive("CUP", "2")
    shop.reserve("A", line("CUP", "2"))
    shop.reserve("B", line("CUP", "1"))
    with office.database.write() as session:
        ended = update(PlacedOrder).where(col(PlacedOrder.number) == "A").values(ended_at=NOW)
        session.connection().execute(ended)
        session.connection().execute(update(PlacedOrder).values(started_at=NOW))

    found = [each for each in office.found() if each.rule[0] == "S"]
    await office.mender.repair(found, "Olga", "stuck")

    assert [each for each in office.found() if each.rule[0] == "S"] == []
    assert shop.levels()["CUP", "main"] == ("2", "1")
    assert shop.arrivals() == ["B-F1"]
    assert office.told() == [("A", "release", "Olga", "stuck")]


async def test_a_notice_that_never_went_out_is_sent(office):
    place(office.database.url, "1001")
    with office.database.write() as session:
        session.add(NoticeRow(**WRITTEN))
    office.post.down = True
    assert await office.mend() == [(RepairKind.SEND, "1001.confirm.1", "the mail server does not answer")]
    assert office.told() == []

    office.post.down = False
    assert await office.mend() == [(RepairKind.SEND, "1001.confirm.1", "")]
    assert (office.post.sent, office.found()) == (["1001.confirm.1"], [])


async def test_a_guard_that_was_taken_down_is_put_up_again(office):
    with office.database.write() as session:
        session.connection().execute(text("DROP TRIGGER stock_movement_never_deleted"))

    assert await office.mend() == [(RepairKind.GUARD, "stock_movement", "")]
    assert office.found() == []


async def test_what_lists_go_by_is_worked_out_anew(office):
    place(office.database.url, "1001", "1002")
    wrong = {
        "state": "on_hold",
        "payment": "captured",
        "fulfilment": "fulfilled",
        "find": "",
        "email": "eve@x",
    }
    with office.database.write() as session:
        session.connection().execute(
            update(PlacedOrder).where(col(PlacedOrder.number) == "1001").values(wrong)
        )
        session.connection().execute(delete(OrderWord).where(col(OrderWord.order) == "1002"))
    assert [(each.rule, each.subject) for each in office.found()] == [
        ("L1", "1001"),
        ("L2", "1001"),
        ("L2", "1002"),
    ]

    assert await office.mend() == [(RepairKind.LIST, "1001", ""), (RepairKind.LIST, "1002", "")]
    assert office.found() == []
    assert [each[:2] for each in office.told()] == [("1002", "list"), ("1001", "list")]
    desk = Desk(office.database.url)
    assert [row.number for row in desk.list(OrderQuery(search="lovelace"), LATER)] == ["1002", "1001"]


async def test_a_name_alone_that_lists_show_wrongly_is_mended_and_told(office):
    place(office.database.url, "1001")
    with office.database.write() as session:
        session.connection().execute(update(PlacedOrder).values(name="Eve"))

    assert await office.mend() == [(RepairKind.LIST, "1001", "")]
    assert office.found() == []
    assert [each[:2] for each in office.told()] == [("1001", "list")]


async def test_who_was_forgotten_is_not_written_back(office):
    place(office.database.url, "1001")
    with office.database.write() as session:
        # The order itself was put back from an older copy.
        session.connection().execute(update(PlacedOrder).values(erased_at=NOW))

    await office.mend()

    with office.database.read() as session:
        row = session.exec(select(PlacedOrder)).one()
        assert (row.email, row.name, row.find) == ("", "", "1001")
        assert session.exec(select(OrderWord.word)).all() == ["1001"]


async def test_what_was_settled_meanwhile_is_left_alone(office):
    place(office.database.url, "1001")
    Journal(office.database.url, dict).write(a_batch(opened=(a_task(),)))
    with office.database.write() as session:
        session.connection().execute(update(PlacedOrder).values(ENDED))
    found = office.found()
    with office.database.write() as session:
        session.connection().execute(update(WaitRow).values(closed_at=NOW))

    done = await office.mender.repair(found, "Olga", "why")

    assert [each.why for each in done] == ["Nothing was left to mend."]
    assert office.told() == []


def test_no_repair_moves_money():
    assert set(RepairKind) == {
        "start",
        "start_return",
        "carry",
        "close",
        "release",
        "send",
        "guard",
        "list",
    }
