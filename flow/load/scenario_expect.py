"""What a scenario expects, as its file tells it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.act import HoldKind
from flow.checks.names import STATES
from flow.load.form import Form
from flow.load.reader import Listing, Node, Scalar, Table
from flow.load.scenario_values import Values
from flow.load.scenario_words import Words, text_of
from flow.model import Ask, Level, Pause, WaitFor
from flow.scenario import Aspect, Spot, Wanted

TASK = ("title", "role", "priority", "answers", "if_late", "show")
TIMES = ("due", "remind", "late")
NONE = "none"


class Expectations:
    """Reads them with the words of one file."""

    def __init__(self, words: Words, values: Values) -> None:
        self._words = words
        self._book = words.book
        self._values = values
        notices, actions = words.catalogue.notices, words.catalogue.actions
        self._names: Mapping[Aspect, tuple[str, ...]] = {
            Aspect.NOTICES: tuple(sorted(notices)),
            Aspect.UNDONE: tuple(actions),
            Aspect.HOLDS: tuple(HoldKind),
        }
        self._read: Mapping[Aspect, Callable[[Node], Iterator[tuple[str, str, Any, Node]]]] = {
            Aspect.END: lambda node: self._by_part(node, self._end),
            Aspect.STATE: self._state,
            Aspect.WAITS: self._spots,
            Aspect.PASSED: lambda node: self._by_part(node, self._steps),
            Aspect.INCLUDES: lambda node: self._by_part(node, self._steps),
            Aspect.REMINDERS: self._spots,
            Aspect.TASKS: lambda node: self._by_step(node, (Ask,), self._task),
            Aspect.DEADLINES: lambda node: self._by_step(node, (Ask, WaitFor, Pause), self._times),
            Aspect.INCIDENTS: self._incidents,
        }

    def wanted(self, form: Form) -> tuple[Wanted, ...]:
        expect = form.form("expect", tuple(Aspect), "`expect`")
        if expect is None:
            return ()
        if not expect.table.rows:
            self._book.add(expect.table, "nothing is expected", "write expect: {end: END}", "missing")
        return tuple(self._wanted(expect))

    def _wanted(self, expect: Form) -> Iterator[Wanted]:
        for aspect in Aspect:
            node = expect.node(aspect)
            if node is None:
                continue
            names = self._names.get(aspect)
            found = self._listed(node, names, aspect) if names else self._read[aspect](node)
            for part, step, value, at in found:
                yield Wanted(aspect, value, part, step, self._words.place(at))

    def _by_part(
        self, node: Node, read: Callable[[Node, str], Any]
    ) -> Iterator[tuple[str, str, Any, Node]]:
        """Of the part the flow is about, or a table of parts."""
        if not isinstance(node, Table):
            yield "", "", read(node, ""), node
            return
        for name, value in node.rows.items():
            part = self._words.part(node.keys[name])
            yield part, "", read(value, part), value

    def _flows(self, part: str) -> list[Any]:
        return self._words.flows_of(part or self._main)

    @property
    def _main(self) -> str:
        level = self._words.flow.level
        return "F1" if level == Level.FULFILMENT else level.value

    def _end(self, node: Node, part: str) -> str:
        ends = [end.id for flow in self._flows(part) for end in flow.ends]
        if text_of(node) not in ends:
            self._words.unknown(node, text_of(node), ends, "end")
        return text_of(node)

    def _state(self, node: Node) -> Iterator[tuple[str, str, Any, Node]]:
        level = self._words.flow.level
        known = ("open", *STATES[Level.ORDER if level == Level.FULFILMENT else level])
        if text_of(node) not in known:
            self._words.unknown(node, text_of(node), known, "state")
        yield "", "", text_of(node), node

    def _steps(self, node: Node, part: str) -> tuple[str, ...]:
        steps = [step.id for flow in self._flows(part) for step in flow.steps]
        names = []
        for item in self._items(node):
            if text_of(item) not in steps:
                self._words.unknown(item, text_of(item), steps, "step")
            names.append(text_of(item))
        return tuple(names)

    def _items(self, node: Node) -> tuple[Node, ...]:
        """A list, or one of them alone."""
        if isinstance(node, Listing):
            return node.items
        if isinstance(node, Table):
            self._book.add(node, "this is a list", "write [one, two]", "value")
            return ()
        return (node,)

    def _listed(
        self, node: Node, known: tuple[str, ...], what: str
    ) -> Iterator[tuple[str, str, Any, Node]]:
        names = []
        for item in self._items(node):
            if text_of(item) not in known:
                self._words.unknown(item, text_of(item), known, f"name for `{what}`")
            names.append(text_of(item))
        yield "", "", tuple(names), node

    def _spots(self, node: Node) -> Iterator[tuple[str, str, Any, Node]]:
        yield "", "", tuple(self._words.spot(item)[0] for item in self._items(node)), node

    def _incidents(self, node: Node) -> Iterator[tuple[str, str, Any, Node]]:
        """Where, or a table of where and words of why."""
        if not isinstance(node, Table):
            yield from self._spots(node)
            return
        spots: dict[Spot, str] = {}
        for name, words in node.rows.items():
            spots[self._words.spot(node.keys[name])[0]] = text_of(words)
        yield "", "", spots, node

    def _by_step(
        self, node: Node, verbs: tuple[type, ...], read: Callable[[Form], Any]
    ) -> Iterator[tuple[str, str, Any, Node]]:
        if not isinstance(node, Table):
            self._book.add(node, "this is a table of steps", "write {STEP: {...}}", "value")
            return
        for name, value in node.rows.items():
            spot, _ = self._words.spot(node.keys[name], verbs)
            if not isinstance(value, Table):
                self._book.add(value, f"what is expected of {spot} is a table", "write {...}", "value")
                continue
            known = TASK if verbs == (Ask,) else TIMES
            form = Form(self._book, value, known, ("expected", str(value.line), name), f"`{name}`")
            yield spot.part, spot.step, read(form), value

    def _task(self, form: Form) -> dict[str, Any]:
        said: dict[str, Any] = {key: form.text(key) for key in ("title", "role", "if_late") if key in form}
        if "priority" in form:
            said["priority"] = form.count("priority", 1, 9, 5)
        said.update({key: form.names(key) for key in ("answers", "show") if key in form})
        return said

    def _times(self, form: Form) -> dict[str, Any]:
        said = {key: form.text(key) for key in TIMES if key in form}
        for key, text in said.items():
            node = form.node(key)
            if isinstance(node, Scalar) and text != NONE and self._values.instant(text) is None:
                told = f"'{text}' is no moment"
                self._book.add(node, told, "write 2026-11-24 09:00, or none", "value")
        return said
