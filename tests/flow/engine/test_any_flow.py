"""Any flows and any luck: no lane is lost, nothing is taken back twice, no wait lasts for ever."""

from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.act import Act, ActKind, HoldKind
from domain.errors import GatewayUnavailable, PaymentDeclined
from domain.fulfilment import FulfilmentState
from domain.step import StepResult
from flow.engine.state import Phase
from flow.model import (
    Answer,
    Ask,
    Decide,
    Each,
    End,
    Flow,
    Lateness,
    Level,
    Pause,
    Retry,
    Row,
    Run,
    Step,
    Tell,
    WaitFor,
)
from flow.simulator import Simulator
from tests.fakes import MONDAY, facts

REFUSAL = PaymentDeclined.__name__
NAMES = [f"s{n}" for n in range(7)]
ENDS = {
    Level.ORDER: (End("done", "Done", "completed"), End("off", "Off", "cancelled", undo=True)),
    Level.FULFILMENT: (End("done", "Done", "fulfilled"), End("off", "Off", "cancelled", undo=True)),
}
LEVELS = {"order": Level.ORDER, "lane": Level.FULFILMENT}
LENGTHS = ("1 hour", "2 days", "9 days")


def a_verb(luck, places):
    """Each verb but `each`, leading anywhere."""
    go = partial(luck.choice, places)
    late = Lateness(luck.choice(LENGTHS), go())
    routed = {REFUSAL: go()} if luck.random() < 0.5 else {}
    action, undo = luck.choice(("do.this", "stock.split")), luck.choice(("", "undo.it"))
    answers = (Answer("yes", "Yes", go()), Answer("no", "No", go()))
    return luck.choice(
        (
            Run(action, "10s", undo=undo, on_error=routed, retry=Retry(2), may_skip=("ops",)),
            Run(action, "10s", undo="undo.it", retry=Retry(3)),
            Ask("ops", answers, late, remind=luck.choice(("", "30 minutes"))),
            Decide((Row("order.express", go()),), go()),
            WaitFor("carrier.delivered", late),
            Tell("shipped"),
            Pause(luck.choice(LENGTHS)),
        )
    )


def a_flow(luck, name, level):
    """Of an order, it mostly promises its goods and opens its lanes soon."""
    ids, ends = NAMES[: luck.randint(3, len(NAMES))], ["done", "off"]
    does = [a_verb(luck, [*ids, *ends]) for _ in ids]
    if level == Level.ORDER:
        does[0] = Run("do.this", "10s", undo="undo.it", retry=Retry(5))
        does[luck.choice((1, 1, 2))] = Each(
            "fulfilment.flow", luck.choice((None, Lateness(luck.choice(LENGTHS), luck.choice(ids))))
        )
    thens = [luck.choice((ids[n + 1], *ids[n + 1 :], "done", "off")) for n in range(len(ids) - 1)]
    if level == Level.ORDER:
        thens[0] = ids[1]
    ways = zip(ids, does, [*thens, "done"], strict=True)
    steps = [Step(id, id, verb, then, visits=3) for id, verb, then in ways]
    until, on_cancel = luck.choice(("", *ids)), luck.choice(("undo", "undo", *ids))
    return Flow(name, level, name, tuple(steps), ENDS[level], cancel_until=until, on_cancel=on_cancel)


class AnyWorld:
    """Works, refuses or does not answer; the first action of the order opens two parcels."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.parcels = 2
        self.worked: Counter[str] = Counter()
        self.undone: Counter[str] = Counter()

    def perform(self, step, now):
        chance = self.luck.random()
        if chance < 0.1:
            raise PaymentDeclined("No.")
        if chance < 0.2:
            raise GatewayUnavailable("Away.")
        if step.title.startswith("Undo: "):
            self.undone[step.key] += 1
        else:
            self.worked[step.key] += 1
        return StepResult(fulfilments=self.opened(step))

    def opened(self, step):
        if step.lane == "1001":
            return tuple(parcel(n) for n in (1, 2)) if not self.worked.total() - 1 else ()
        if step.action == "stock.split" and self.parcels < 5:
            self.parcels += 1
            return (parcel(self.parcels),)
        return ()


def parcel(n):
    fields = {
        "method": "ship",
        "location": "main",
        "lines": [],
        "state": "open",
        "tracking": "",
        "flow": "lane",
    }
    return {"id": f"1001-F{n}", **fields}


def act(life, luck, n):
    """One of the things that can be done to an order, at random."""
    lanes = ["", *life.engine.state.lanes]
    id, lane = f"act-{n}", luck.choice(lanes)
    tasks = list(life.tasks)
    incidents = [lane.incident.id for lane in life.engine.state.lanes.values() if lane.incident]
    acts = [
        Act(id, ActKind.EVENT, target="carrier.delivered", lane=lane),
        Act(id, ActKind.HOLD, target=luck.choice(list(HoldKind))),
        *(Act(id, ActKind.RELEASE, target=kind) for kind in life.engine.state.holds),
        *([Act(id, ActKind.CANCEL, lane=lane)] if luck.random() < 0.3 else []),
        *(Act(id, ActKind.ANSWER, target=task, answer=luck.choice(("yes", "no"))) for task in tasks),
        *(Act(id, kind, target=each) for each in incidents for kind in (ActKind.RETRY, ActKind.SKIP)),
    ]
    chosen = luck.choice(acts)
    life.act(chosen)
    if luck.random() < 0.2:
        life.act(chosen)  # a double click


def check(life, world):
    state = life.engine.state
    for lane in state.lanes.values():
        waits = lane.wait is not None and (lane.wait.kind == "each" or lane.wait.late is not None)
        somewhere = {
            Phase.RUNNING: lane.work is not None and not lane.work.undo,
            Phase.UNDOING: lane.work is not None and lane.work.undo,
            Phase.WAITING: waits,
            Phase.INCIDENT: lane.incident is not None,
            Phase.PARKED: bool(state.holds) and not lane.stopping,
            Phase.ENDED: lane.state != "",
        }
        assert somewhere[lane.phase], lane
    assert all(times == 1 for times in (*world.worked.values(), *world.undone.values()))
    no_parcel_is_without_a_lane(state)


def no_parcel_is_without_a_lane(state):
    """While an order waits for its parcels, and after it did, each of them has its own."""
    root = state.root
    if (root.wait and root.wait.kind == "each") or len(state.lanes) > 1:
        open_ = {id for id, part in state.fulfilments.items() if part["state"] == FulfilmentState.OPEN}
        assert open_ <= state.lanes.keys()
    opened = [lane for lane in state.lanes.values() if lane is not root]
    if root.state and not root.stopping and not root.late and opened:
        assert all(lane.phase == Phase.ENDED for lane in opened)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_flow_with_any_luck_loses_no_lane_and_takes_nothing_back_twice(seed):
    luck = Random(seed)
    world = AnyWorld(luck)
    flows = {name: a_flow(luck, name, level) for name, level in LEVELS.items()}
    known = facts(express=luck.random() < 0.5)
    life = Simulator("1001", known, flows, "order", world, {}, MONDAY)
    seen: set[str] = set()

    for n in range(40):
        check(life, world)
        assert seen <= life.engine.state.lanes.keys()
        seen |= life.engine.state.lanes.keys()
        if life.ended:
            break
        if luck.random() < 0.4:
            life.pass_time(timedelta(hours=luck.choice((1, 30, 300))))
        else:
            act(life, luck, n)
