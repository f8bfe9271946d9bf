"""Money and goods in their order on every way: held, taken, sent; and only what was taken is given back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.catalogue import Action, Changes
from flow.checks.case import Case
from flow.checks.paths import action_of
from flow.finding import Rule
from flow.graph import NOTHING, Edge, Effect, Way, shown, surely, way_lacking
from flow.model import Each, Level, Run, Step

HELD, TAKEN, PAID = "held", "taken", "paid"  # of the money; goods that have left count as paid from then on
EXPIRED = "AuthorizationExpired"
BEFORE_PAYMENT = "before_payment"


@dataclass(frozen=True)
class Beginning:
    """What holds where a flow begins, and for what may not, a way in another flow that leads there so."""

    holds: frozenset[str]
    ways: Mapping[str, str] = field(default_factory=dict)


# A flow on its own: its order holds the money, a return is of what was paid.
ALONE: Mapping[Level, Beginning] = {
    Level.ORDER: Beginning(NOTHING),
    Level.FULFILMENT: Beginning(frozenset({HELD})),
    Level.RETURN: Beginning(frozenset({HELD, TAKEN, PAID})),
}


@dataclass(frozen=True)
class Wish:
    """What an action asks for before it, and what is told where that is missing."""

    name: str
    rule: Rule
    told: str
    advice: str


WISHES: Mapping[Changes, Wish] = {
    Changes.CAPTURES: Wish(
        HELD, "no-authorize", "takes money that is not held", "run payment.authorize on every way before it"
    ),
    Changes.REFUNDS: Wish(
        TAKEN,
        "no-capture",
        "gives back money that was not taken",
        "capture before it, or lead to an end with undo: true, which gives back what was taken",
    ),
    Changes.SHIPS: Wish(
        PAID,
        "unpaid",
        "lets goods go that are not paid",
        f"capture before it, or say {BEFORE_PAYMENT}: true",
    ),
}
GAINS: Mapping[Changes, frozenset[str]] = {
    Changes.AUTHORIZES: frozenset({HELD}),
    Changes.CAPTURES: frozenset({TAKEN, PAID}),
    Changes.SHIPS: frozenset({PAID}),
}
LOSES: Mapping[Changes, frozenset[str]] = {
    Changes.VOIDS: frozenset({HELD}),
    Changes.REFUNDS: frozenset({PAID}),
}


def check_money(case: Case, beginning: Beginning | None = None) -> None:
    """`beginning` is what the order's own flow leaves a lane to begin with."""
    start = beginning or ALONE[case.flow.level]
    effect = effect_of(case, start)
    held = surely(case.flow, start.holds, effect)
    for step in case.flow.steps:
        action = action_of(case, step)
        if action is None or step.id not in held:
            continue
        _check_word(case, step, action)
        wish = WISHES.get(action.changes)
        if wish and wish.name not in held[step.id] and not _says_before_payment(case, step, action):
            way = way_lacking(case.flow, start.holds, effect, step.id, wish.name)
            before = start.ways.get(wish.name, "") if wish.name not in start.holds else ""
            told = f"'{step.id}' {wish.told} on this way: {before}{shown(way)}"
            case.wrong((step.id, "run"), told, wish.advice, wish.rule)


def _says_before_payment(case: Case, step: Step, action: Action) -> bool:
    return action.changes == Changes.SHIPS and case.says(step, BEFORE_PAYMENT)


def _check_word(case: Case, step: Step, action: Action) -> None:
    if case.says(step, BEFORE_PAYMENT) and action.changes != Changes.SHIPS:
        told = f"{action.name} lets no goods go, so `{BEFORE_PAYMENT}` says nothing here"
        case.wrong((step.id, BEFORE_PAYMENT), told, "take it out", "unpaid")


def effect_of(case: Case, start: Beginning) -> Effect:
    """What each way out of a step does to the money."""

    def effect(step: Step, edge: Edge, before: frozenset[str]) -> frozenset[str]:
        if edge.way == Way.CALLED_OFF:
            return before
        if isinstance(step.does, Each):
            return before | {TAKEN}  # by its lanes, as far as they did
        action = action_of(case, step)
        if action is None:
            return before
        if edge.way == Way.REFUSAL:
            return before - {HELD} if edge.name == EXPIRED else before
        return (before - _lost(case, action, start)) | _gained(case, step, action)

    return effect


def _lost(case: Case, action: Action, start: Beginning) -> frozenset[str]:
    """A lane lets go only what was held for itself."""
    lane = case.flow.level == Level.FULFILMENT
    lost = LOSES.get(action.changes, NOTHING)
    return lost - start.holds if lane and action.changes == Changes.VOIDS else lost


def _gained(case: Case, step: Step, action: Action) -> frozenset[str]:
    """A step that may be skipped may leave everything as it was."""
    assert isinstance(step.does, Run)
    if step.does.may_skip:
        return NOTHING
    undo = case.catalogue.actions.get(action.undo)
    given_back = undo is not None and undo.changes == Changes.REFUNDS
    return GAINS.get(action.changes, NOTHING) | (frozenset({TAKEN}) if given_back else NOTHING)
