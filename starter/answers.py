"""What people type into the fields of an answer or event, turned into typed values."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import BadInput

MAX_TEXT = 10_000
# Plain digits: Decimal itself would take 1_000, 1e5 and the digits of every script.
FIGURE = re.compile(r"[0-9]{1,13}(\.[0-9]{1,9})?")
# No database holds half a character, and PostgreSQL no NUL.
UNKEPT = re.compile("[\x00\ud800-\udfff]")
CHOICE = re.compile(r"choice \[(.*)\]\Z")


def parse_values(
    kinds: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """
    The typed values, and apart from them the free texts, which stay in our own books.

    :raises BadInput: a field is missing, unknown or not of its kind; `field` names it.
    """
    for name in kinds:
        if name not in typed:
            raise BadInput(f"is needed ({kinds[name]})", name)
    return parse_fields(kinds, typed)


def parse_fields(
    kinds: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """As `parse_values`, with no field needed."""
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for name, text in typed.items():
        if name not in kinds:
            known = ", ".join(kinds) or "none"
            raise BadInput(f"is not asked for here (fields: {known})", name)
        if kinds[name] == "text":
            texts[name] = _text(name, text)
        else:
            values[name] = parse_value(name, kinds[name], text)
    return values, texts


def parse_value(name: str, kind: str, text: str) -> Any:
    """:raises BadInput: `text` is not of this kind."""
    if len(text) > MAX_TEXT:
        raise BadInput(f"is longer than {MAX_TEXT} characters", name)
    choice = CHOICE.match(kind)
    if choice:
        options = [option.strip() for option in choice[1].split(",")]
        if text not in options:
            raise BadInput(f"{text!r} is not one of {', '.join(options)}", name)
        return text
    return PARSERS[kind](name, text)


def _text(name: str, text: str) -> str:
    if len(text) > MAX_TEXT or UNKEPT.search(text):
        raise BadInput(f"is not a text of up to {MAX_TEXT} characters", name)
    return text.strip()


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise BadInput(f"{text!r} is not a whole number", name)
    return int(text)


def _decimal(name: str, text: str) -> str:
    number = Decimal(text.strip()) if FIGURE.fullmatch(text.strip()) else None
    if number is None or number > 10**12:
        raise BadInput(f"{text!r} is not a number of nought or more", name)
    return f"{number:f}"


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date such as 2026-11-30", name) from error


def _lines(name: str, text: str) -> list[dict[str, str]]:
    """`SKU=2,OTHER=1`."""
    lines = []
    for part in text.split(","):
        sku, equals, quantity = part.strip().rpartition("=")
        if not equals or not sku:
            raise BadInput(f"{part.strip()!r} is not SKU=quantity", name)
        amount = _decimal(name, quantity)
        if Decimal(amount) <= 0:
            raise BadInput(f"{part.strip()!r}: the quantity has to be above nought", name)
        lines.append({"sku": sku, "quantity": amount})
    return lines


def _yes_no(name: str, text: str) -> bool:
    if text.strip().lower() not in ("yes", "no"):
        raise BadInput(f"{text!r} is neither yes nor no", name)
    return text.strip().lower() == "yes"


PARSERS: dict[str, Callable[[str, str], Any]] = {
    "count": _count,
    "grams": _count,
    "number": _decimal,
    "money": _decimal,
    "date": _date,
    "instant": _date,
    "lines": _lines,
    "yes_no": _yes_no,
}
