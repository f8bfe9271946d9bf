"""A document as a tree of a few kinds of blocks: read from what a template wrote, drawn by all alike."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from domain.errors import SettingsRefused

# Element -> what it may stand in. What is not here is refused, so that no page says more than its PDF.
WITHIN = {
    "document": ("",),
    "header": ("document",),
    "footer": ("document",),
    "columns": ("document", "header"),
    "column": ("columns",),
    "h1": ("document", "header", "column"),
    "h2": ("document", "column"),
    "p": ("document", "header", "footer", "column", "td", "th"),
    "address": ("document", "header", "column", "td"),
    "dl": ("document", "column"),
    "dt": ("dl",),
    "dd": ("dl",),
    "table": ("document",),
    "thead": ("table",),
    "tbody": ("table",),
    "tfoot": ("table",),
    "tr": ("thead", "tbody", "tfoot"),
    "th": ("tr",),
    "td": ("tr",),
    "barcode": ("document", "header", "column", "td"),
    "hr": ("document", "column"),
    "br": ("p", "address", "td", "th", "dd", "h1", "h2"),
}
TEXTS = frozenset({"h1", "h2", "p", "address", "dt", "dd", "th", "td", "barcode"})
VOID = frozenset({"hr", "br"})
# What a block may look like.
CLASSES = frozenset({"big", "soft", "strong", "figure", "narrow", "last", "caution"})
PAPERS = ("a4", "a5", "a6", "letter", "4x6")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass(slots=True)
class Block:
    """
    One element. `lines` are its own words, a line each; `parts` what stands in it, after those.

    Of a `document`, `paper` is what it is printed on, and `language` what it is written in.
    """

    tag: str
    classes: frozenset[str] = frozenset()
    lines: list[str] = field(default_factory=list)
    parts: list["Block"] = field(default_factory=list)
    paper: str = ""
    language: str = ""

    def all(self, *tags: str) -> list["Block"]:
        """Its parts of these kinds, at any depth, in their order."""
        found = []
        for part in self.parts:
            found += [part] if part.tag in tags else part.all(*tags)
        return found

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_documents(name: str, filled: str) -> tuple[Block, ...]:
    """
    What a template wrote; `name` is what it is called in a refusal.

    :raises SettingsRefused: an element or class that a document does not have, or one not closed.
    """
    reader = _Reader(name)
    reader.feed(filled)
    reader.close()
    return reader.done()


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self._name = name
        self._root = Block("")
        self._open = [self._root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1]
        if tag not in WITHIN or parent.tag not in WITHIN[tag]:
            raise self._wrong(f"<{tag}> has no place in {f'<{parent.tag}>' if parent.tag else 'the page'}")
        if tag == "br":
            parent.lines.append("")
            return
        block = self._block(tag, {key: value or "" for key, value in attrs})
        parent.parts.append(block)
        if tag not in VOID:
            self._open.append(block)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self._open[-1].tag != tag:
            raise self._wrong(f"</{tag}> closes what is not open")
        block = self._open.pop()
        block.lines = [line for line in (" ".join(line.split()) for line in block.lines) if line]

    def handle_data(self, data: str) -> None:
        block = self._open[-1]
        if not data.strip() and not block.lines:
            return
        if block.tag not in TEXTS:
            raise self._wrong(f"words stand in <{block.tag or 'no element'}>, outside of any paragraph")
        if block.lines:
            block.lines[-1] += data
        else:
            block.lines.append(data)

    def handle_comment(self, data: str) -> None:
        """Not on paper."""

    def handle_decl(self, decl: str) -> None:
        raise self._wrong("a document has no <!...> of its own")

    def done(self) -> tuple[Block, ...]:
        if len(self._open) > 1:
            raise self._wrong(f"<{self._open[-1].tag}> is not closed")
        if not self._root.parts:
            raise self._wrong("there is no <document>")
        return tuple(self._root.parts)

    def _block(self, tag: str, attrs: dict[str, str]) -> Block:
        known = {"class", "paper", "lang"} if tag == "document" else {"class"}
        unknown = [*(attrs.keys() - known)]
        classes = frozenset(attrs.get("class", "").split())
        unknown += sorted(classes - CLASSES)
        if unknown:
            raise self._wrong(f"<{tag}> cannot be {unknown[0]!r}")
        paper = attrs.get("paper", "a4" if tag == "document" else "").lower()
        if paper and paper not in PAPERS:
            raise self._wrong(f"there is no paper {paper!r}; there is {', '.join(PAPERS)}")
        language = attrs.get("lang", "")
        language = language if LANGUAGE.fullmatch(language) else ""
        return Block(tag, classes, paper=paper, language=language)

    def _wrong(self, what: str) -> SettingsRefused:
        return SettingsRefused(f"Template {self._name} cannot be printed: {what}.")
