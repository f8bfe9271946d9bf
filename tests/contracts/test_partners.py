"""What `activities.partner.Partners` promises, held against both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from activities.partner import Partners
from adapters.database.order.acts import act_record, keep_act
from adapters.database.order.fulfilments import load_fulfilment, save_fulfilments
from adapters.database.reconcile.partners import partner_differences
from adapters.database.tables.journal import ActRow, LaneRow
from adapters.partner.simulated import SimulatedPartners
from domain import tracking
from domain.act import Act, ActKind, ActRecord
from domain.errors import PartnerUnavailable
from domain.fulfilment import FulfilmentState
from domain.step import Call
from tests.adapters.placed import NOON, a_fulfilment, an_order, place


class House:
    """An order with one fulfilment at a partner's."""

    def __init__(self, database) -> None:
        self.database = database
        self.partners = SimulatedPartners(database)

    def begin(self, partner="acme", **changes) -> None:
        order = an_order()
        place(
            self.database, order, a_fulfilment(order, **({"supplier": partner, "location": ""} | changes))
        )

    def do(self, verb, n=1, *, hours=0.0, speed=1.0):
        key, at = f"1001:partner.{verb}:F1.{n}", NOON + timedelta(hours=hours)
        call = Call("1001", "1001-F1", verb, n, key, at, speed=speed)
        return asyncio.run(getattr(self.partners, verb)(call))

    def report(self, hours: float) -> list[str]:
        """What is told, in order."""
        before = len(self.acts())
        told = self.partners.report(NOON + timedelta(hours=hours))
        new = self.acts()[before:]
        assert told == len(new)
        return [" ".join((r.act.target, *map(str, r.act.values.values()))) for r in new]

    def acts(self) -> list[ActRecord]:
        with self.database.read() as session:
            return [act_record(row) for row in session.exec(select(ActRow).order_by(col(ActRow.seq)))]

    def tell(self, event: str, values=None, texts=None) -> None:
        """By hand."""
        act = Act(event, ActKind.EVENT, event, lane="1001-F1", values=values or {})
        with self.database.write() as session:
            keep_act(session, ActRecord(act, "1001", "Acme's Bob", "partner", "", NOON, texts or {}))

    def fulfilment(self):
        with self.database.read() as session:
            return load_fulfilment(session, "1001-F1")

    def end(self, state: FulfilmentState) -> None:
        lane = LaneRow(
            id="1001-F1",
            order="1001",
            flow="drop-ship",
            flow_hash="",
            step="",
            title="",
            then="",
            phase="ended",
            since=NOON,
            state=state.value,
            facts={},
            walk={},
        )
        part = replace(self.fulfilment(), state=state)
        with self.database.write() as session:
            session.add(lane)
            save_fulfilments(session, [part])

    def differences(self) -> list[str]:
        with self.database.read() as session:
            return [f"{one.rule} {one.what}" for one in partner_differences(session)]


@pytest.fixture
def house(database):
    return House(database)


def test_the_adapter_keeps_the_port(house):
    port: Partners = house.partners
    assert port is house.partners


def test_a_supplier_accepts_and_ships_what_it_was_asked_for(house):
    house.begin()
    assert house.do("order").said == "Sent to acme."
    assert house.report(1) == []
    assert house.report(2) == ["partner.answered accepted"]
    assert house.report(30) == ["partner.shipped"]
    assert house.report(300) == []
    assert house.fulfilment().state == FulfilmentState.OPEN, "our books learn of it with the next step"

    taken = house.do("hand_over", hours=31)

    number = taken.values["tracking"]
    assert tracking.recognise(number) == (taken.values["carrier"],) == ("SIM",)
    assert taken.fulfilment == {**taken.values, "state": "shipped"}
    part = house.fulfilment()
    assert (part.tracking, part.carrier, part.state) == (number, "SIM", FulfilmentState.SHIPPED)
    assert house.differences() == []


def test_one_who_keeps_our_goods_says_when_they_are_picked(house):
    house.begin(supplier="", location="third-party")
    assert house.do("order").said == "Sent to third-party."
    assert house.report(30) == ["partner.answered accepted", "partner.picked", "partner.shipped"]


def test_a_fulfilment_is_asked_for_once(house):
    house.begin()
    first = house.do("order")
    assert house.do("order", hours=5) == first
    assert house.do("order", 2, hours=5).said == "acme had been asked before."
    assert house.report(30) == ["partner.answered accepted", "partner.shipped"]


def test_partners_hurry_as_the_orders_clock_does(house):
    house.begin()
    house.do("order", speed=24.0)
    assert house.report(1) == ["partner.answered accepted", "partner.shipped"]


def test_one_who_rejects_ships_nothing_and_needs_no_asking_to_let_go(house):
    house.begin("Stools REJECTS")
    house.do("order")
    assert house.report(300) == ["partner.answered rejected"]
    assert house.do("cancel").values == {"withdrawn": True}


def test_one_who_has_not_accepted_loses_it_at_once(house):
    house.begin("acme SILENT")
    house.do("order")
    assert house.report(300) == []
    assert house.do("cancel", hours=300).values == {"withdrawn": True}
    assert house.report(600) == []


def test_what_was_given_up_before_it_was_sent_is_never_sent(house):
    house.begin()
    assert house.do("cancel").values == {"withdrawn": True}
    house.do("order", hours=1)
    assert house.report(300) == []


def test_one_who_has_accepted_lets_go_after_a_while(house):
    house.begin()
    house.do("order")
    house.report(2)
    asked = house.do("cancel", hours=3)
    assert asked.values == {"withdrawn": False}
    assert house.do("cancel", hours=9) == asked
    assert house.report(300) == ["partner.cancel_answered accepted"]
    assert house.do("cancel", 2, hours=301).values == {"withdrawn": True}


def test_one_who_has_shipped_lets_nothing_go(house):
    house.begin()
    house.do("order")
    house.report(2)
    house.do("cancel", hours=23.5)
    assert house.report(30) == ["partner.shipped", "partner.cancel_answered refused"]


def test_a_stubborn_one_ships_all_the_same_and_may_be_asked_again(house):
    house.begin("acme STUBBORN")
    house.do("order")
    house.report(2)
    house.do("cancel", hours=3)
    assert house.report(5) == ["partner.cancel_answered refused"]
    house.do("cancel", 2, hours=6)
    assert house.report(30) == ["partner.cancel_answered refused", "partner.shipped"]


def test_those_who_give_no_answer_are_asked_again(house):
    house.begin()
    house.partners.closed = True
    for verb in ("order", "cancel"):
        with pytest.raises(PartnerUnavailable):
            house.do(verb)
    house.partners.closed = False
    assert house.do("order").said == "Sent to acme."


@pytest.mark.parametrize(("answer", "withdrawn"), [("accepted", False), ("rejected", True)])
def test_what_was_told_in_a_partners_name_counts(house, answer, withdrawn):
    house.begin()
    house.do("order")
    house.tell("partner.answered", values={"answer": answer})
    assert house.do("cancel", hours=1).values == {"withdrawn": withdrawn}
    assert house.report(300) == ([] if withdrawn else ["partner.cancel_answered accepted"])


@pytest.mark.parametrize(
    ("told", "carrier", "number"),
    [("1z 5r8 9390 3575 6712 7", "UPS", "1Z5R89390357567127"), ("by van", "", "BYVAN"), ("", "", "")],
)
def test_what_a_partner_told_is_taken_down_whoever_typed_it(house, told, carrier, number):
    house.begin()
    house.tell("partner.shipped", texts={"tracking": told} if told else {})

    assert house.do("hand_over").values == {"carrier": carrier, "tracking": number}


def test_reconcile_finds_what_a_partner_still_has_of_an_order_called_off(house):
    house.begin()
    house.do("order")
    house.report(2)
    house.end(FulfilmentState.CANCELLED)
    assert house.differences() == ["P1 1001-F1 was called off, and acme has not said that it lets it go."]
    house.report(30)
    assert house.differences() == ["P1 1001-F1 was called off, and acme has shipped it."]


def test_reconcile_finds_what_has_left_though_the_partner_has_not_shipped(house):
    house.begin()
    house.do("order")
    house.report(2)
    house.end(FulfilmentState.FULFILLED)
    assert house.differences() == ["P2 1001-F1 has left, and for acme it is accepted."]
