"""Amounts, quantities, dates and ways to pay, as mails say them in the customer's language."""

from domain.duration import Duration
from domain.figures import date, money, quantity, spoken

__all__ = ["date", "length", "money", "payment", "quantity", "spoken"]

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
