"""Pages for customers: the same paper as the staff's, other templates and a catalogue of words."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from starlette.responses import HTMLResponse, Response

from config.page import Words
from console.paper import PAPER
from domain import figures
from domain.money import Money


def customer_page(
    words: Words,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
    **said: Any,
) -> Response:
    """
    A page in one language: `t` says a text of the catalogue, the others write figures, and dates as they
    are in `zone`.
    """
    tongue = words.code

    def money(amount: Money) -> str:
        return figures.money(amount, tongue)

    def quantity(count: Decimal) -> str:
        return figures.quantity(count, tongue)

    def date(at: datetime) -> str:
        return figures.date(at.astimezone(zone), tongue)

    speaks = {"t": words.say, "rule": words.rule, "language": tongue}
    html = PAPER.get_template(f"customer/{template}").render(
        **speaks, money=money, quantity=quantity, date=date, **said
    )
    return HTMLResponse(html, status, headers=dict(headers or {}))


def problem(words: Words, status: int, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    return customer_page(words, "problem.html", status=status, headers=headers, kind=kind)
