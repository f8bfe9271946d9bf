"""Orders out of a file: one document, an array, or a document on each line; each stands or falls alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.errors import BadInput
from domain.order import Order
from starter.formats.json_text import dumps, loads

MAX_FILE = 64 * 1024 * 1024
MAX_ORDER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """
    `unwrap` finds the orders in a document; `parse` reads one, as an order of this shop. `documents` finds
    those in a text that is no JSON; one that cannot be read is the error that says why.
    """

    name: str
    unwrap: Callable[[Any], list[Any]]
    parse: Callable[[Any, str], Order]
    imported: bool
    documents: Callable[[str], Iterator[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The `n`th order of a file, counted from 1: either the order, or why it cannot be taken."""

    n: int
    order: Order | None
    error: BadInput | None = None


def read(content: bytes, format: Format, shop: str) -> Iterator[Record]:
    """
    Every order in the file.

    :raises BadInput: the file as a whole cannot be read: too large, not UTF-8, nothing in it.
    """
    text = _text(content)
    n = 0
    for document in (format.documents or _documents)(text):
        for tree in _orders(document, format):
            n += 1
            yield _record(n, tree, format, shop)
    if n == 0:
        raise BadInput("There is no order in the file.")


def _text(content: bytes) -> str:
    if len(content) > MAX_FILE:
        raise BadInput(f"The file is larger than {MAX_FILE // 1024 // 1024} MB; split it up.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"The file is not UTF-8 text (byte {error.start + 1}).") from error
    if not text.strip():
        raise BadInput("There is no order in the file.")
    return text


def _documents(text: str) -> Iterator[Any]:
    """Documents, or the error of one that cannot be read."""
    whole = _attempt(text)
    lines = [line for line in text.split("\n") if line.strip()]
    if not isinstance(whole, BadInput) or not _is_lines(lines):
        yield whole
        return
    for line in lines:
        yield _attempt(line)


def _is_lines(lines: list[str]) -> bool:
    """A lone brace opens a document over many lines; otherwise one whole order on a line is enough."""
    if lines[0].strip() in ("{", "["):
        return False
    return any(isinstance(_attempt(line), dict) for line in lines)


def _attempt(text: str) -> Any:
    try:
        return loads(text)
    except BadInput as error:
        return error


def _orders(document: Any, format: Format) -> list[Any]:
    return [document] if isinstance(document, BadInput) else format.unwrap(document)


def _record(n: int, tree: Any, format: Format, shop: str) -> Record:
    if isinstance(tree, BadInput):
        return Record(n, None, tree)
    try:
        _check_size(tree)
        return Record(n, format.parse(tree, shop))
    except BadInput as error:
        return Record(n, None, error)


def _check_size(tree: Any) -> None:
    if len(dumps(tree)) > MAX_ORDER:
        raise BadInput(f"is larger than {MAX_ORDER // 1024} kB", "order")
