"""
The cancel matrix: wherever an order stands, calling it off ends with money, goods and customer set right.

Its flows, till, stock, carrier, partners and books are the shop's own; only time is played.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from activities.catalogue import ACTIONS
from adapters.carrier.simulated import SimulatedCarrier
from adapters.database.desk.desk import Desk
from adapters.database.journal.steps import Journal
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile.money import money_differences
from adapters.database.reconcile.partners import partner_differences
from adapters.database.shipping.pickups import Pickups
from adapters.database.stock.steps import Stock
from adapters.database.tables.journal import ActRow
from adapters.partner.simulated import SimulatedPartners
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from config.shop import read_shop
from domain.act import Act, ActKind, ActResult, Outcome
from domain.facts import order_facts
from domain.order import Buyer, Delivery, DeliveryMethod, PaymentTerms
from domain.step import Call, StepResult
from flow.engine.commands import Perform
from flow.simulator import Simulator
from tests.goods import Shop, line, ship_by

CARD = PaymentTerms("card", token="tok_ok")
DONE = ActResult(Outcome.DONE)
PACKED = {"parcel_weight": 900}
NUMBER = "W1"


@pytest.fixture(scope="module")
def rules():
    return read_shop(Path("config"), ACTIONS)


def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
    """In a loop of its own: that of the other tests is left alone."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


class House(Shop):
    """A shop whose orders run by its own flows, over its own books."""

    def __init__(self, database, rules) -> None:
        super().__init__(database)
        self.rules = rules
        self.stock = Stock(
            database.url, lambda o, f: rules.route_fulfilment({"order": o, "fulfilment": f}), ship_by
        )
        self.cashier = Cashier(Ledger(database.url), SimulatedGateway(database.url))
        self.carrier = SimulatedCarrier(database)
        self.partners = SimulatedPartners(database)
        self.pickups = Pickups(database.url)
        self.score = 0
        self.life: Simulator = None  # type: ignore[assignment] # until `begin`

    def begin(self, *lines, payment=CARD, **more) -> None:
        placed = self.place(NUMBER, *lines, payment=payment, **more)
        facts = order_facts(placed, Buyer(3))
        flows, calendars = self.rules.flows, self.rules.calendars
        self.life = Simulator(NUMBER, facts, flows, "standard", self, calendars, self.at)

    def perform(self, step: Perform, now) -> StepResult:
        if step.action == "fraud.screen":
            return StepResult({"score": self.score})
        room, _, name = step.action.partition(".")
        does: Callable[[Call], Any] = getattr(self._room(room), name)
        args: dict[str, Any] = {"args": step.args, "facts": step.facts}
        answer = does(Call(NUMBER, step.lane, step.step, step.visit, step.key, now, **args))
        if not inspect.iscoroutine(answer):
            return answer
        return wait_for(answer)

    def _room(self, name: str) -> object:
        rooms = {"payment": self.cashier, "stock": self.stock, "shipping": self.carrier}
        return {**rooms, "partner": self.partners, "pickup": self.pickups}[name]

    def cancel(self, lane="") -> ActResult | None:
        return self.life.act(Act(f"cancel-{lane}", ActKind.CANCEL, lane=lane))

    def pass_time(self, **length: int) -> None:
        """With what partners tell meanwhile."""
        self.life.pass_time(timedelta(**length))
        self.partners.report(self.life.now)
        with self.database.read() as session:
            events = select(ActRow).where(ActRow.kind == "event").order_by(col(ActRow.seq))
            told = session.exec(events).all()
        for row in told:
            self.life.act(Act(row.id, ActKind.EVENT, row.target, "", row.lane, row.tracking, row.data))

    def write_down(self) -> None:
        journal = Journal(self.database.url, lambda: self.rules.calendars)
        for batch in self.life.batches:
            journal.write(batch)

    def wrong(self) -> list[str]:
        with self.database.read() as session:
            found = [*money_differences(session, self.life.now), *partner_differences(session)]
        return [f"{one.rule} {one.what}" for one in found] + self.differences()

    @property
    def told(self) -> list[str]:
        return [notice.template for notice in self.life.notices]


@pytest.fixture
def house(sqlite_database, rules):
    opened = House(sqlite_database, rules)
    for sku in ("CUP", "POT"):
        opened.receive(sku, "5")
    return opened


def in_review(house: House) -> None:
    house.score = 60
    house.begin(line("CUP", "2"))


def waiting_for_a_transfer(house: House) -> None:
    house.begin(line("CUP", "2"), payment=PaymentTerms("transfer"))


def authorised_and_reserved(house: House) -> None:
    house.begin(line("CUP", "2"))


def paid_by_transfer(house: House) -> None:
    waiting_for_a_transfer(house)
    house.life.event("payment.received", amount="24.90")


def on_order(house: House) -> None:
    house.begin(line("CUP", "7"))


def missing_while_packed(house: House) -> None:
    house.begin(line("CUP", "2"), line("POT"))
    house.life.answer("pack", "short", missing=[{"sku": "CUP", "quantity": "2"}])


def not_packed_in_time(house: House) -> None:
    house.begin(line("CUP", "2"))
    house.life.pass_time(timedelta(days=5, hours=2))


def on_hold(house: House) -> None:
    house.begin(line("CUP", "2"))
    house.life.act(Act("hold", ActKind.HOLD, target="OTHER"))


def waiting_to_be_made(house: House) -> None:
    house.begin(line("VASE", made_to_order=True))


def ready_to_be_picked_up(house: House) -> None:
    house.begin(line("CUP", "2"), delivery=Delivery(DeliveryMethod.PICKUP, pickup_location="main"))
    house.life.answer("pick", "ready")


def with_a_supplier_who_has_not_answered(house: House) -> None:
    house.begin(line("LAMP", supplier="lights"))


def with_a_supplier_who_lets_go(house: House) -> None:
    house.begin(line("LAMP", supplier="lights"))
    house.pass_time(hours=3)


STOPS = [
    in_review,
    waiting_for_a_transfer,
    authorised_and_reserved,
    paid_by_transfer,
    on_order,
    missing_while_packed,
    not_packed_in_time,
    on_hold,
    waiting_to_be_made,
    ready_to_be_picked_up,
    with_a_supplier_who_has_not_answered,
    with_a_supplier_who_lets_go,
]


@pytest.mark.parametrize("stand", STOPS, ids=lambda stand: stand.__name__)
def test_an_order_that_is_called_off_there_costs_nobody_anything(house, stand):
    stand(house)
    shelf = {sku: on_hand for (sku, _), (on_hand, _) in house.levels().items()}

    assert house.cancel() == DONE
    house.pass_time(hours=2)
    house.write_down()

    view = Desk(house.database.url).show(NUMBER)
    assert (house.life.ended, view.row.state) == ("cancelled", "cancelled")
    assert (view.captured - view.refunded).minor == 0
    assert {sku: level for (sku, _), level in house.levels().items()} == {
        sku: (on_hand, "0") for sku, on_hand in shelf.items()
    }
    assert house.told[-1] == "cancelled"
    assert house.wrong() == []


def test_while_the_label_is_being_asked_for_a_cancellation_waits_for_what_becomes_of_it(house):
    house.begin(line("CUP", "2"))
    house.carrier.closed = True
    house.life.answer("pack", "packed", **PACKED)
    assert house.cancel() is None  # the label may be there already: the carrier is asked until it says

    house.carrier.closed = False
    house.life.pass_time(timedelta(minutes=5))
    house.write_down()

    refused = house.life.engine.result("cancel-")
    assert refused is not None
    assert refused.outcome == Outcome.REFUSED
    assert "has just left" in refused.why
    assert house.wrong() == []


def test_an_order_that_is_packed_while_the_gateway_is_away_is_called_off_when_it_is_back(house):
    house.begin(line("CUP", "2"))
    wait_for(SimulatedGateway(house.database.url).misbehave(NUMBER, "capture", "down", times=2))
    house.life.answer("pack", "packed", **PACKED)
    assert house.cancel() is None

    house.life.pass_time(timedelta(minutes=20))
    house.write_down()

    assert house.life.engine.result("cancel-") == DONE
    assert (house.life.ended, house.told[-1]) == ("cancelled", "cancelled")
    assert house.wrong() == []


def test_what_a_stubborn_supplier_ships_is_paid_and_the_order_goes_on(house):
    house.begin(line("LAMP", supplier="STUBBORN lights"))
    house.pass_time(hours=3)

    assert house.cancel() == DONE
    house.pass_time(hours=2)
    assert house.life.ended == ""
    house.pass_time(hours=24)
    house.life.event("carrier.delivered")
    house.write_down()

    view = Desk(house.database.url).show(NUMBER)
    assert (house.life.ended, view.captured) == ("completed", view.row.total)
    assert "cancelled" not in house.told
    assert house.wrong() == []


def test_what_is_being_made_for_the_customer_is_made(house):
    waiting_to_be_made(house)
    house.life.answer("queue", "begun")

    refused = house.cancel()

    assert refused is not None
    assert "can no longer be cancelled" in refused.why


def test_what_has_shipped_comes_back_as_a_return_only(house):
    house.begin(line("CUP", "2"))
    house.life.answer("pack", "packed", **PACKED)

    refused = house.cancel()
    house.write_down()

    assert refused is not None
    assert "has left" in refused.why
    assert Desk(house.database.url).show(NUMBER).captured == house.orders[NUMBER].total
    assert house.wrong() == []


def test_of_an_order_that_has_left_in_part_the_rest_is_called_off_and_only_what_left_is_paid(house):
    house.begin(line("CUP", "7"))
    house.life.answer("pack", "packed", **PACKED)

    assert house.cancel() == DONE
    house.life.event("carrier.delivered")
    house.write_down()

    view = Desk(house.database.url).show(NUMBER)
    assert house.life.ended == "completed"
    assert [part.state for part in view.fulfilments] == ["fulfilled", "cancelled"]
    assert view.captured == view.fulfilments[0].total
    assert house.levels()["CUP", "main"] == ("0", "0")
    assert house.wrong() == []


def test_one_parcel_alone_is_called_off(house):
    house.begin(line("CUP", "7"))

    assert house.cancel(f"{NUMBER}-F2") == DONE
    house.life.answer("pack", "packed", **PACKED)
    house.life.event("carrier.delivered")
    house.write_down()

    view = Desk(house.database.url).show(NUMBER)
    assert (house.life.ended, view.captured) == ("completed", replace(view.fulfilments[0].total))
    assert house.wrong() == []


def test_an_order_that_is_over_is_not_called_off_any_more(house):
    house.begin(line("CUP", "2"))
    house.life.answer("pack", "packed", **PACKED)
    house.life.event("carrier.delivered")

    refused = house.cancel()

    assert refused is not None
    assert refused.outcome == Outcome.REFUSED


@pytest.mark.parametrize("stand", [authorised_and_reserved, paid_by_transfer])
def test_of_goods_taken_out_by_hand_nothing_is_paid_and_the_rest_goes_on(house, stand):
    stand(house)
    to = [{"sku": "CUP", "quantity": "1"}]

    assert house.life.act(Act("edit", ActKind.EDIT, values={"to": to})) == DONE
    house.life.answer("pack", "packed", **PACKED)
    house.life.event("carrier.delivered")
    house.write_down()

    view = Desk(house.database.url).show(NUMBER)
    assert (house.life.ended, house.told[-3:]) == ("completed", ["taken_out", "shipped", "delivered"])
    assert (view.captured - view.refunded).minor == 1245
    assert house.levels()["CUP", "main"] == ("4", "0")
    assert house.wrong() == []
