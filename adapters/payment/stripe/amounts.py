"""Amounts as Stripe counts them, which is not for every currency as ISO 4217 does."""

from adapters.payment.gateway import Misused
from domain.money import Money

# Stripe has no decimals here, where ISO 4217 has two.
FEWER = frozenset({"MGA"})
# Stripe has two decimals here, where ISO 4217 has none.
MORE = frozenset({"ISK", "UGX"})
# Stripe has three decimals here, and wants the last one to be nought.
THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def theirs(amount: Money) -> int:
    """:raises Misused: finer than Stripe takes of this currency."""
    finer, coarser = _factors(amount.currency)
    scaled = amount.minor * finer
    if scaled % coarser or (amount.currency in THREE and scaled % 10):
        raise Misused(f"Stripe does not take {amount}: it is too fine")
    return scaled // coarser


def ours(minor: int, currency: str) -> Money:
    name = currency.upper()
    finer, coarser = _factors(name)
    return Money(minor * coarser // finer, name)


def _factors(currency: str) -> tuple[int, int]:
    """By how much Stripe's unit is finer, and coarser, than ours."""
    if currency in FEWER:
        return 1, 100
    return (100, 1) if currency in MORE else (1, 1)
