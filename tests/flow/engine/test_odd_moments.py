"""Acts and outcomes that come at an awkward moment: none is lost, no lane waits for ever."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.act import Act, ActKind, ActResult, Outcome
from domain.journal import Deadlines
from domain.step import StepResult
from flow.engine.commands import Perform
from flow.engine.engine import Engine
from flow.engine.state import Phase
from flow.model import Each, Step
from flow.simulator import Simulator
from tests.fakes import MONDAY, FakeShop, facts
from tests.flow.engine.conftest import World
from tests.flow.engine.test_warehouse import two_places

DONE = ActResult(Outcome.DONE)
PACKED = {"parcel_weight": 900}
SHORT = {"missing": [{"sku": "CUP", "quantity": "1"}]}


def answer(id: str, task: str, name: str, **values) -> Act:
    return Act(id, ActKind.ANSWER, target=task, answer=name, values=values)


def hold(kind: str) -> Act:
    return Act(f"hold-{kind}", ActKind.HOLD, target=kind)


def paid(id: str = "money") -> Act:
    return Act(id, ActKind.EVENT, target="payment.received", values={"amount": "84.90"})


@pytest.fixture
def begun(rules):
    """The engine of an order whose own flow is still being fetched."""
    engine = Engine.for_order("1001", "standard", {name: f.sha256 for name, f in rules.flows.items()})
    engine.start(facts(), MONDAY)
    engine.take()
    return engine


def test_two_answers_to_a_task_that_is_not_open_yet_are_both_told_how_they_ended(order):
    life = order(FakeShop(score=62))
    life.act(answer("ann", "1001-F1.pack.1", "packed", **PACKED))
    life.act(answer("ben", "1001-F1.pack.1", "short", **SHORT))

    life.answer("review", "approve")

    assert life.engine.result("ann") == DONE
    assert life.engine.result("ben").outcome == Outcome.REFUSED


def test_an_answer_to_a_task_that_never_opens_is_refused_when_the_order_ends(order):
    life = order(FakeShop(score=62))
    early = answer("ann", "1001-F1.pack.1", "packed", **PACKED)

    assert life.act(early) is None
    assert life.act(early) is None
    life.answer("review", "refuse")

    assert life.ended == "cancelled"
    assert life.engine.result("ann").why == "Task 1001-F1.pack.1 never opened."
    assert "ann" in life.batches[-1].acts


def test_a_cancellation_sent_again_while_it_waits_is_still_the_same_one(order):
    shop = FakeShop()
    life = order(shop)
    shop.down_until = life.now + timedelta(minutes=1)
    life.answer("pack", "packed", **PACKED)
    asked = Act("c", ActKind.CANCEL)

    assert life.act(asked) is None
    assert life.act(asked) is None
    life.pass_time(timedelta(minutes=5))

    assert life.engine.result("c") == DONE


@pytest.mark.parametrize("task", ["", "pack", "1001-F1.pack.²", "1001-F1.pack." + "9" * 5000])
def test_a_task_that_cannot_be_is_refused_in_words(order, task):
    life = order(FakeShop())

    assert "is closed" in life.engine.refusal(answer("a", task, "packed"))


def test_a_parcel_split_off_one_that_is_being_called_off_goes_with_it(order):
    life = order(FakeShop())
    engine = life.engine
    engine.act(answer("a", "1001-F1.pack.1", "short", **SHORT), life.now)
    (split,) = engine.take()
    engine.act(Act("c", ActKind.CANCEL), life.now)
    new = {**engine.state.fulfilments["1001-F1"], "id": "1001-F2", "state": "backordered"}

    engine.performed("1001-F1", split.key, StepResult({"left": "2"}, fulfilments=(new,)), life.now)
    life._settle()

    assert engine.result("c") == DONE
    assert life.ended == "cancelled"


def test_an_order_whose_flow_never_comes_can_be_called_off(begun):
    begun.flow_missing(begun.state.root.sha256, "It was never published here.", MONDAY)

    begun.act(Act("c", ActKind.CANCEL), MONDAY)

    assert begun.result("c") == DONE
    assert begun.ended == "cancelled"


def test_a_cancellation_while_the_flow_is_fetched_is_answered_though_it_never_comes(begun):
    begun.act(Act("c", ActKind.CANCEL), MONDAY)
    assert begun.result("c") is None

    begun.flow_missing(begun.state.root.sha256, "It was never published here.", MONDAY)

    assert begun.result("c") == DONE
    assert begun.ended == "cancelled"


def test_a_parcel_whose_flow_cannot_be_told_asks_a_person(rules):
    standard, shop = rules.flows["standard"], FakeShop()
    odd = replace(standard, steps=tuple(map(told_wrong, standard.steps)))
    flows = {**rules.flows, "standard": odd}

    life = Simulator("1001", facts(), flows, "standard", World(shop), rules.calendars, MONDAY)

    incident = life.engine.state.lanes["1001-F1"].incident
    assert incident is not None
    assert "nowhere" in incident.what
    life.act(Act("c", ActKind.CANCEL))
    assert life.ended == "cancelled"
    assert not shop.promised


@pytest.fixture
def half_told(rules):
    """An order whose parcel from Hamburg has no flow; the one from Berlin is being packed."""
    shop = FakeShop(locations=two_places())
    use = 'fulfilment.flow if fulfilment.location == "berlin" else "nowhere"'
    standard = rules.flows["standard"]
    steps = [replace(s, does=Each(use)) if isinstance(s.does, Each) else s for s in standard.steps]
    flows = {**rules.flows, "standard": replace(standard, steps=tuple(steps))}
    life = Simulator("1001", facts(), flows, "standard", World(shop), rules.calendars, MONDAY)
    assert life.engine.state.lanes["1001-F2"].phase == Phase.INCIDENT
    return life, shop


def test_a_parcel_called_off_before_its_flow_came_lets_its_goods_go_though_others_ship(half_told):
    life, shop = half_told
    assert life.act(Act("c", ActKind.CANCEL, lane="1001-F2")) == DONE
    assert set(shop.promised) == {"1001-F1"}
    assert life.engine.state.fulfilments["1001-F2"]["state"] == "cancelled"
    life.answer("pack", "packed", **PACKED)
    life.event("carrier.delivered")
    assert (life.ended, shop.promised, shop.effects["stock.release"]) == ("completed", Counter(), 1)


def test_goods_that_cannot_be_let_go_of_before_a_flow_came_are_asked_about(half_told):
    life, shop = half_told
    engine = life.engine
    engine.act(Act("c", ActKind.CANCEL, lane="1001-F2"), life.now)
    (release,) = engine.take()
    assert (release.action, release.key) == ("stock.release", "1001:stock.release:F2.1")
    engine.gave_up("1001-F2", release.key, "The database is away.", life.now)
    incident = engine.state.lanes["1001-F2"].incident
    life.act(Act("r", ActKind.RETRY, target=incident.id))
    assert set(shop.promised) == {"1001-F1"}
    assert engine.state.lanes["1001-F2"].state == "cancelled"


def told_wrong(step: Step) -> Step:
    return replace(step, does=Each("fulfilment.nowhere")) if isinstance(step.does, Each) else step


def test_a_delivery_with_a_strange_tracking_number_ends_no_parcel(order):
    life = order(FakeShop(locations=two_places()))

    life.act(Act("e", ActKind.EVENT, target="carrier.delivered", tracking="SIM-STRANGE"))
    life.answer("pack", "packed", **PACKED)

    assert life.engine.state.lanes["1001-F1"].step == "delivered"
    assert [event.act for event in life.engine.state.kept] == ["e"]


def test_a_delivery_known_by_its_tracking_number_before_the_parcel_left_ends_that_parcel(order):
    life = order(FakeShop(locations=two_places()))
    life.act(Act("e", ActKind.EVENT, target="carrier.delivered", tracking="SIM1001-F2"))

    life.answer("pack", "packed", **PACKED)
    life.answer("pack", "packed", **PACKED)

    states = {id: lane.state for id, lane in life.engine.state.lanes.items()}
    assert states == {"1001": "", "1001-F1": "", "1001-F2": "fulfilled"}


def test_a_step_entered_too_often_is_opened_once_more_when_a_person_says_so(order):
    life = order(FakeShop(wanted={"CUP": 9}))
    for _ in range(5):
        life.answer("pack", "short", **SHORT)
    incident = life.engine.state.lanes["1001-F1"].incident

    life.act(Act("r", ActKind.RETRY, target=incident.id))

    assert "1001-F1.pack.6" in life.tasks


def test_what_was_done_is_taken_back_latest_first(order):
    life = order(FakeShop())

    life.until_idle()

    assert life.ended == "cancelled"
    assert life.undone == ["stock.release", "payment.void"]


def test_money_releases_an_order_that_waits_for_it(order):
    life = order(FakeShop(score=62))
    life.act(hold("AWAITING_PAYMENT"))

    life.act(paid())

    assert life.engine.state.holds == []
    assert life.answer("review", "approve") == DONE


def test_money_leaves_the_other_holds_alone(order):
    life = order(FakeShop(), held=("OTHER", "AWAITING_PAYMENT"))

    life.act(paid())

    assert life.engine.state.holds == ["OTHER"]
    assert life.tasks == {}


def test_an_order_on_hold_of_which_nothing_left_ends_when_it_is_called_off(order):
    shop = FakeShop()
    life = order(shop)
    life.act(hold("AWAITING_PAYMENT"))

    life.act(Act("c", ActKind.CANCEL))

    assert life.ended == "cancelled"
    assert not shop.held


def test_a_hold_that_comes_and_goes_before_the_journal_has_answered_leaves_the_deadlines(begun, rules):
    begun.flow_loaded(rules.flows["standard"], MONDAY)
    (screen,) = [command for command in begun.take() if isinstance(command, Perform)]
    begun.performed("1001", screen.key, StepResult({"score": 62}), MONDAY)
    (wait,) = begun.take_batch(MONDAY, 1.0).opened
    begun.act(hold("OTHER"), MONDAY)
    begun.act(Act("r", ActKind.RELEASE, target="OTHER"), MONDAY + timedelta(seconds=1))

    assert begun.take_batch(MONDAY, 1.0).moved == ()
    begun.scheduled([Deadlines(wait.id, late=MONDAY + timedelta(days=1))])
    assert begun.next_deadline()[0] == MONDAY + timedelta(days=1)


def test_nobody_tries_again_while_the_order_is_on_hold(order):
    shop = FakeShop(carrier_away=True)
    life = order(shop)
    life.answer("pack", "packed", parcel_weight=900)
    life.until_idle(timedelta(hours=6))
    life.act(Act("h", ActKind.HOLD, target="OTHER"))

    refused = life.act(Act("r", ActKind.RETRY, target="1001-F1.hand_over.i1"))

    assert refused is not None
    assert refused.why == "Order 1001 is on hold: OTHER."
    life.act(Act("go", ActKind.RELEASE, target="OTHER"))
    shop.carrier_away = False
    assert life.act(Act("r2", ActKind.RETRY, target="1001-F1.hand_over.i1")) == ActResult(Outcome.DONE)


def test_a_parcel_that_may_have_left_is_not_called_off_before_somebody_has_looked(order):
    shop = FakeShop(carrier_away=True)
    life = order(shop)
    life.answer("pack", "packed", parcel_weight=900)
    assert life.act(Act("c", ActKind.CANCEL)) is None

    life.until_idle(timedelta(hours=6))

    assert life.engine.state.lanes["1001-F1"].incident is not None
    assert shop.effects["payment.refund"] == 0
    shop.carrier_away = False
    life.act(Act("r", ActKind.RETRY, target="1001-F1.hand_over.i1"))
    assert life.engine.result("c").outcome == Outcome.REFUSED
    life.event("carrier.delivered")
    assert life.ended == "completed"


class Supplied(FakeShop):
    """A supplier sends everything; it has accepted, and has a say when the order is called off."""

    def _open(self, location: str, lines: dict[str, int], state: str) -> str:
        id = super()._open(location, lines, state)
        if id:
            self.fulfilments[id] |= {"flow": "drop-ship", "supplier": "potters"}
        return id

    def _partner_order(self, call) -> StepResult:
        return StepResult()

    def _partner_cancel(self, call) -> StepResult:
        return StepResult({"withdrawn": False})


@pytest.fixture
def refused_once(order):
    life = order(Supplied())
    life.event("partner.answered", answer="accepted")
    assert life.act(Act("c1", ActKind.CANCEL)) == DONE
    life.event("partner.cancel_answered", answer="refused")
    return life


def test_an_order_whose_supplier_refused_the_cancellation_can_be_held(refused_once):
    assert not refused_once.batches[-1].lanes[-1].leaving

    refused_once.act(hold("OTHER"))
    refused_once.event("partner.shipped")

    assert refused_once.engine.state.lanes["1001-F1"].phase == "parked"


def test_a_supplier_who_refused_a_cancellation_may_be_asked_again(refused_once):
    assert refused_once.act(Act("c2", ActKind.CANCEL)) == DONE
    refused_once.event("partner.cancel_answered", answer="accepted")

    assert refused_once.ended == "cancelled"
