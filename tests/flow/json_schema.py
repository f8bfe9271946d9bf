"""As much of JSON Schema 2020-12 as the schema of flows uses; a word it does not know is an error."""

import re
from collections.abc import Iterator
from typing import Any

from flow.load.reader import Listing, Node, Scalar, Table

NOTES = {"$schema", "$defs", "title", "description", "enumDescriptions", "then"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def plain(node: Node) -> Any:
    """A YAML node as an editor reads it, by YAML 1.2."""
    if isinstance(node, Table):
        return {key: plain(value) for key, value in node.rows.items()}
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return _scalar(node)


def _scalar(node: Scalar) -> Any:
    if node.quoted or not node.text:
        return node.text
    if node.text in ("true", "false"):
        return node.text == "true"
    if re.fullmatch(r"-?\d+", node.text):
        return int(node.text)
    return float(node.text) if re.fullmatch(r"-?\d+\.\d+", node.text) else node.text


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where and by which word of the schema the value is wrong."""
    for word, said in schema.items():
        if word in NOTES:
            continue
        for found in WORDS[word](value, said, schema, root, at):
            yield found if found.startswith("/") else f"{at or '/'}: {word} {found}"


def _is(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and not (
        isinstance(value, bool) and name in ("integer", "number")
    )


def _type(value, said, _schema, _root, _at):
    names = said if isinstance(said, list) else [said]
    if not any(_is(value, name) for name in names):
        yield f"{value!r} is no {said}"


def _enum(value, said, _schema, _root, _at):
    if value not in said:
        yield f"{value!r}"


def _const(value, said, _schema, _root, _at):
    if value != said or isinstance(value, bool) != isinstance(said, bool):
        yield f"{value!r}"


def _pattern(value, said, _schema, _root, _at):
    if isinstance(value, str) and not re.search(said, value):
        yield f"{value!r}"


def _required(value, said, _schema, _root, _at):
    if isinstance(value, dict):
        yield from (name for name in said if name not in value)


def _properties(value, said, _schema, root, at):
    for name, inner in said.items() if isinstance(value, dict) else ():
        if name in value:
            yield from wrong(value[name], inner, root, f"{at}/{name}")


def _additional(value, said, schema, root, at):
    known = schema.get("properties", {})
    for name in value if isinstance(value, dict) else ():
        if name not in known:
            if said is False:
                yield name
            else:
                yield from wrong(value[name], said, root, f"{at}/{name}")


def _names(value, said, _schema, root, at):
    for name in value if isinstance(value, dict) else ():
        yield from wrong(name, said, root, f"{at}/{name}")


def _items(value, said, _schema, root, at):
    for n, item in enumerate(value if isinstance(value, list) else ()):
        yield from wrong(item, said, root, f"{at}/{n}")


def _contains(value, said, _schema, root, _at):
    if isinstance(value, list) and all(any(wrong(item, said, root)) for item in value):
        yield "nothing fits"


def _if(value, said, schema, root, at):
    if not any(wrong(value, said, root)):
        yield from wrong(value, schema["then"], root, at)


def _ref(value, said, _schema, root, at):
    yield from wrong(value, root["$defs"][said.removeprefix("#/$defs/")], root, at)


def _all(value, said, _schema, root, at):
    for inner in said:
        yield from wrong(value, inner, root, at)


def _any(value, said, _schema, root, _at):
    if all(any(wrong(value, inner, root)) for inner in said):
        yield "none fits"


def _not(value, said, _schema, root, _at):
    if not any(wrong(value, said, root)):
        yield f"{value!r}"


def _at_least(value, said, _schema, _root, _at):
    if (len(value) if isinstance(value, (str, list, dict)) else value) < said:
        yield f"{said}"


def _at_most(value, said, _schema, _root, _at):
    if _is(value, "number") and value > said:
        yield f"{said}"


WORDS = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "contains": _contains,
    "if": _if,
    "$ref": _ref,
    "allOf": _all,
    "anyOf": _any,
    "not": _not,
    "minLength": _at_least,
    "minItems": _at_least,
    "minProperties": _at_least,
    "minimum": _at_least,
    "maximum": _at_most,
}
