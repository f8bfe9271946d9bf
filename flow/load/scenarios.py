"""A file of scenarios, read with the words of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from domain.calendar import WorkingCalendar
from flow.catalogue import Catalogue
from flow.finding import Finding
from flow.load.form import Book, Form
from flow.load.reader import Node, Table, read
from flow.load.scenario_expect import Expectations
from flow.load.scenario_order import Orders, Samples
from flow.load.scenario_story import Stories
from flow.load.scenario_values import Values
from flow.load.scenario_words import NOWHERE, Words
from flow.model import Flow
from flow.scenario import Scenario

SUFFIX = ".test.yaml"
FILE = ("the file",)
SHARED = ("order", "return")
KEYS = ("scenario", "order", "return", "parcels", "starts", "held", "given", "story", "expect")
MOST = 1000


@dataclass(frozen=True)
class Shelf:
    """What scenarios may speak of: the shop's flows, words and calendars."""

    flows: Mapping[str, Flow]
    catalogue: Catalogue
    calendars: Mapping[str, WorkingCalendar]


def read_scenarios(
    source: str | bytes, file: str, shelf: Shelf, samples: Samples, *, script: bool = False
) -> tuple[list[Scenario], list[Finding]]:
    """The scenarios of a file; with findings, none. Those of a `script` may expect nothing."""
    table, findings = read(source, file)
    book = Book(file, findings)
    form = Form(book, table, ("tests", *SHARED, "scenarios"), FILE, "a file of scenarios")
    if not table.rows:
        return [], book.findings
    form.needs("tests", "add tests: the flow they are about")
    form.needs("scenarios", "add scenarios: and one after another, each with a dash")
    flow = _flow(form, shelf)
    words = Words(book, flow, shelf.flows, shelf.catalogue, shelf.calendars)
    if flow is NOWHERE:
        return [], book.findings
    reader = _Reader(words, samples, form, script=script)
    items = form.items("scenarios")
    if len(items) > MOST:
        book.add(items[MOST], f"more than {MOST} scenarios in one file", "make two files", "too-long")
    found = [reader.scenario(node) for node in items[:MOST]]
    return [each for each in found if each and not book.findings], book.findings


def _flow(form: Form, shelf: Shelf) -> Flow:
    name, node = form.text("tests"), form.node("tests")
    if node is None:
        return NOWHERE
    if name not in shelf.flows:
        Words(form.book, NOWHERE, {}, shelf.catalogue, {}).unknown(node, name, list(shelf.flows), "flow")
        return NOWHERE
    path = PurePosixPath(form.book.file).name
    if path.endswith(SUFFIX) and path.removesuffix(SUFFIX).partition(".")[0] != name:
        form.wrong(node, f"the file is called {path}", f"call the file {name}{SUFFIX}", "id")
    return shelf.flows[name]


class _Reader:
    """Reads scenario after scenario; what the file says of `order` and `return` holds for each."""

    def __init__(self, words: Words, samples: Samples, file: Form, *, script: bool) -> None:
        self._words = words
        self._book = words.book
        values = Values(words.book, words.zone)
        self._orders = Orders(words, values, samples, {key: file.node(key) for key in SHARED})
        self._stories = Stories(words, values)
        self._expectations = Expectations(words, values)
        self._titles: set[str] = set()
        self._script = script

    def scenario(self, node: Node) -> Scenario | None:
        if not isinstance(node, Table):
            self._book.add(node, "a scenario is a table", "write `- scenario: What it shows`", "value")
            return None
        where = ("scenario", str(node.line))
        self._book.places[where] = node
        form = Form(self._book, node, KEYS, where, "a scenario")
        starts = self._orders.starts(form)
        order = self._orders.order(form, starts)
        scenario = Scenario(
            title=self._title(form),
            flow=self._words.flow.name,
            level=self._words.flow.level,
            order=order,
            starts=starts,
            returned=self._orders.returned(form, order),
            parcels=self._orders.parcels(form),
            held=self._orders.held(form),
            givens=self._stories.givens(form, "given"),
            story=self._stories.story(form),
            wanted=self._expectations.wanted(form),
            place=self._words.place(form.node("scenario") or node),
        )
        return None if self._book.findings else scenario

    def _title(self, form: Form) -> str:
        form.needs("scenario", "add scenario: what it shows, in a sentence")
        if not self._script:
            form.needs("expect", "add expect: {end: END}")
        title, node = form.text("scenario"), form.node("scenario")
        if node is not None and title in self._titles:
            form.wrong(node, f"there are two scenarios '{title}'", "tell them apart", "duplicate-id")
        self._titles.add(title)
        return title
