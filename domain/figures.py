"""Amounts, quantities and dates as people write them in their language."""

from datetime import datetime
from decimal import Decimal

from domain.money import Money, exponent

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


def spoken(language: str) -> str:
    """The language whose words we have, for `de-AT` too; English where we have none."""
    short = language.lower().replace("_", "-").partition("-")[0]
    return short if short in MONTHS else "en"


def money(amount: Money, language: str) -> str:
    """`EUR 1,234.50`, in German `1.234,50 EUR`."""
    figures = f"{amount.major:,.{exponent(amount.currency)}f}"
    if spoken(language) == "de":
        return f"{_swapped(figures)} {amount.currency}"
    return f"{amount.currency} {figures}"


def quantity(count: Decimal, language: str) -> str:
    """`2`, `1.5`; never `2E+1`."""
    figures = f"{count.normalize():f}"
    return _swapped(figures) if spoken(language) == "de" else figures


def date(at: datetime, language: str) -> str:
    """`21 November 2026`, in German `21. November 2026`; by its figures where we have no words."""
    if language.lower()[:2] != spoken(language):
        return f"{at:%Y-%m-%d}"
    month = MONTHS[spoken(language)].split()[at.month - 1]
    return f"{at.day}{'.' if spoken(language) == 'de' else ''} {month} {at.year}"


def _swapped(figures: str) -> str:
    return figures.translate(str.maketrans(",.", ".,"))
