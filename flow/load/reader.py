"""YAML 1.2 as a shop needs it: plain tables, lists and texts, each knowing its place in the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import yaml

from flow.finding import Finding, Rule

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml: slower, and the same events
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

LARGEST = 256 * 1024
DEEPEST = 30
MOST_TOLD = 50  # of one kind of mistake
BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
STRANGE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
TAB = re.compile(r"^ *\t", re.MULTILINE)
NOT_UTF_8 = re.compile("[\udc80-\udcff]")  # how a byte that is none comes out of `surrogateescape`
SECRET = re.compile(
    r"\b(sk|rk)_(live|test)_\w{8,}|\bwhsec_\w{8,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-\w{8,}|\bshp(at|ca|pa|ss)_\w{16,}"
    r"|\bey[IJ]\w{10,}\.\w{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|\b\w{2,20}://[^\s:/@]{1,99}:[^\s:/@]{1,99}@"
    r"|\b(?i:password|passwd|secret|token|api[_-]?key)\s?[:=]\s?['\"]?[^\s'\"]{8,}|\bBearer\s[\w.-]{16,}"
)
NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text. `quoted` ones are never numbers, never empty and never true or false."""

    text: str
    line: int
    column: int
    quoted: bool = False
    lines: int = 1  # how many lines of the file it takes

    @property
    def missing(self) -> bool:
        return not self.quoted and self.text in NOTHING

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character inside the text, as near as can be told."""
        return self.line, self.column + (offset + self.quoted if self.lines == 1 else 0)


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys in the order of the file; `keys` are the same as scalars, with their places."""

    rows: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    line: int = 1
    column: int = 1


Node = Scalar | Listing | Table


class Unreadable(Exception):
    """Not the YAML we take."""

    def __init__(self, line: int, column: int, message: str, advice: str, rule: Rule = "yaml") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.advice, self.rule = line, column, message, advice, rule


def read(source: str | bytes, file: str) -> tuple[Table, list[Finding]]:
    """The file's one table; with findings, as much of it as can be trusted."""
    findings: list[Finding] = []
    try:
        text = _checked(source)
        findings += _secrets(text, file)
        table = _table(_Composer(text, file, findings).compose())
    except Unreadable as error:
        wrong = Finding(file, error.line, error.column, error.message, error.advice, error.rule)
        return Table(), [*findings, wrong]
    return table, findings


def _table(node: Node) -> Table:
    if not isinstance(node, Table):
        raise Unreadable(node.line, node.column, "a table is wanted here", "write `key: value` lines")
    return node


def _checked(source: str | bytes) -> str:
    size = len(source if isinstance(source, bytes) else source.encode(errors="replace"))
    if size > LARGEST:
        raise Unreadable(1, 1, f"more than {LARGEST // 1024} kB", "split it into several files")
    text = source if isinstance(source, str) else _decoded(source)
    if text.startswith("\ufeff"):
        raise Unreadable(1, 1, "a byte order mark stands before the text", "save the file as plain UTF-8")
    foreign = NOT_UTF_8.search(text)
    if foreign:
        raise Unreadable(*_place(text, foreign.start()), "this is not UTF-8", "save the file as UTF-8")
    strange = STRANGE.search(text)
    if strange:
        place = _place(text, strange.start())
        raise Unreadable(*place, f"the character U+{ord(strange[0]):04X}", "take it out")
    tab = TAB.search(text)
    if tab:
        raise Unreadable(*_place(text, tab.end() - 1), "a tab indents this line", "indent with spaces")
    return text


def _secrets(text: str, file: str) -> Iterator[Finding]:
    """The files of a shop are read by many, and kept for ever with the orders that followed them."""
    for match in islice(SECRET.finditer(text), MOST_TOLD):
        line, column = _place(text, match.start())
        yield Finding(file, line, column, "this looks like a secret", "keep it out of this file", "secret")


def _decoded(source: bytes) -> str:
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start].decode(errors="replace")
        place = _place(before, len(before))
        raise Unreadable(*place, "this is not UTF-8", "save the file as UTF-8") from error


def _place(text: str, at: int) -> tuple[int, int]:
    lines = BREAKS.split(text[:at])
    return len(lines), len(lines[-1]) + 1


class _Composer:
    """Builds nodes from YAML's events, which tell of anchors, aliases and tags before they do harm."""

    def __init__(self, text: str, file: str, findings: list[Finding]) -> None:
        self._text = text
        self._file = file
        self._findings = findings
        self._events = self._checked_events()

    def compose(self) -> Node:
        next(self._events)  # the stream begins
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise Unreadable(1, 1, "the file is empty", "write `key: value` lines")
        node = self._node(next(self._events), 0)
        next(self._events)  # the document ends
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise Unreadable(*_of(after), "a second document begins", "one file holds one document")
        return node

    def _checked_events(self) -> Iterator[yaml.Event]:
        try:
            for event in yaml.parse(self._text, Loader=Loader):
                _refuse_cleverness(event)
                yield event
        except yaml.MarkedYAMLError as error:
            raise self._spoken(error) from error
        except yaml.YAMLError as error:
            raise Unreadable(1, 1, "this is not YAML", "check the file with an editor") from error

    def _spoken(self, error: yaml.MarkedYAMLError) -> Unreadable:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        lines = BREAKS.split(self._text)
        here = lines[line - 1] if line <= len(lines) else ""
        advice = "look at the indentation, the colons and the quotes here and above"
        if "choice [" in here and "{" in here:
            advice = 'put quotes around "choice [a, b]" inside { }'
        return Unreadable(line, column, f"this is not YAML: {error.problem}", advice)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line, column = _of(event)
        if depth > DEEPEST:
            raise Unreadable(line, column, f"more than {DEEPEST} levels deep", "make it flatter")
        if isinstance(event, yaml.ScalarEvent):
            lines = _end(event) - line + 1
            quoted = not event.implicit[0]
            return Scalar(event.value, line, column, quoted=quoted, lines=lines)
        if isinstance(event, yaml.SequenceStartEvent):
            return Listing(tuple(self._items(depth)), line, column)
        return self._table(line, column, depth)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _table(self, line: int, column: int, depth: int) -> Table:
        rows: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise Unreadable(key.line, key.column, "a key has to be one word", "write `key: value`")
            value = self._node(next(self._events), depth + 1)
            if key.text in keys:
                self._twice(key, keys[key.text])
                continue
            rows[key.text], keys[key.text] = value, key
        return Table(rows, keys, line, column)

    def _twice(self, key: Scalar, first: Scalar) -> None:
        if sum(finding.rule == "duplicate-key" for finding in self._findings) >= MOST_TOLD:
            return
        message = f"{key.text!r} is already set on line {first.line}"
        wrong = Finding(self._file, key.line, key.column, message, "keep one of them", "duplicate-key")
        self._findings.append(wrong)


def _of(event: yaml.Event) -> tuple[int, int]:
    assert event.start_mark is not None  # events of a text always carry marks
    return event.start_mark.line + 1, event.start_mark.column + 1


def _end(event: yaml.Event) -> int:
    assert event.end_mark is not None
    return event.end_mark.line + 1


def _refuse_cleverness(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(*_of(event), f"an alias (*{event.anchor})", "write it out", "alias")
    if isinstance(event, yaml.NodeEvent) and event.anchor:
        raise Unreadable(*_of(event), f"an anchor (&{event.anchor})", "write it out each time", "alias")
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag:
        raise Unreadable(*_of(event), f"a tag ({event.tag})", "write the plain value", "tag")
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        raise Unreadable(*_of(event), "a YAML directive", "leave out the % line")
