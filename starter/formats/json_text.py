"""JSON read without mercy: what two readers could take in two ways is refused."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from domain.errors import BadInput

MAX_DEPTH = 40


def loads(text: str) -> Any:
    """
    The document in `text`; numbers with a point are exact decimals.

    :raises BadInput: not JSON, a key twice, NaN or Infinity, NUL or half a character, or too deep.
    """
    try:
        tree = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_twins,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"is not JSON: {error.msg} at {where}") from error
    except RecursionError as error:
        raise BadInput(f"is nested more than {MAX_DEPTH} deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise BadInput("holds a number that is far too long") from error
    _check(tree)
    return tree


def dumps(tree: Any) -> str:
    """The document as text again, with every number as it was written."""
    if isinstance(tree, dict):
        fields = (f"{json.dumps(key, ensure_ascii=False)}: {dumps(value)}" for key, value in tree.items())
        return "{" + ", ".join(fields) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(dumps(value) for value in tree) + "]"
    return str(tree) if isinstance(tree, Decimal) else json.dumps(tree, ensure_ascii=False)


def _no_constant(word: str) -> Any:
    raise BadInput(f"{word} is not a number that an order can hold")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise BadInput("stands there twice", key)
        fields[key] = value
    return fields


def _check(tree: Any) -> None:
    for path, depth, value in _walk(tree):
        if depth > MAX_DEPTH:
            raise BadInput(f"is nested more than {MAX_DEPTH} deep")
        if isinstance(value, str):
            _check_text(value, path)


def _walk(tree: Any) -> Iterator[tuple[str, int, Any]]:
    """Every value and key with its path and depth, without recursion."""
    waiting: list[tuple[str, int, Any]] = [("", 0, tree)]
    while waiting:
        path, depth, value = waiting.pop()
        yield path, depth, value
        if isinstance(value, list):
            waiting += [(f"{path}[{n}]", depth + 1, each) for n, each in enumerate(value)]
        elif isinstance(value, dict):
            for key, each in value.items():
                yield path, depth, key
                waiting.append((f"{path}.{key}" if path else key, depth + 1, each))


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise BadInput("holds a NUL character", path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput("holds half a character (a lone surrogate)", path) from error
