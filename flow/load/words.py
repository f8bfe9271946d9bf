"""A catalogue of what pages say, read from a file: `part: {name: text}` as `part.name` -> text."""

from collections.abc import Iterator

from flow.finding import Finding
from flow.load.reader import Node, Scalar, Table, read


def read_words(source: str | bytes, file: str) -> tuple[dict[str, str], list[Finding]]:
    """What the file says, and what of it is no text."""
    table, findings = read(source, file)
    words: dict[str, str] = {}
    for name, node in _leaves(table, ""):
        if isinstance(node, Scalar) and not node.missing:
            words[name] = node.text
        else:
            message, advice = f"{name} has no text", "write a sentence, or leave the line out"
            findings.append(Finding(file, node.line, node.column, message, advice, "missing"))
    return words, findings


def _leaves(table: Table, before: str) -> Iterator[tuple[str, Node]]:
    for name, node in table.rows.items():
        if isinstance(node, Table):
            yield from _leaves(node, f"{before}{name}.")
        else:
            yield f"{before}{name}", node
