"""Any order, whatever is done to it at whatever moment: what must hold after every step, and at the end."""

import json
from collections import Counter
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from activities.catalogue import ACTIONS
from config.shop import read_shop
from domain.act import Act, ActKind, ActResult, HoldKind, Outcome
from domain.errors import ActRefused, DatabaseUnavailable
from domain.fulfilment import FulfilmentState
from flow.engine.state import Phase, State
from flow.simulator import Simulator
from tests.fakes import MONDAY, FakeShop, facts
from tests.flow.engine.conftest import World

STATE: TypeAdapter[State] = TypeAdapter(State)
CARD = facts()["payment"]
TRANSFER = {**CARD, "method": "transfer", "way": "transfer"}
PLACES: tuple[dict[str, dict[str, int]], ...] = (
    {"main": {"TEAPOT": 10, "CUP": 10}},
    {"berlin": {"TEAPOT": 2}, "hamburg": {"CUP": 5}},
    {"a": {"TEAPOT": 1}, "b": {"TEAPOT": 1}, "c": {"CUP": 1}},
    {"main": {"TEAPOT": 1}},
    {"main": {}},
)
# The score, the payment, the holds, the hours without a gateway, and whether the goods are gone.
TROUBLES = (
    *[(5, CARD, (), 0, False)] * 6,
    (62, CARD, (), 0, False),
    (95, CARD, (), 0, False),
    (5, TRANSFER, (), 0, False),
    (5, CARD, ("OTHER",), 0, False),
    (62, TRANSFER, ("OTHER", "AWAITING_PAYMENT"), 0, False),
    (5, CARD, (), 1, False),
    (5, CARD, (), 72, False),
    (5, CARD, (), 0, True),
)
EVENTS = ("carrier.delivered", "carrier.delivered", "stock.arrived", "payment.received", "carrier.failed")
LANES = ("", "1001", "1001-F1", "1001-F2", "1001-F3", "1001-F9")
ADDRESSES = (
    ("", ""),
    ("1001-F1", ""),
    ("1001-F2", ""),
    ("1001-F9", ""),
    ("", "SIM1001-F1"),
    ("", "SIM1001-F2"),
    ("", "SIM-STRANGE"),
)
STEPS = ("pack", "escalate", "chase", "trace", "paid_after_all", "review", "check_transfer", "hand_over")
LENGTHS = [timedelta(hours=n) for n in (0, 1, 5, 26, 80, 24 * 8, 24 * 31)]
SEVEN = st.integers(0, 6)


@cache
def rules():
    return read_shop(Path("config"), ACTIONS)


class CarefulShop(FakeShop):
    """Refuses to move what a parcel does not hold, as the books do; its stock may be away for a while."""

    stock_away_until = MONDAY

    def do(self, action, call):
        if action.startswith("stock.") and call.now < self.stock_away_until:
            raise DatabaseUnavailable("The stock does not answer.")
        return super().do(action, call)

    def _stock_split(self, call):
        here = {line["sku"]: int(line["quantity"]) for line in self.fulfilments[call.lane]["lines"]}
        for line in call.args["missing"]:
            if int(Decimal(line["quantity"])) > here.get(line["sku"], 0):
                raise ActRefused(f"{call.lane} does not hold that many.")
        result = super()._stock_split(call)
        self.fulfilments[call.lane]["lines"] = result.fulfilment["lines"]
        return result


class AnyOrder(RuleBasedStateMachine):
    @initialize(places=st.sampled_from(PLACES), trouble=st.sampled_from(TROUBLES))
    def place(self, places, trouble):
        score, payment, held, hours, gone = trouble
        self.shop = CarefulShop(score=score, locations=deepcopy(places), gone=gone)
        self.shop.down_until = MONDAY + timedelta(hours=hours)
        self.n = 0
        self.acts: list[Act] = []
        self.results: dict[str, ActResult] = {}
        known = facts(payment=deepcopy(payment))
        world = World(self.shop)
        self.life = Simulator(
            "1001", known, rules().flows, "standard", world, rules().calendars, MONDAY, held
        )

    @property
    def state(self) -> State:
        return self.life.engine.state

    def act(self, kind: ActKind, **fields) -> None:
        self.n += 1
        act = Act(f"act-{self.n}", kind, **fields)
        self.do(act)
        if self.n % 3 == 0:  # a double click
            self.do(act)

    def do(self, act: Act) -> None:
        """As the workflow does it, and as a bare signal would: a refused act changes nothing."""
        if self.life.ended:
            return
        if act not in self.acts:
            self.acts.append(act)
        known = act.id in self.state.acts
        before = self.but_for_acts()
        why = self.life.engine.refusal(act)
        assert self.but_for_acts() == before
        result = self.life.act(act)
        if known or why:
            assert self.but_for_acts() == before
        if why:
            assert result == ActResult(Outcome.REFUSED, why)

    def but_for_acts(self):
        tree = STATE.dump_python(self.state, mode="json")
        return {name: part for name, part in tree.items() if name not in ("acts", "batches")}

    @rule(task=SEVEN, choice=SEVEN, right=st.integers(0, 5), missing=st.sampled_from(("CUP", "TEAPOT")))
    def answer(self, task, choice, right, missing):
        if self.life.tasks:
            wait = list(self.life.tasks.values())[task % len(self.life.tasks)]
            option = wait.answers[choice % len(wait.answers)]
            fields = {"parcel_weight": 900, "missing": [{"sku": missing, "quantity": "1"}]}
            values = {name: fields[name] for name in option.needs} if right else {"odd": 1}
            self.act(ActKind.ANSWER, target=wait.id, answer=option.name, values=values)

    @rule(task=SEVEN)
    def the_usual(self, task):
        """What mostly happens: packed, or as the first answer says, and then delivered."""
        self.answer(task, 0, 1, "CUP")
        for lane in list(self.state.lanes.values()):
            if lane.step == "delivered":
                self.act(ActKind.EVENT, target="carrier.delivered", lane=lane.id)

    @rule(lane=st.sampled_from(LANES), step=st.sampled_from(STEPS), visit=st.integers(1, 2))
    def answer_what_is_not_open(self, lane, step, visit):
        values = {"parcel_weight": 900} if step in ("pack", "escalate") else {}
        name = {"pack": "packed", "escalate": "packed", "trace": "wait", "review": "approve"}.get(
            step, "wait"
        )
        self.act(ActKind.ANSWER, target=f"{lane}.{step}.{visit}", answer=name, values=values)

    @precondition(lambda self: self.acts)
    @rule(which=st.integers(0, 100), waiting=st.booleans())
    def send_again(self, which, waiting):
        undecided = [act for act in self.acts if act.id not in self.state.acts]
        acts = undecided if waiting and undecided else self.acts
        self.do(acts[-1 - which % len(acts)])

    @rule(name=st.sampled_from(EVENTS), address=st.sampled_from(ADDRESSES))
    def hear(self, name, address):
        values = {"amount": "84.90"} if name == "payment.received" else {}
        lane, tracking = address
        self.act(ActKind.EVENT, target=name, lane=lane, tracking=tracking, values=values)

    @rule(lane=st.sampled_from(LANES))
    def cancel(self, lane):
        self.act(ActKind.CANCEL, lane=lane)

    @rule(task=SEVEN, lane=st.sampled_from(("", "", "1001-F1")))
    def cancel_in_the_middle(self, task, lane):
        """While a capture is tried again and again, and by a person who clicks twice."""
        self.shop.down_until = self.life.now + timedelta(hours=1)
        self.the_usual(task)
        self.cancel(lane)
        if self.acts:
            self.do(self.acts[-1])

    @rule(kind=st.sampled_from(sorted(HoldKind)))
    def hold(self, kind):
        self.act(ActKind.HOLD, target=kind)

    @rule(kind=st.sampled_from(sorted(HoldKind)))
    def release(self, kind):
        self.act(ActKind.RELEASE, target=kind)

    @rule(length=st.sampled_from(LENGTHS))
    def wait(self, length):
        self.life.pass_time(length)

    @rule(hours=st.sampled_from((1, 24, 72)))
    def gateway_goes_down(self, hours):
        self.shop.down_until = self.life.now + timedelta(hours=hours)

    @rule(minutes=st.sampled_from((1, 1, 60)))
    def stock_goes_away(self, minutes):
        self.shop.stock_away_until = self.life.now + timedelta(minutes=minutes)

    @rule(declines=st.booleans(), expired=st.booleans(), differs=st.booleans())
    def money_is_difficult(self, declines, expired, differs):
        self.shop.declines = {"payment.authorize", "payment.capture"} if declines else set()
        self.shop.expired = expired and self.shop.held
        self.shop.refuses = {"payment.receive"} if differs else set()

    @rule(kind=st.sampled_from((ActKind.RETRY, ActKind.RETRY, ActKind.SKIP)))
    def decide_an_incident(self, kind):
        for lane in self.state.lanes.values():
            if lane.incident is not None:
                self.act(kind, target=lane.incident.id)
                return

    @invariant()
    def the_state_is_plain_data(self):
        text = STATE.dump_json(self.state)
        assert STATE.validate_json(text) == self.state
        assert json.loads(text)["order"] == "1001"

    @invariant()
    def the_timeline_has_no_gap(self):
        assert [entry.seq for entry in self.life.entries] == list(range(1, len(self.life.entries) + 1))
        assert [batch.n for batch in self.life.batches] == list(range(1, len(self.life.batches) + 1))

    @invariant()
    def every_lane_is_somewhere(self):
        busy = 0
        for lane in self.state.lanes.values():
            waits = lane.wait is not None and (lane.wait.kind == "each" or lane.wait.late is not None)
            works = lane.work is not None and lane.incident is None
            places = {
                Phase.RUNNING: works and lane.work is not None and not lane.work.undo,
                Phase.UNDOING: works and lane.work is not None and lane.work.undo,
                Phase.WAITING: waits,
                Phase.INCIDENT: lane.incident is not None,
                Phase.PARKED: bool(self.state.holds) and not lane.stopping,
                Phase.ENDED: lane.state != "",
            }
            assert places[lane.phase], lane
            assert (lane.wait is not None) == (lane.phase == Phase.WAITING)
            assert (lane.incident is not None) == (lane.phase == Phase.INCIDENT)
            assert not lane.cancel or lane.phase == Phase.RUNNING
            busy += lane.phase in (Phase.RUNNING, Phase.UNDOING)
        assert busy == len(self.life._soon)  # a step under way is one that will be tried again

    @invariant()
    def an_act_ends_once(self):
        for id, result in self.results.items():
            assert self.life.engine.result(id) == result
        self.results.update(self.state.acts)
        answered = Counter(entry.act for entry in self.life.entries if entry.kind == "answer")
        assert all(times == 1 for times in answered.values())
        for kind in (ActKind.CANCEL, ActKind.EVENT, ActKind.HOLD, ActKind.RELEASE):
            open = [act for act in self.acts if act.kind == kind and act.id not in self.state.acts]
            assert {act.id for act in open} == (
                {c.act for c in self.state.cancelling} if kind == "cancel" else set()
            )

    @invariant()
    def no_answer_is_forgotten(self):
        kept = {act.id for acts in self.state.early.values() for act in acts}
        given = {act.id for act in self.acts if act.kind == ActKind.ANSWER}
        assert given - kept <= set(self.state.acts)

    @invariant()
    def no_event_is_forgotten(self):
        kept = Counter(event.act for event in self.state.kept)
        for act in self.acts:
            if act.kind == ActKind.EVENT:
                served = self.served(act)
                assert kept[act.id] + len(served) == 1
                assert all(lane in {act.lane or lane, act.tracking[3:] or lane} for lane in served)

    def served(self, act: Act) -> list[str]:
        """The lanes it served."""
        told = [entry for entry in self.life.entries if entry.act == act.id and entry.kind == "event"]
        return [entry.lane for entry in told if "nothing waits for it" not in entry.text]

    @invariant()
    def an_ended_order_owes_nothing(self):
        for lane in self.state.lanes.values():
            if lane.state == "cancelled":
                assert lane.id not in self.shop.captured
        if self.life.ended:
            self.the_books_are_closed()

    def the_books_are_closed(self):
        parts = [part["state"] for part in self.state.fulfilments.values()]
        shipped = [
            state for state in parts if state in (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)
        ]
        assert self.life.ended == ("completed" if shipped else "cancelled")
        assert not self.shop.promised
        assert set(self.state.acts) == {act.id for act in self.acts}
        if not shipped:
            assert not self.shop.captured
        if not shipped or len(shipped) < len(parts):
            assert not self.shop.held

    def teardown(self):
        if not hasattr(self, "life"):
            return
        self.shop.down_until, self.shop.stock_away_until = None, self.life.now
        for _ in range(300):
            self.life.until_idle(timedelta(days=400))
            if self.life.ended:
                break
            self.mend()
        assert self.life.ended
        self.the_state_is_plain_data()
        self.the_timeline_has_no_gap()
        self.an_act_ends_once()
        self.no_event_is_forgotten()
        self.an_ended_order_owes_nothing()

    def mend(self):
        """What people do in the end: let the order go on, and try again what failed."""
        for kind in list(self.state.holds):
            if kind == HoldKind.AWAITING_PAYMENT:
                self.act(ActKind.EVENT, target="payment.received", values={"amount": "84.90"})
            else:
                self.act(ActKind.RELEASE, target=kind)
        self.decide_an_incident(ActKind.RETRY)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
