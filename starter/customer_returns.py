"""What of an order its customer may send back now, until when, and why not the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain.duration import Duration
from domain.errors import ActRefused
from domain.money import Money
from domain.return_book import Sold
from domain.returns import Claim, Shipped, choose
from flow.model import Flow, Run
from flow.return_rules import ReturnRule, ReturnRules
from starter.returning import Weighed, weighed

# What they can claim by themselves; of a parcel that never came they write to a person.
CLAIMS = (Claim.NONE, Claim.DAMAGED, Claim.WRONG)
LEAVES = "returns.leave"
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Returnable:
    """
    So many of one article: for which claims they may come back, by `until` where there is a window. With
    no claims, `why_not` is a word of the page's catalogue: `window` is over, or a rule says `refuse`.
    """

    sku: str
    title: str
    left: Decimal
    claims: tuple[Claim, ...] = ()
    until: datetime | None = None
    fee: Money | None = None
    keep: bool = False
    why_not: str = ""
    window: str = ""
    refuse: str = ""


def returnables(
    sold: Sold, rules: ReturnRules, flow: Callable[[str], Flow | None], now: datetime
) -> tuple[Returnable, ...]:
    """
    Every article that has left and that no return speaks for; `flow` is by name.

    :raises FlowRefused: a rule asks for a fact that is not there.
    """
    left = [goods for goods in sold.goods if goods.left > 0]
    skus = dict.fromkeys(goods.sku for goods in left)
    return tuple(_one(sold, sku, [g for g in left if g.sku == sku], rules, flow, now) for sku in skus)


def _one(
    sold: Sold,
    sku: str,
    goods: Sequence[Shipped],
    rules: ReturnRules,
    flow: Callable[[str], Flow | None],
    now: datetime,
) -> Returnable:
    title = next((line.title for line in sold.order.lines if line.sku == sku), sku)
    here = sum((each.left for each in goods if each.delivered is not None), NONE)
    if not here:
        return Returnable(sku, title, sum((each.left for each in goods), NONE), why_not="not_delivered")
    asked = {claim: _asked(sold, sku, here, claim, now) for claim in CLAIMS}
    spoken = {claim: (each, rules.rule(each.scope, each.value)) for claim, each in asked.items() if each}
    open_ = tuple(claim for claim, (each, rule) in spoken.items() if _allows(rule, each.since))
    if not open_:
        return _no(sku, title, here, [rule for _, rule in spoken.values()])
    each, rule = spoken[open_[0]]
    fee = rule.fee.of(each.value)
    return Returnable(
        sku,
        title,
        here,
        open_,
        until=_until(rule, each, sold.speed, now),
        fee=fee if fee.minor else None,
        keep=_keeps(flow(rule.flow)),
    )


def _asked(sold: Sold, sku: str, quantity: Decimal, claim: Claim, now: datetime) -> Weighed | None:
    try:
        lines = choose(sold.order.number, {sku: quantity}, sold.goods, claim)
    except ActRefused:
        return None
    return weighed(sold, lines, claim, now)


def _allows(rule: ReturnRule, since: timedelta) -> bool:
    return not rule.refuse and not rule.is_over(since)


def _no(sku: str, title: str, left: Decimal, rules: Sequence[ReturnRule]) -> Returnable:
    """The reason of the first claim, which is that of most people: they just do not want it."""
    if not rules:
        return Returnable(sku, title, left, why_not="not_left")
    rule = rules[0]
    if rule.refuse:
        return Returnable(sku, title, left, why_not="not_rule", refuse=rule.refuse)
    return Returnable(sku, title, left, why_not="not_over", window=rule.window)


def _until(rule: ReturnRule, asked: Weighed, speed: float, now: datetime) -> datetime | None:
    if not rule.window:
        return None
    return now + (Duration.parse(rule.window).plain - asked.since) / speed


def _keeps(flow: Flow | None) -> bool:
    """Whether the goods stay with the customer."""
    return flow is not None and any(s.does.action == LEAVES for s in flow.steps if isinstance(s.does, Run))
