"""Amounts, quantities, dates and ways to pay, as mails say them in the customer's language."""

from datetime import datetime
from decimal import Decimal

from domain.duration import Duration
from domain.money import Money, exponent

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
PAYMENTS = {
    "en": {
        "card": "by card",
        "transfer": "by bank transfer",
        "invoice": "by invoice",
        "cash": "in cash",
        "voucher": "by voucher",
    },
    "de": {
        "card": "mit Karte",
        "transfer": "per Überweisung",
        "invoice": "auf Rechnung",
        "cash": "bar",
        "voucher": "mit Gutschein",
    },
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


# As they follow on "innerhalb von".
LENGTHS = {
    "s": "Sekunde Sekunden",
    "second": "Sekunde Sekunden",
    "minute": "Minute Minuten",
    "hour": "Stunde Stunden",
    "day": "Tag Tagen",
    "week": "Woche Wochen",
    "working hour": "Arbeitsstunde Arbeitsstunden",
    "working day": "Werktag Werktagen",
}


def length(words: str, language: str) -> str:
    """`30 days`, as it follows on `within`; in German `30 Tagen`, as it follows on `innerhalb von`."""
    span = Duration.parse(words)
    if spoken(language) != "de":
        return str(span)
    one, many = LENGTHS[f"working {span.unit}" if span.working else span.unit].split()
    return f"{span.count} {one if span.count == 1 else many}"


def payment(method: str, language: str) -> str:
    """`by card`; with the shop's own word for a way we have no words for."""
    tongue = spoken(language)
    return PAYMENTS[tongue].get(method) or f"{'per' if tongue == 'de' else 'by'} {method.replace('_', ' ')}"


def _swapped(figures: str) -> str:
    return figures.translate(str.maketrans(",.", ".,"))
