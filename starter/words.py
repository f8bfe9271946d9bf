"""The answer to "what is with this order?", in plain words: one line, made of what everybody sees."""

from collections.abc import Callable
from datetime import datetime

from domain.money import Money
from domain.payment import Figures
from domain.returns import is_over
from domain.view import HoldView, IncidentView, OrderView, WaitView
from starter.when import day, span, when

HOLDS = {
    "HIGH_RISK_OF_FRAUD": "the fraud review",
    "AWAITING_PAYMENT": "the customer's payment",
    "INCORRECT_ADDRESS": "a right address",
    "OUT_OF_STOCK": "the goods",
    "AWAITING_RETURN": "what comes back for it",
    "OTHER": "a person",
}
# Roles named after their work; the others name a place or a person.
TEAMS = frozenset({"finance", "fraud", "ops", "production", "returns", "support"})


def answer_line(view: OrderView, now: datetime) -> str:
    """What the order waits for, since when, what is next, and how its money stands, at `now`."""
    said = [*_standing(view, now), _kept(view), _money(view, now)]
    return " ".join(sentence for sentence in said if sentence)


def _standing(view: OrderView, now: datetime) -> list[str]:
    if view.row.state in ("completed", "cancelled"):
        word = view.row.state.capitalize()
        return [f"{word}." if view.end in ("", word) else f"{word}: {view.end}.", *_coming_back(view, now)]
    held = [_held(hold, now) for hold in view.holds]
    stopped = [_stopped(incident, now) for incident in view.incidents[:1]]
    if len(view.incidents) > 1:
        stopped.append(f"{len(view.incidents) - 1} more incidents are open.")
    waits = _waits(view, now) if not stopped else []
    return [*held, *stopped, *waits] or [_quiet(view, now)]


def _coming_back(view: OrderView, now: datetime) -> list[str]:
    """What an order that has ended still waits for is a return of it."""
    back = [each.id for each in view.returns if not is_over(each.state)]
    if not back:
        return []
    said = f"Return {back[0]} is open." if len(back) == 1 else f"Returns {', '.join(back)} are open."
    stopped = [_stopped(incident, now) for incident in view.incidents[:1]]
    return [said, *(stopped or _waits(view, now))]


def _quiet(view: OrderView, now: datetime) -> str:
    if not view.timeline:
        return "Kept: it begins as soon as its worker is there."
    if not view.running:
        return "On its way: nobody has to do anything now."
    first = view.running[0]
    since = f"since {when(first.since, now)} ({span(now - first.since)})"
    return f"Being done: {first.title}, {since}. Nobody has to do anything now."


def _held(hold: HoldView, now: datetime) -> str:
    by = f" by {hold.by}" if hold.by else ""
    why = f": {hold.why.rstrip('.')}" if hold.why else ""
    return f"On hold for {HOLDS.get(hold.kind, hold.kind)}, since {when(hold.since, now)}{by}{why}."


def _stopped(incident: IncidentView, now: datetime) -> str:
    since = f"since {when(incident.since, now)} ({span(now - incident.since)})"
    due = f", {_due(incident.due, now)}" if incident.due else ""
    what = incident.what.rstrip(".")
    who = _role(incident.role).capitalize()
    return f"Stopped at {incident.title}, {since}: {what}. {who} has to look{due}."


def _waits(view: OrderView, now: datetime) -> list[str]:
    """The wait that is due first, and how many others there are."""
    if not view.waiting_for:
        return []
    nearest, *others = sorted(view.waiting_for, key=_nearness)
    said = [_wait(nearest, now)]
    if others:
        plural = "s" if len(others) > 1 else ""
        said.append(f"{len(others)} more thing{plural} to wait for.")
    return said


def _nearness(wait: WaitView) -> tuple[float, float]:
    first = wait.due or wait.late
    return (first.timestamp() if first else float("inf"), wait.since.timestamp())


def _wait(wait: WaitView, now: datetime) -> str:
    since = f"since {when(wait.since, now)} ({span(now - wait.since)})"
    what = f"Waiting for {_role(wait.role)}: {wait.title}" if wait.role else wait.title
    due = _due(wait.due, now) if wait.due else ""
    unless = "nobody does" if wait.role else "nothing happens"
    then = f"if {unless} by {when(wait.late, now)}, then: {wait.then}" if wait.late and wait.then else ""
    next_ = "; ".join(part for part in (due, then) if part)
    return f"{what}, {since}." + (f" {next_[0].upper()}{next_[1:]}." if next_ else "")


def _due(due: datetime, now: datetime) -> str:
    late = f", {span(now - due)} overdue" if due < now else ""
    return f"due {when(due, now)}{late}"


def _role(role: str) -> str:
    team = " team" if role in TEAMS else ""
    return f"the {role.replace('-', ' ')}{team}"


def _kept(view: OrderView) -> str:
    if not view.pending_acts:
        return ""
    acts = "1 request is" if view.pending_acts == 1 else f"{view.pending_acts} requests are"
    return f"{acts} kept, to be done as soon as the order's worker is back."


def _money(view: OrderView, now: datetime) -> str:
    say = MONEY.get(view.row.payment)
    return say(view, now) if say else ""


def _authorised(view: OrderView, now: datetime) -> str:
    if not view.authorized.minor:
        return f"Paid: {view.row.total} came authorised."
    return f"Paid: {_held_money(view, now)}."


def _taken(view: OrderView, _now: datetime) -> str:
    return f"Paid: {view.captured}." if view.captured.minor else f"Paid: {view.row.total} came paid."


def _partly_taken(view: OrderView, now: datetime) -> str:
    rest = f"; {_held_money(view, now)}" if _figures(view).held.minor else ""
    return f"Paid: {view.captured} of {view.row.total} taken{rest}."


def _held_money(view: OrderView, now: datetime) -> str:
    until = f", holds until {day(view.expires_at, now)}" if view.expires_at else ""
    return f"{_figures(view).held} authorised, not taken{until}"


def held_money(view: OrderView) -> Money:
    """What the bank holds and nobody has taken."""
    return _figures(view).held


def _figures(view: OrderView) -> Figures:
    return Figures(
        authorized=view.authorized,
        captured=view.captured,
        refunded=view.refunded,
        voided=_posted(view, "voided"),
        received=_posted(view, "received"),
    )


def _posted(view: OrderView, kind: str) -> Money:
    amounts = (payment.amount for payment in view.payments if payment.kind == kind)
    return sum(amounts, Money(0, view.row.total.currency))


MONEY: dict[str, Callable[[OrderView, datetime], str]] = {
    "none": lambda _view, _now: "Nothing was paid.",
    "pending": lambda view, _now: f"Not paid yet: {view.row.total} is due.",
    "authorized": _authorised,
    "partially_captured": _partly_taken,
    "captured": _taken,
    "partially_refunded": lambda view, _now: f"Paid: {view.captured}, of it {view.refunded} given back.",
    "refunded": lambda view, _now: f"The money has been given back: {view.refunded}.",
    "voided": lambda _view, _now: "Nothing was paid: the money held was let go.",
    "failed": lambda _view, _now: "Not paid: the bank said no.",
    "expired": lambda view, _now: f"Not paid: the bank no longer holds the {_figures(view).held}.",
}
