"""One table of a file, read key by key; whatever is wrong becomes a finding."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.duration import Duration
from domain.errors import BadInput
from flow.finding import Finding, Rule
from flow.kinds import PLAIN, Kind, parse_kind
from flow.load.reader import Listing, Node, Scalar, Table
from flow.typed import check, meant

# After so many the rest of a file is not worth listing: most follow from the first.
MOST_FINDINGS = 100
KINDS = f"write {', '.join(PLAIN)} or choice [a, b]"
WHOLE = re.compile(r"-?(0|[1-9]\d{0,8})\Z", re.ASCII)
Where = tuple[str, ...]


@dataclass
class Book:
    """What was found in one file, and where in it everything stands."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    places: dict[Where, Node] = field(default_factory=dict)
    unreadable: bool = False  # then whatever else seems wrong only follows from that

    def add(self, node: Node, message: str, advice: str, rule: Rule, offset: int = 0) -> None:
        if self.full:
            return
        line, column = node.place(offset) if isinstance(node, Scalar) else (node.line, node.column)
        if len(self.findings) >= MOST_FINDINGS:
            message, advice, rule = f"more than {MOST_FINDINGS} findings", "mend those first", "too-long"
        self.findings.append(Finding(self.file, line, column, message, advice, rule))

    @property
    def full(self) -> bool:
        """Whether nothing more is taken down."""
        return self.unreadable or len(self.findings) > MOST_FINDINGS

    def names(self) -> frozenset[str]:
        """What the file has an entry for, whether or not it makes sense."""
        return frozenset(where[0] for where in self.places if len(where) == 1)

    def at(self, where: Where) -> Node:
        """The node kept for `where`, or for what it is a part of."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where) or Table()


class Form:
    """
    A table that may hold `known` keys. A misspelt key is a finding, and is read as what it means.

    `where` says what the table is a part of; scalars that are read are kept in the book under it.
    """

    def __init__(self, book: Book, table: Table, known: Sequence[str], where: Where, what: str) -> None:
        self.book = book
        self.table = table
        self.where = where
        self._what = what
        self._rows: dict[str, Node] = {}
        for name, key in table.keys.items():
            self._rows[self._known(key, known)] = table.rows[name]

    def _known(self, key: Scalar, known: Sequence[str]) -> str:
        if key.text in known:
            return key.text
        near = "" if self.book.full else meant(key.text, tuple(known))
        hint = f" - did you mean '{near}'?" if near else ""
        advice = f"{self._what} may have {', '.join(known)}"
        self.book.add(key, f"unknown key '{key.text}'{hint}", advice, "unknown-key")
        return near if near not in self.table.rows else key.text

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def node(self, key: str) -> Node | None:
        """The value, kept in the book; None when it is not there or empty."""
        node = self._rows.get(key)
        if node is None or (isinstance(node, Scalar) and node.missing):
            return None
        self.book.places[(*self.where, key)] = node
        return node

    def wrong(self, node: Node, message: str, advice: str, rule: Rule = "value") -> None:
        self.book.add(node, message, advice, rule)

    def needs(self, key: str, advice: str, rule: Rule = "missing", message: str = "") -> None:
        """A finding unless the key is there."""
        if self.node(key) is None:
            told = message or f"{self._what} needs `{key}`"
            self.wrong(self._rows.get(key) or self.book.at(self.where), told, advice, rule)

    def text(self, key: str, default: str = "") -> str:
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Scalar):
            return node.text
        self.wrong(node, f"`{key}` is one text", f"write {key}: words")
        return default

    def one_of(self, key: str, known: Sequence[str], default: str = "", rule: Rule = "value") -> str:
        said = self.text(key, default)
        node = self.node(key)
        if node is None or said in known:
            return said
        near = meant(said, tuple(known))
        hint = f" - did you mean '{near}'?" if near else ""
        self.wrong(node, f"`{key}` cannot be '{said}'{hint}", f"it is one of {', '.join(known)}", rule)
        return near or default

    def flag(self, key: str) -> bool:
        node = self.node(key)
        if node is None:
            return False
        said = node.text if isinstance(node, Scalar) and not node.quoted else ""
        if said not in ("true", "false"):
            self.wrong(node, f"`{key}` is true or false", f"write {key}: true")
        return said == "true"

    def count(self, key: str, lowest: int, highest: int, default: int, rule: Rule = "value") -> int:
        node = self.node(key)
        if node is None:
            return default
        said = node.text if isinstance(node, Scalar) else ""
        digits = said.removeprefix("-")
        if (
            digits.isdecimal()
            and digits.isascii()
            and len(digits) <= len(str(highest))
            and lowest <= int(said) <= highest
        ):
            return int(said)
        asked = f"write one from {lowest} to {highest}" if lowest < highest else f"write {key}: {lowest}"
        self.wrong(node, f"`{key}` is a whole number", asked, rule)
        return default

    def duration(self, key: str, *, working: bool = True) -> str:
        """A length of time as the file says it; empty when there is none, or a wrong one."""
        said = self.text(key)
        node = self.node(key)
        if not said or node is None:
            return ""
        try:
            length = Duration.parse(said)
        except BadInput as error:
            self.wrong(node, str(error), "write it as in 2 working days", "duration")
            return ""
        if length.working and not working:
            told = f"`{key}` runs by the clock, day and night"
            self.wrong(node, told, "write plain s, hours or days", "duration")
            return ""
        return said

    def condition(self, key: str, types: Mapping[str, Kind], *, one_currency: bool) -> str:
        """A yes-or-no question about `types`; what is wrong with it is found here."""
        said = self.text(key)
        node = self.node(key)
        if said and node is not None:
            for problem in check(said, types, one_currency=one_currency):
                self.book.add(node, problem.message, problem.advice, problem.rule, problem.column)
        return said

    def form(self, key: str, known: Sequence[str], what: str) -> "Form | None":
        """The table under a key; None when there is none."""
        table = self.rows(key)
        return Form(self.book, table, known, (*self.where, key), what) if table is not None else None

    def rows(self, key: str) -> Table | None:
        node = self.node(key)
        if node is None:
            return None
        if isinstance(node, Table):
            return node
        self.wrong(node, f"`{key}` is a table", f"write {key}: {{name: value}}")
        return None

    def words(self, key: str) -> dict[str, str]:
        """A table of texts, such as `on_error`; each is kept under its key."""
        said: dict[str, str] = {}
        for name, node in (self.rows(key) or Table()).rows.items():
            if isinstance(node, Scalar) and not node.missing:
                said[name] = node.text
                self.book.places[(*self.where, key, name)] = node
            else:
                self.wrong(node, f"`{name}` is one text", f"write {name}: words")
        return said

    def kinds(self, key: str) -> dict[str, str]:
        """A table of kinds, such as `needs`; a wrong kind is a finding."""
        said = self.words(key)
        for name, kind in said.items():
            if parse_kind(kind) is None:
                node = self.book.at((*self.where, key, name))
                self.wrong(node, f"'{kind}' is no kind of value", KINDS, "kind")
        return {name: kind for name, kind in said.items() if parse_kind(kind)}

    def items(self, key: str) -> tuple[Node, ...]:
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Listing):
            return node.items
        self.wrong(node, f"`{key}` is a list", f"write {key}: [one, two], or lines with a dash")
        return ()

    def names(self, key: str) -> tuple[str, ...]:
        """A list of texts; each is kept under its place in the list."""
        said: list[str] = []
        for n, node in enumerate(self.items(key)):
            if isinstance(node, Scalar) and not node.missing:
                said.append(node.text)
                self.book.places[(*self.where, key, str(n))] = node
            else:
                self.wrong(node, f"`{key}` lists texts", "write one word each")
        return tuple(said)
