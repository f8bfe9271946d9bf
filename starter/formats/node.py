"""One object of a shop's JSON, read field by field, with the path of whatever is wrong."""

from decimal import Decimal
from typing import Any

from domain.errors import BadInput
from domain.money import Money
from starter.formats import fields


class Node:
    """Unknown fields are left alone; null and a missing field are alike."""

    def __init__(self, tree: Any, path: str = "") -> None:
        if not isinstance(tree, dict):
            raise BadInput("has to be an object", path or "order")
        self._tree = tree
        self.path = path

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return self._tree.get(key) is not None

    def raw(self, key: str) -> Any:
        return self._tree.get(key)

    def text(self, key: str, otherwise: str = "") -> str:
        """Text or a whole number as text, on one line unless it is prose. :raises BadInput: neither."""
        value = self._tree.get(key)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise BadInput("has to be text", self.at(key))
        text = str(value)
        if len(text) > fields.MAX_TEXT:
            raise BadInput(f"is longer than {fields.MAX_TEXT} characters", self.at(key))
        return text.strip() or otherwise

    def line(self, key: str) -> str:
        """A text with no line breaks or other control characters in it."""
        text = self.text(key)
        return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())

    def needed(self, key: str) -> str:
        """:raises BadInput: nothing there."""
        text = self.line(key)
        if not text:
            raise BadInput("is missing", self.at(key))
        return text

    def flag(self, key: str) -> bool:
        return self._tree.get(key) is True

    def node(self, key: str) -> "Node":
        """The object under `key`, empty when there is none."""
        return Node(self._tree.get(key) or {}, self.at(key))

    def nodes(self, key: str) -> list["Node"]:
        """The objects in the list under `key`. :raises BadInput: no list of objects."""
        value = self._tree.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadInput("has to be a list", self.at(key))
        return [Node(each, f"{self.at(key)}[{n}]") for n, each in enumerate(value)]

    def texts(self, key: str) -> list[str]:
        """The texts in the list under `key`; whatever else stands there is left alone."""
        value = self._tree.get(key)
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def money(self, key: str, currency: str) -> Money:
        """The amount under `key`, nothing when there is none, rounded to the smallest coin."""
        value = self._tree.get(key)
        if value is None or value == "":
            return Money(0, currency)
        return fields.rounded(self._figure(key), currency, self.at(key))

    def total(self, key: str, currency: str) -> Money:
        """What the customer pays: there, exact and not below nought."""
        if not self.has(key):
            raise BadInput("is missing", self.at(key))
        return fields.money(self._figure(key), currency, self.at(key))

    def quantity(self, key: str) -> Decimal:
        """:raises BadInput: missing, nought or less."""
        if not self.has(key):
            raise BadInput("is missing", self.at(key))
        figure = self._figure(key)
        if not fields.AMOUNT.match(figure):
            raise BadInput(f"{figure[:40]!r} is not a quantity", self.at(key))
        return fields.quantity(Decimal(figure), self.at(key))

    def _figure(self, key: str) -> str:
        value = self._tree.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise BadInput("has to be a number", self.at(key))
        return str(value).strip()[:100]
