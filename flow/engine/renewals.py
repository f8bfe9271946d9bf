"""The authorisation clock: what is held is held anew in time, and nothing leaves on what ran out."""

from datetime import datetime, timedelta

from domain.act import Act, HoldKind
from domain.duration import Duration
from domain.journal import EntryKind, IncidentClosed
from domain.notice import Notice
from domain.step import StepResult
from flow.catalogue import Changes
from flow.engine import holds
from flow.engine.commands import Perform
from flow.engine.machine import Machine
from flow.engine.state import Lane, Phase, Work
from flow.engine.verbs import send
from flow.model import End, Renewal, Run, Step

ACTION = "payment.renew"
NOTICE = "pay_again"
PAID = "payment.paid"
DECLINED = "PaymentDeclined"
MONEY = (Changes.AUTHORIZES, Changes.CAPTURES, Changes.VOIDS, Changes.REFUNDS)


def next_moment(m: Machine) -> tuple[datetime, str] | None:
    """When the clock rings next, and what for; a hold on the order does not stop it."""
    clock, step = m.state.clock, _step(m)
    if step is None:
        return None
    if clock.unpaid is not None:
        return (clock.unpaid, f"{step.title}: paid anew") if clock.incident is None else None
    at = _due(m, step)
    return (at, f"{step.title} anew") if at is not None else None


def look(m: Machine) -> None:
    """Begin what is due, once nothing else moves the order's money."""
    clock, ends = m.state.clock, _ends(m)
    if ends != clock.until:
        clock.until, clock.since = ends, m.now
    step = _step(m)
    if step is None or clock.unpaid is not None:
        return
    at = _due(m, step)
    if at is not None and at <= m.now:
        _begin(m, step)


def turn_late(m: Machine) -> None:
    """The customer was asked to pay anew, and did not in time."""
    clock, step = m.state.clock, _step(m)
    if step is None or clock.unpaid is None or clock.incident is not None or clock.unpaid > m.now:
        return
    what = f"The customer has not paid anew in {_renewal(step).unpaid}, and the bank holds nothing."
    clock.incident = m.incident(m.state.root, what, "unpaid", role=_run(step).owner, may_skip=())


def keeps_waiting(m: Machine, lane: Lane, place: str) -> bool:
    """Whether `place` moves money, or ends what may, while it is being held anew: the two would cross."""
    if not _under_way(m):
        return False
    there = m.flow(lane).by_id[place]
    if isinstance(there, End):
        return there.undo or lane is m.state.root
    return isinstance(there.does, Run) and there.does.changes in MONEY


def is_renewal(m: Machine, key: str) -> bool:
    work = m.state.clock.work
    return work is not None and work.key == key


def renewed(m: Machine, result: StepResult) -> None:
    clock = m.state.clock
    clock.settled, clock.work, clock.unpaid = clock.until, None, None
    m.learn(m.state.facts, result.order)
    m.say(m.state.root, EntryKind.STEP, f"{_title(m)}: {result.said or 'held anew'}.")
    if clock.incident is not None:
        close_incident(m, "retried")
    if clock.refusals:
        clock.refusals = 0
        holds.money_came(m)
    _go_on(m)


def refused(m: Machine, name: str, message: str) -> None:
    """The bank says no: the order stands still, and the customer is asked to pay anew."""
    if name != DECLINED:
        gave_up(m, message)
        return
    clock, root, step = m.state.clock, m.state.root, _step(m)
    assert step is not None
    clock.work = None
    clock.refusals += 1
    clock.unpaid = m.now + _length(m, _renewal(step).unpaid)
    m.say(root, EntryKind.STEP, f"{step.title}: {message}")
    if HoldKind.AWAITING_PAYMENT not in m.state.holds:
        holds.begin_hold(m, HoldKind.AWAITING_PAYMENT.value)
    told = f"{root.id}.{step.id}.unpaid{root.runs[ACTION]}"
    send(m, Notice(told, m.state.order, root.id, NOTICE))
    m.say(root, EntryKind.NOTICE, "The customer is asked to pay anew.")
    _go_on(m)
    _heed_kept(m, step)


def gave_up(m: Machine, message: str) -> None:
    """No answer after every try: a person decides, and meanwhile the order goes on."""
    clock, step = m.state.clock, _step(m)
    assert step is not None
    owner = _run(step).owner
    clock.incident = m.incident(m.state.root, message, "work", role=owner, may_skip=(owner, "admin"))
    _go_on(m)


def paid(m: Machine, act: Act) -> bool:
    """The customer has paid anew: hold that. Whether the order waited for it."""
    clock, step = m.state.clock, _step(m)
    if act.target != PAID or clock.unpaid is None or clock.work is not None or step is None:
        return False
    if clock.incident is not None:
        close_incident(m, "retried", act.id)
    m.say(m.state.root, EntryKind.EVENT, f"{step.title}: the customer has paid anew.", act.id)
    _begin(m, step)
    return True


def _heed_kept(m: Machine, step: Step) -> None:
    """The customer had paid anew while the bank was still being asked."""
    for event in m.state.kept:
        if event.name == PAID:
            m.state.kept.remove(event)
            _begin(m, step)
            return


def retry(m: Machine, act: Act) -> None:
    """Ask the bank once more."""
    clock, step = m.state.clock, _step(m)
    assert step is not None
    close_incident(m, "retried", act.id)
    m.say(m.state.root, EntryKind.INCIDENT, f"{step.title}: trying again.", act.id)
    if clock.work is not None:
        m.out.append(_command(m, step, clock.work))
    else:
        _begin(m, step)


def skip(m: Machine, act: Act) -> None:
    """The hold runs out as it is; a parcel that leaves later finds it expired."""
    clock = m.state.clock
    close_incident(m, "skipped", act.id)
    m.say(m.state.root, EntryKind.INCIDENT, f"{_title(m)}: not held anew.", act.id)
    clock.settled, clock.work = clock.until, None


def stop(m: Machine) -> None:
    """The order has ended."""
    clock = m.state.clock
    if clock.incident is not None:
        close_incident(m, "cancelled")
    clock.work = clock.unpaid = None


def close_incident(m: Machine, how: str, act: str = "") -> None:
    clock = m.state.clock
    assert clock.incident is not None
    m.page.incidents_closed.append(IncidentClosed(clock.incident.id, m.now, how, act))
    clock.incident = None


def why_not_move(m: Machine) -> str:
    clock = m.state.clock
    return "its money is being held anew" if clock.work is not None else ""


def _due(m: Machine, step: Step) -> datetime | None:
    """
    When to hold anew: with the wanted time left, or halfway through what the gateway holds for less than
    twice that. None while it is settled, or while something else moves the money.
    """
    clock = m.state.clock
    if not clock.until or clock.until == clock.settled or clock.work is not None or _moves_money(m):
        return None
    ends, since = datetime.fromisoformat(clock.until), clock.since
    if since is None or ends <= since or _leaves(m):
        return None
    return max(ends - _length(m, _renewal(step).before), since + (ends - since) / 2)


def _begin(m: Machine, step: Step) -> None:
    clock, root = m.state.clock, m.state.root
    visit = root.visits.get(step.id, 1)
    work = Work(m.key(root, ACTION), ACTION, step.id, visit, {"by": clock.until or clock.settled})
    clock.work = work
    m.out.append(_command(m, step, work))


def _command(m: Machine, step: Step, work: Work) -> Perform:
    run = _run(step)
    return Perform(
        lane=m.state.root.id,
        step=work.step,
        visit=work.visit,
        key=work.key,
        action=work.action,
        title=f"{step.title} anew",
        args=work.args,
        facts=m.known_to(m.state.root),
        timeout=run.timeout,
        tries=run.retry.tries,
        first_wait=run.retry.first_wait,
        local=False,
    )


def _go_on(m: Machine) -> None:
    """Lanes that waited for the money to be held anew; a hold of the order keeps them where they are."""
    called = {id for id, _ in m.entering}
    for lane in m.state.lanes.values():
        if lane.phase == Phase.PARKED and lane.id not in called and (lane.stopping or not m.state.holds):
            m.go(lane, lane.step)


def _under_way(m: Machine) -> bool:
    return m.state.clock.work is not None and m.state.clock.incident is None


def _moves_money(m: Machine) -> bool:
    """Whether a step that holds, takes or gives back money is under way somewhere."""
    for lane in m.state.lanes.values():
        if lane.work is None or lane.phase not in (Phase.RUNNING, Phase.UNDOING):
            continue
        _, run = m.doing(lane, lane.work)
        if run.changes in MONEY:
            return True
    return False


def _leaves(m: Machine) -> bool:
    root = m.state.root
    return root.stopping or root.cancel or root.phase in (Phase.UNDOING, Phase.ENDED)


def _step(m: Machine) -> Step | None:
    """The step of the order's own flow that held the money and says `renew`; the last one that ran."""
    root = m.state.root
    if root.sha256 not in m.flows or root.phase == Phase.ENDED:
        return None
    flow = m.flow(root)
    for id in reversed(root.passed):
        step = flow.by_id.get(id)
        if isinstance(step, Step) and isinstance(step.does, Run) and step.does.renew is not None:
            return step
    return None


def _run(step: Step) -> Run:
    assert isinstance(step.does, Run)
    return step.does


def _renewal(step: Step) -> Renewal:
    renewal = _run(step).renew
    assert renewal is not None
    return renewal


def _title(m: Machine) -> str:
    step = _step(m)
    return step.title if step else "Hold the money"


def _ends(m: Machine) -> str:
    payment = m.state.facts.get("payment") or {}
    return payment.get("expires_at") or ""


def _length(m: Machine, words: str) -> timedelta:
    return Duration.parse(words).plain / m.state.speed
