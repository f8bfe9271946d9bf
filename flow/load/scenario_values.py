"""Values of facts, fields and results as a scenario writes them, each of its kind."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flow.kinds import Kind
from flow.load.form import Book
from flow.load.reader import Node, Scalar, Table
from flow.typed import meant

FIGURE = re.compile(r"(0|[1-9]\d{0,12})(\.\d{1,9})?\Z", re.ASCII)
COUNT = re.compile(r"(0|[1-9]\d{0,8})\Z", re.ASCII)
WRITTEN = {
    "money": "12.50",
    "number": "2",
    "count": "3",
    "grams": "900",
    "yes_no": "true or false",
    "instant": "2026-11-23 09:00",
    "date": "2026-11-23",
}


class Values:
    """Reads nodes of one file; what is wrong becomes a finding. Times are told in `zone`."""

    def __init__(self, book: Book, zone: str) -> None:
        self._book = book
        self._zone = ZoneInfo(zone)

    def record(self, node: Node, kinds: Mapping[str, Kind], what: str) -> dict[str, Any]:
        """A table of named values."""
        if not isinstance(node, Table):
            self._book.add(node, f"{what} is a table", "write {name: value}", "value")
            return {}
        said = {}
        for name, value in node.rows.items():
            if name not in kinds:
                near = meant(name, tuple(kinds))
                hint = f" - did you mean '{near}'?" if near else ""
                advice = f"it has {', '.join(kinds) or 'none'}"
                self._book.add(node.keys[name], f"{what} has no '{name}'{hint}", advice, "unknown-key")
                continue
            said[name] = self.value(value, kinds[name], name)
        return said

    def value(self, node: Node, kind: Kind, name: str) -> Any:
        if kind.name == "record":
            return self.record(node, kind.fields, f"`{name}`")
        if kind.name == "lines":
            return self._lines(node, kind, name)
        if not isinstance(node, Scalar) or (node.missing and not kind.optional):
            self._book.add(node, f"`{name}` is {kind}", f"write {name}: {_example(kind)}", "kind")
            return None
        if node.missing:
            return None
        found = self._plain(node.text, kind)
        if found is None:
            told = f"`{name}` cannot be '{node.text}'"
            self._book.add(node, told, f"write {name}: {_example(kind)}", "kind")
        return found

    def _plain(self, text: str, kind: Kind) -> Any:
        """None when the text is not of this kind."""
        if kind.name == "choice":
            return text if text in kind.options else None
        read = PLAIN.get(kind.name)
        if kind.name == "instant":
            found = self.instant(text)
            return found.isoformat() if found else None
        return read(text) if read else text

    def instant(self, text: str) -> datetime | None:
        """A moment on the clock of the flow's calendar."""
        try:
            return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=self._zone)
        except ValueError:
            return None

    def _lines(self, node: Node, kind: Kind, name: str) -> list[dict[str, Any]]:
        """`{TEAPOT: 2}`, or `{TEAPOT: {quantity: 2, ...}}`."""
        if not isinstance(node, Table):
            self._book.add(node, f"`{name}` are goods", f"write {name}: {{TEAPOT: 2, CUP: 1}}", "kind")
            return []
        fields = {field: one for field, one in kind.fields.items() if field != "sku"}
        lines = []
        for sku, many in node.rows.items():
            if isinstance(many, Table):
                said = {"quantity": "1", **self.record(many, fields, f"`{sku}`")}
            else:
                said = {"quantity": self.value(many, fields["quantity"], sku)}
            lines.append({"sku": sku, **said})
        return lines


def _example(kind: Kind) -> str:
    return ", or ".join(kind.options) if kind.options else WRITTEN.get(kind.name, "words")


def _figure(text: str) -> str | None:
    return text if FIGURE.match(text) else None


def _count(text: str) -> int | None:
    return int(text) if COUNT.match(text) else None


def _yes_no(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


PLAIN: Mapping[str, Callable[[str], Any]] = {
    "money": _figure,
    "number": _figure,
    "count": _count,
    "grams": _count,
    "yes_no": _yes_no,
    "date": _date,
}
