"""Tables as JSON lines: an object a row; amounts and quantities are strings, so that they stay exact."""

import json
from collections.abc import Iterator
from typing import Any

from domain.exports import Cell, Sheet
from starter.exports.csv_text import amount, cell_text


def write_json_lines(sheet: Sheet) -> Iterator[str]:
    for row in sheet.rows:
        told = {name: told_as(cell) for name, cell in zip(sheet.columns, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False) + "\n"


def told_as(cell: Cell) -> Any:
    match cell:
        case None | str() | int():
            return cell
        case tuple():
            return {money.currency: amount(money) for money in cell}
    return cell_text(cell)
