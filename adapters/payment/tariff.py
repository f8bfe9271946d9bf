"""What the simulated gateway keeps for itself of a payment."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from domain.money import Money


@dataclass(frozen=True, slots=True)
class Tariff:
    """`rate` per cent of what is taken, and `each` of its currency's smallest coins a payment."""

    rate: Decimal = Decimal(0)
    each: int = 0

    def on(self, amount: Money) -> Money:
        """To the smallest coin, halves up; never more than the payment itself."""
        share = (amount.minor * self.rate / 100).to_integral_value(rounding=ROUND_HALF_UP)
        return Money(min(int(share) + self.each, amount.minor), amount.currency)


FREE = Tariff()
USUAL = Tariff(Decimal("1.4"), 25)
