"""The audit log: what was done can be erased of its names, and never changed unseen."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, insert

from adapters.database.audit_log import AuditLog, tell
from adapters.database.guards import raise_guards
from adapters.database.order.orders import Orders
from adapters.database.reconcile.trail import trail_differences
from adapters.database.returns.book import ReturnBook
from adapters.database.stock.room import StockRoom
from adapters.database.tables.audit import AuditHeadRow, AuditRow
from adapters.database.tables.journal import ActRow
from adapters.database.tables.money import PostingRow
from adapters.database.tables.stock import Movement
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.audit import Deed, DeedKind, Head
from domain.fulfilment import FulfilmentState
from domain.return_book import Asked
from domain.returns import Claim, ReturnLine, Terms
from tests.adapters.database.given import all_at_once
from tests.adapters.payment.till import Till
from tests.adapters.placed import NOON, a_fulfilment, an_order, eur, place
from tests.goods import ship_by
from tests.tampering import lift_guards

WRITERS = 8


def act(id: str = "form-1", why: str = "the customer asked") -> ActRecord:
    return ActRecord(Act(id, ActKind.CANCEL), "1001", "Sue", "support", why, NOON)


@pytest.fixture
def log(database):
    """Three acts, the second of which was refused: four entries."""
    return told(database)


@pytest.fixture
def quick(sqlite_database):
    return told(sqlite_database)


def told(database):
    place(database, an_order())
    book = Orders(database.url)
    for n in (1, 2, 3):
        book.record(act(f"form-{n}"))
        if n == 2:
            book.settle("form-2", ActResult(Outcome.REFUSED, "It has left."), NOON)
    return AuditLog(database.url)


def tamper(log, *statements):
    with log.write() as session:
        lift_guards(session)
        for statement in statements:
            session.connection().execute(statement)
        if session.connection().dialect.name == "sqlite":
            raise_guards(session.connection())


def wrong(log, noted: Head | None = None) -> list[str]:
    with log.snapshot() as session:
        return [f"{each.rule} {each.subject}: {each.what}" for each in trail_differences(session, noted)]


def entry(n: int):
    return update(AuditRow).where(col(AuditRow.n) == n)


def test_every_act_and_refusal_is_told_with_who_and_why(log):
    found = [(n, d.kind, d.subject, d.by, d.role, d.why) for n, d in log.entries(9)]

    assert found == [
        (4, "act", "form-3", "Sue", "support", "the customer asked"),
        (3, "refused", "form-2", "Sue", "support", "It has left."),
        (2, "act", "form-2", "Sue", "support", "the customer asked"),
        (1, "act", "form-1", "Sue", "support", "the customer asked"),
    ]
    assert wrong(log) == []


def test_an_act_sent_twice_is_told_once(quick):
    Orders(quick.url).record(act("form-1"))

    assert len(quick.entries(9)) == 4
    assert wrong(quick) == []


def test_what_a_person_does_by_hand_is_told(quick):
    room, book = StockRoom(quick.url, ship_by), Orders(quick.url)
    room.receive("TEAPOT-RED", "5", "main", "Red teapot", "Walt", NOON)
    room.adjust("TEAPOT-RED", "-1", "main", "one broke", "Walt", NOON)
    book.note("1001", "call him", "Sue", NOON)
    book.refused(act("form-9"), "The packer holds it.")

    found = [(d.kind, d.subject, d.what, d.by, d.why) for _, d in quick.entries(4)]
    assert found[::-1] == [
        ("stock", "TEAPOT-RED", "receive 5 at main", "Walt", "Goods came in"),
        ("stock", "TEAPOT-RED", "adjust -1 at main", "Walt", "one broke"),
        ("note", "1001", "", "Sue", "call him"),
        ("refused", "form-9", '{"kind": "cancel"}', "Sue", "The packer holds it."),
    ]
    assert wrong(quick) == []


def test_a_return_is_told(quick):
    order = an_order("1002")
    place(quick, order, a_fulfilment(order, state=FulfilmentState.SHIPPED))
    line = ReturnLine(0, "1002-F1", "TEAPOT-RED", Decimal(2))
    terms = Terms("return", eur(0))
    asked = Asked("1002", "f", Claim.NONE, (line,), eur(7980), 3, terms, "h", 1.0, "ugly", "Ann", "support")
    ReturnBook(quick.url).open_return(asked, NOON)

    assert [(d.kind, d.subject, d.by, d.why) for _, d in quick.entries(1)] == [
        ("return", "1002-R1", "Ann", "ugly")
    ]
    assert wrong(quick) == []


def test_what_came_to_nothing_is_not_told(quick):
    with suppress(ZeroDivisionError), quick.write() as session:
        tell(session, Deed(NOON, DeedKind.NOTE, "1001"))
        raise ZeroDivisionError

    assert len(quick.entries(9)) == 4


def test_a_changed_entry_is_named(log):
    tamper(log, entry(2).values(role="admin"))

    assert wrong(log) == ["A1 The audit log: Entry 2 (2026-11-21 12:00, act form-2) is not as it was."]


def test_a_changed_name_is_named(quick):
    tamper(quick, entry(2).values(by="Eve"))

    said = "A1 The audit log: Who and why of Entry 2 (2026-11-21 12:00, act form-2) are not as they were."
    assert wrong(quick) == [said]


def test_a_missing_entry_is_named(log):
    tamper(log, delete(AuditRow).where(col(AuditRow.n) == 2))

    assert wrong(log) == [
        "A1 The audit log: Of its entries, 2 to 2 are gone.",
        "A2 1001: The audit log knows of no act form-2.",
    ]


def test_the_last_entries_cut_off_are_missed(quick):
    tamper(quick, delete(AuditRow).where(col(AuditRow.n) == 4))

    assert "A1 The audit log: It ends with 3 of its 4 entries, or the last was changed." in wrong(quick)


def test_entries_cut_off_together_with_the_head_are_missed_by_whoever_noted_it_down(quick):
    noted = quick.head()
    before = quick.entries(9)[1][0]
    with quick.snapshot() as session:
        hash = session.get(AuditRow, before).hash
    cut = delete(AuditRow).where(col(AuditRow.n) == 4), delete(ActRow).where(col(ActRow.id) == "form-3")
    tamper(quick, *cut, update(AuditHeadRow).values(n=before, hash=hash))

    assert wrong(quick) == []
    assert wrong(quick, noted) == [
        "A1 The audit log: Its entry 4 is not the one whose hash was noted down."
    ]


def test_two_swapped_entries_are_named(quick):
    tamper(quick, entry(1).values(n=99), entry(2).values(n=1), entry(99).values(n=2))

    assert [said[:32] for said in wrong(quick)][:2] == [
        "A1 The audit log: Entry 1 (2026-",
        "A1 The audit log: Entry 2 (2026-",
    ]


def test_a_chain_made_anew_from_the_middle_does_not_fit_what_follows(quick):
    tamper(quick, entry(2).values(role="admin", hash="0" * 64))

    assert any("Entry 3" in said for said in wrong(quick))


def test_an_act_that_was_taken_out_or_put_in_is_named(quick):
    with quick.snapshot() as session:
        row = {**session.get(ActRow, "form-3").model_dump(), "id": "form-x", "seq": 9}
    tamper(quick, delete(ActRow).where(col(ActRow.id) == "form-3"), insert(ActRow).values(**row))

    assert wrong(quick) == [
        "A2 1001: The audit log knows of no act form-x.",
        "A2 1001: The audit log tells of the act form-3, which is not there.",
    ]


def test_names_and_reasons_can_be_erased_and_the_chain_holds(log):
    with log.write() as session:
        session.connection().execute(entry(2).values(by="", why="", whom="", salt=""))

    assert wrong(log) == []
    assert "Sue" not in {d.by for n, d in log.entries(9) if n == 2}


@pytest.mark.parametrize(
    "change",
    [
        entry(1).values(role="admin"),
        entry(1).values(by="Eve"),
        entry(1).values(seal=""),
        delete(AuditRow),
        update(PostingRow).values(minor=1),
        delete(PostingRow),
        update(Movement).values(quantity=Decimal(1)),
        update(Movement).values(by="Eve"),
        delete(Movement),
    ],
    ids=lambda change: str(change).split("\n")[0],
)
async def test_the_database_refuses_to_change_what_is_only_added_to(database, change):
    told(database)
    till = Till(database)
    till.order("1002")
    await till.do("authorize", "1002")
    StockRoom(database.url, ship_by).receive("TEAPOT-RED", "5", "main", "", "Walt", NOON)

    with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
        session.connection().execute(change)


def test_a_movement_may_lose_its_names(quick):
    StockRoom(quick.url, ship_by).receive("TEAPOT-RED", "5", "main", "", "Walt", NOON)
    with quick.write() as session:
        session.connection().execute(update(Movement).values(by="", why=""))


def test_nothing_is_emptied_on_postgresql(postgres_database):
    with pytest.raises(DBAPIError, match="only added to"), postgres_database.write() as session:
        session.connection().execute(text("TRUNCATE audit"))


def test_a_guard_that_was_taken_down_is_missed(quick):
    with quick.write() as session:
        session.connection().execute(text("DROP TRIGGER posting_never_altered"))

    assert wrong(quick) == ["A3 posting: The database lets everybody alter the table posting."]


def test_eight_writers_at_once_keep_one_chain(database):
    place(database, an_order())
    log = AuditLog(database.url)

    def write(writer: int) -> None:
        for n in range(5):
            log.tell(Deed(NOON + timedelta(seconds=n), DeedKind.NOTE, f"{writer}-{n}", by="Sue"))

    assert all_at_once(write, WRITERS) == [None] * WRITERS
    assert [n for n, _ in log.entries(99)] == list(range(WRITERS * 5, 0, -1))
    assert wrong(log) == []


@pytest.mark.parametrize("text", ["a\r\nb", 'a", "b', "\x85 \u2028", "'; DROP TABLE audit; --"])
def test_no_text_can_pass_for_an_entry_of_its_own(quick, text):
    deed = Deed(NOON, DeedKind.NOTE, "1001", what=text, by=text, why=text)
    quick.tell(deed)

    assert quick.entries(1) == [(5, deed)]
    assert wrong(quick) == []
    tamper(quick, entry(5).values(what="", role=text))
    assert len(wrong(quick)) == 1


def test_what_is_told_of_an_act_holds_nothing_personal(quick):
    told = replace(act("form-7"), texts={"note": "Ada Lovelace"}, reason="Ada asked")
    Orders(quick.url).record(told)

    with quick.snapshot() as session:
        row = session.get(AuditRow, 5)
    chained = f"{row.kind} {row.subject} {row.what} {row.order} {row.role}"
    assert "Ada" not in chained
    assert "Sue" not in chained
