"""The shop's own rules of what may come back: for how long, at what price, and by which flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from domain.duration import Duration
from domain.errors import ActRefused, FlowRefused
from domain.facts import Facts
from domain.money import Money, exponent
from domain.returns import Terms
from flow.rules import holds

HUNDRED = Decimal(100)
CUSTOMER, SHOP = PAYS = "customer", "shop"


@dataclass(frozen=True, slots=True)
class Fee:
    """A part of the goods' value, or an amount by currency in major units; nought where none is named."""

    percent: Decimal = Decimal(0)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    def of(self, value: Money) -> Money:
        """What is kept of `value`, never more than that."""
        fixed = self.amounts.get(value.currency, Decimal(0)).scaleb(exponent(value.currency))
        minor = fixed + value.minor * self.percent / HUNDRED
        whole = int(minor.to_integral_value(rounding=ROUND_HALF_UP))
        return Money(min(whole, value.minor), value.currency)


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """
    One row. It holds where its condition does (an empty one always) and, with `below`, where the goods
    are worth less than that in their currency. `refuse` says why nothing comes back; else `flow` says how
    it does, within `window` of delivery; `shipping` goes back too, in part; `way_back` is who pays for it.
    """

    if_: str
    place: str
    below: Mapping[str, Decimal] = field(default_factory=dict)
    refuse: str = ""
    flow: str = ""
    window: str = ""
    fee: Fee = Fee()
    shipping: bool = False
    way_back: str = CUSTOMER

    def is_over(self, since_delivery: timedelta) -> bool:
        """Whether it has been too long."""
        return bool(self.window) and since_delivery > Duration.parse(self.window).plain

    def speaks(self, scope: Facts, value: Money) -> bool:
        """:raises FlowRefused: a fact it asks for is not there."""
        if self.below and value.major >= self.below.get(value.currency, Decimal(0)):
            return False
        return not self.if_ or holds(self.if_, scope, self.place)


@dataclass(frozen=True, slots=True)
class Goodwill:
    """
    Money that goes back with nothing coming back for it, by `flow`. Up to the amount of its currency in
    `alone`, in major units, one person decides; above it, and in any other currency, a second one agrees.
    """

    flow: str = "goodwill"
    alone: Mapping[str, Decimal] = field(default_factory=dict)

    def takes_two(self, amount: Money) -> bool:
        return amount.major > self.alone.get(amount.currency, Decimal(0))


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """The rows of config/returns.yaml, of which the last always holds, and what it says of goodwill."""

    rows: tuple[ReturnRule, ...] = ()
    goodwill: Goodwill = Goodwill()

    def rule(self, scope: Facts, value: Money) -> ReturnRule:
        """
        The first row that holds; `scope` has the facts under `order` and `return`.

        :raises FlowRefused: a row asks for a fact that is not there.
        """
        rule = next((row for row in self.rows if row.speaks(scope, value)), None)
        if rule is None:
            raise FlowRefused("config/returns.yaml: no row holds.")
        return rule

    def terms(self, scope: Facts, value: Money, since_delivery: timedelta) -> Terms:
        """
        The terms of that row.

        :raises ActRefused: it says that these goods do not come back, or not any more.
        :raises FlowRefused: a row asks for a fact that is not there.
        """
        number, rule = scope["order"]["number"], self.rule(scope, value)
        if rule.refuse:
            raise ActRefused(f"Order {number}: {rule.refuse.rstrip('.')}.")
        if rule.is_over(since_delivery):
            raise ActRefused(
                f"Order {number}: the {rule.window} for returns are over; "
                f"it was delivered {since_delivery.days} days ago."
            )
        return Terms(rule.flow, rule.fee.of(value), rule.shipping, rule.way_back == SHOP)
