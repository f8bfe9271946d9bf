"""The rules of what may come back, read from config/returns.yaml."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from domain.errors import BadInput
from domain.money import Money
from flow.facts import ORDER, RETURN
from flow.kinds import Kind
from flow.load.form import Book, Form
from flow.load.reader import Scalar
from flow.load.rules import check_order, known_flow, place_of, rows_of, whole_file
from flow.model import Level
from flow.return_rules import CUSTOMER, PAYS, Fee, Goodwill, ReturnRule, ReturnRules

KEYS = ("if", "below", "refuse", "flow", "otherwise", "window", "fee", "shipping", "way_back")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,2})?|100)\s*%\Z")
# A return is only just asked for when its row is looked for.
UNKNOWN = ("id", "state", "fee", "second_person", "exchange")
ABOUT_RETURN: Mapping[str, Kind] = {
    "order": ORDER,
    "return": replace(
        RETURN, fields={name: kind for name, kind in RETURN.fields.items() if name not in UNKNOWN}
    ),
}


def read_returns(
    source: str | bytes, file: str, flows: Mapping[str, str], *, one_currency: bool
) -> tuple[ReturnRules, Book]:
    """`flows` maps each flow to its level."""
    form = whole_file(source, file, ("returns", "goodwill"), "returns.yaml")
    form.needs("returns", "add returns: and below it `- otherwise: FLOW`")
    fitting = [name for name, level in flows.items() if level == Level.RETURN]
    rows = rows_of(form, "returns", KEYS)
    rules = tuple(_rule(row, fitting, one_currency=one_currency) for row in rows)
    check_order(form, "returns", rows)
    return ReturnRules(rules, _goodwill(form, fitting)), form.book


def _goodwill(form: Form, flows: list[str]) -> Goodwill:
    row = form.form("goodwill", ("flow", "alone"), "`goodwill`")
    if row is None:
        return Goodwill()
    row.needs("flow", "add flow: NAME")
    return Goodwill(known_flow(row, "flow", flows), _amounts(row, "alone"))


def _rule(row: Form, flows: list[str], *, one_currency: bool) -> ReturnRule:
    if "otherwise" not in row and "below" not in row:
        row.needs("if", "add if: CONDITION, or `otherwise: FLOW` as the last row")
    if "refuse" not in row and "otherwise" not in row:
        row.needs("flow", "add flow: NAME, or refuse: WHY")
    if "refuse" not in row:
        row.needs("window", "add window: 30 days, counted from delivery")
    return ReturnRule(
        if_=row.condition("if", ABOUT_RETURN, one_currency=one_currency),
        place=place_of(row),
        below=_amounts(row, "below"),
        refuse=row.text("refuse"),
        flow=known_flow(row, "otherwise" if "otherwise" in row else "flow", flows),
        window=row.duration("window", working=False),
        fee=_fee(row),
        shipping=row.flag("shipping"),
        way_back=_way_back(row),
    )


def _way_back(row: Form) -> str:
    node, said = row.node("way_back"), row.text("way_back", CUSTOMER)
    if node is not None and said not in PAYS:
        row.wrong(node, f"'{said}' does not pay for the way back", f"write {' or '.join(PAYS)}")
    return said


def _fee(row: Form) -> Fee:
    node = row.node("fee")
    if not isinstance(node, Scalar):
        return Fee(amounts=_amounts(row, "fee"))
    match = PERCENT.match(node.text)
    if match is None:
        row.wrong(node, f"'{node.text}' is no fee", "write 10 %, or {EUR: 4.90}")
        return Fee()
    return Fee(percent=Decimal(match[1]))


def _amounts(row: Form, key: str) -> dict[str, Decimal]:
    """Currency -> amount in major units."""
    amounts: dict[str, Decimal] = {}
    for currency, text in row.words(key).items():
        node = row.book.at((*row.where, key, currency))
        if not CURRENCY.match(currency):
            row.wrong(node, f"'{currency}' is no currency", "write it as in EUR: 10.00")
            continue
        try:
            amount = Money.parse(text, currency)
        except BadInput as error:
            row.wrong(node, str(error), "write an amount of nought or more")
            continue
        if amount.minor < 0:
            row.wrong(node, f"{text} is less than nought", "write an amount of nought or more")
        amounts[currency] = amount.major
    return amounts
