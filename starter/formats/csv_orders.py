"""
Orders out of a table: one row a line of the order, the order's own columns as in its first row.

Columns are called as the fields of our own format, with dots: `customer.email`, `line.sku`. Rows that
follow one another and have the same number are one order; what the first row says of the order need not
stand in the others, and may not be something else there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from domain.errors import BadInput
from domain.order import Order
from starter.formats import fields, orderkeeper, shop_words
from starter.formats.csv_text import Cell, rows
from starter.formats.json_text import dumps

SEPARATORS = (",", ";", "\t")
ADDRESS = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")
ORDER = (
    *("number", "placed_at", "currency", "discounts", "total", "note"),
    *(f"customer.{name}" for name in ("email", "name", "phone", "language", "marketing_consent")),
    *(f"shipping_address.{name}" for name in ADDRESS),
    *(f"billing_address.{name}" for name in ADDRESS),
    *(f"delivery.{name}" for name in ("method", "express", "pickup_location")),
    *("shipping.amount", "shipping.tax_rate"),
    *(f"payment.{name}" for name in ("method", "state", "token", "authorization")),
)
LINE = (
    *("sku", "title", "quantity", "unit_price", "tax", "tax_rate", "discount"),
    *("supplier", "category", "made_to_order", "personalisation"),
)
KNOWN = (*ORDER, *(f"line.{name}" for name in LINE))
NEEDED = ("number", "placed_at", "currency", "customer.email", "line.sku", "line.quantity", "total")
FLAGS = ("marketing_consent", "express", "made_to_order")
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
Row = Mapping[str, Cell]


def documents(text: str) -> Iterator[Any]:
    """Each order as our own format has it, or why there is none; `text` has a first row of names."""
    try:
        header, *others = rows(text, _separator(text))
        names = _names(header)
    except (BadInput, ValueError) as error:
        yield error if isinstance(error, BadInput) else BadInput("There is no order in the file.")
        return
    read = (_row(names, row) for row in others)
    for _, group in groupby(read, key=_number):
        yield _document(list(group))


def parse(tree: Any, shop: str) -> Order:
    """:raises BadInput: naming the field."""
    number = str(tree.get("number", ""))
    own = orderkeeper.parse({**tree, "number": number or "-", "channel": shop})
    return replace(own, number=shop_words.number(shop, number, "number"), source=dumps({"id": number}))


def _separator(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _names(header: Sequence[Cell]) -> list[str]:
    names = [cell.text.strip() for cell in header]
    for name, cell in zip(names, header, strict=True):
        if name not in KNOWN:
            raise BadInput(f"there is no column {name!r}; there are {', '.join(KNOWN)}", _at(cell))
        if names.count(name) > 1:
            raise BadInput(f"the column {name} stands there twice", _at(cell))
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise BadInput(f"the column {missing[0]} is missing", "1:1")
    return names


def _row(names: Sequence[str], row: Sequence[Cell]) -> Row | BadInput:
    if len(row) != len(names):
        return BadInput(f"has {len(row)} cells, and there are {len(names)} columns", f"line {row[0].line}")
    return {name: cell for name, cell in zip(names, row, strict=True) if cell.text.strip()}


def _number(row: Row | BadInput) -> str:
    if isinstance(row, BadInput):
        return str(row)
    return row["number"].text.strip() if "number" in row else ""


def _document(group: Sequence[Row | BadInput]) -> Any:
    """:returns: the order, or the first thing that is wrong with its rows."""
    try:
        return _order([_read(row) for row in group])
    except BadInput as error:
        return error


def _read(row: Row | BadInput) -> Row:
    if isinstance(row, BadInput):
        raise row
    return row


def _order(group: Sequence[Row]) -> dict[str, Any]:
    first = group[0]
    tree: dict[str, Any] = {"delivery": {"method": "ship"}, "shipping": {"amount": "0"}}
    for row in group:
        for name, cell in row.items():
            if name in ORDER and name in first and cell.text.strip() != first[name].text.strip():
                raise BadInput(f"{name} is another one than in the order's first row", _at(cell))
            if name in ORDER and name not in first:
                raise BadInput(f"{name} is missing in the order's first row", _at(cell))
    for name, cell in first.items():
        if name in ORDER:
            _put(tree, name.split("."), _value(name.rpartition(".")[2], cell))
    tree["lines"] = [_line(row) for row in group]
    return tree


def _line(row: Row) -> dict[str, Any]:
    parts = {name.removeprefix("line."): cell for name, cell in row.items() if name.startswith("line.")}
    line = {name: _value(name, cell) for name, cell in parts.items()}
    return {"title": line.get("sku", "-"), **line}


def _put(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *way, last = path
    for part in way:
        tree = tree.setdefault(part, {})
    tree[last] = value


def _value(name: str, cell: Cell) -> Any:
    text = cell.text.strip()
    if name == "quantity":
        if not fields.AMOUNT.match(text):
            raise BadInput(f"{text[:40]!r} is not a quantity", _at(cell))
        return Decimal(text)
    if name in FLAGS:
        if text.lower() not in (*YES, *NO):
            raise BadInput(f"{text[:40]!r} is neither yes nor no", _at(cell))
        return text.lower() in YES
    return text


def _at(cell: Cell) -> str:
    return f"line {cell.line}, column {cell.column}"
