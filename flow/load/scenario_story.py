"""The story of a scenario as its file tells it: what is given, and what happens."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.act import HoldKind
from domain.duration import Duration
from domain.errors import BadInput
from flow.kinds import ANYTHING, Kind, parse_kind
from flow.load.form import Form, Where
from flow.load.reader import Listing, Node, Table
from flow.load.scenario_values import Values
from flow.load.scenario_words import Words, text_of
from flow.model import Ask, Each, Pause, Run, Step, WaitFor
from flow.scenario import FOR_GOOD, Does, Given, Givens, Happening, Reply, Spot

SILENT = re.compile(r"no answer(?: for (.+))?\Z")
WORKS = "works"
BESIDE = ("with", "parcel", "tracking", "refused")
HELD = tuple(HoldKind)


class Stories:
    """Reads them with the words of one file."""

    def __init__(self, words: Words, values: Values) -> None:
        self._words = words
        self._book = words.book
        self._values = values
        self._read: Mapping[Does, Callable[[Form, Node], dict[str, Any]]] = {
            Does.ANSWER: self._answer,
            Does.EVENT: self._event,
            Does.LATE: lambda _, node: {"spot": words.spot(node, (Ask, WaitFor, Pause, Each))[0]},
            Does.AFTER: lambda form, _: {"word": form.duration("after")},
            Does.HOLD: lambda form, _: {"word": form.one_of("hold", HELD)},
            Does.RELEASE: lambda form, _: {"word": form.one_of("release", HELD)},
            Does.CANCEL: lambda _, node: {"part": words.part(node)},
            Does.RETRY: lambda _, node: {"spot": words.spot(node)[0]},
            Does.SKIP: lambda _, node: {"spot": words.spot(node)[0]},
            Does.GIVEN: lambda form, _: {"givens": self.givens(form, "given")},
        }

    def story(self, form: Form) -> tuple[Happening, ...]:
        return tuple(self._happenings(form))

    def _happenings(self, form: Form) -> Iterator[Happening]:
        for n, node in enumerate(form.items("story")):
            where: Where = (*form.where, "story", str(n))
            self._book.places[where] = node
            if not isinstance(node, Table):
                self._book.add(node, "what happens is a table", "write `- answer: {STEP: ANSWER}`", "value")
                continue
            does = self._does(node)
            if does:
                form_of = Form(self._book, node, (does, *BESIDE), where, f"`{does}`")
                yield self._happening(does, form_of, node)

    def _does(self, node: Table) -> Does | None:
        said = _said(node)
        if len(said) == 1:
            return Does(said[0])
        told = "two things happen at once here" if said else "nothing happens here"
        self._book.add(node, told, f"write one of {', '.join(Does)}", "value")
        return None

    def _happening(self, does: Does, form: Form, node: Table) -> Happening:
        value = form.node(does)
        if value is None:
            form.needs(does, f"write what to {does}")
            return Happening(does)
        parcel = form.node("parcel")
        told = self._read[does](form, value)
        part = {"part": self._words.part(parcel, whole=False)} if parcel else {}
        refused, tracking = form.text("refused"), form.text("tracking")
        place = self._words.place(node)
        return Happening(does, **{**told, **part}, refused=refused, tracking=tracking, place=place)

    def _answer(self, form: Form, node: Node) -> dict[str, Any]:
        if not isinstance(node, Table) or len(node.rows) != 1:
            self._book.add(node, "an answer is for one step", "write answer: {STEP: ANSWER}", "value")
            return {}
        ((name, said),) = node.rows.items()
        spot, steps = self._words.spot(node.keys[name], (Ask,))
        answers = {a.name: a for step in steps if isinstance(step.does, Ask) for a in step.does.answers}
        answer = answers.get(text_of(said))
        if steps and answer is None:
            self._words.unknown(said, text_of(said), list(answers), f"answer of {spot}")
        values = self._fields(form, answer.needs, str(spot)) if answer else {}
        return {"spot": spot, "word": text_of(said), "values": values}

    def _event(self, form: Form, node: Node) -> dict[str, Any]:
        name = text_of(node)
        event = self._words.catalogue.events.get(name)
        if event is None:
            self._words.unknown(node, name, list(self._words.catalogue.events), "event")
        return {"word": name, "values": self._fields(form, event.fields, name) if event else {}}

    def _fields(self, form: Form, needs: Mapping[str, str], what: str) -> dict[str, Any]:
        """Free text never reaches an order, so nobody has to give it here."""
        kinds = {name: kind for name, kind in _kinds(needs).items() if kind.name != "text"}
        node = form.node("with")
        said = self._values.record(node, kinds, f"`{what}`") if node else {}
        for name in kinds.keys() - said.keys():
            told = f"`{what}` needs {name}"
            self._book.add(node or form.table, told, f"add with: {{{name}: {kinds[name]}}}", "missing")
        return said

    def givens(self, form: Form, key: str) -> Givens:
        table = form.rows(key) or Table()
        found: dict[Spot, Given] = {}
        for name, node in table.rows.items():
            spot, steps = self._words.spot(table.keys[name], (Run,))
            items = node.items if isinstance(node, Listing) else (node,)
            replies = tuple(self._reply(item, spot, steps) for item in items)
            found[spot] = Given(replies, always=not isinstance(node, Listing))
        return found

    def _reply(self, node: Node, spot: Spot, steps: list[Step]) -> Reply:
        actions = [self._action(step, undo=spot.undo) for step in steps]
        if isinstance(node, Table):
            results = {name: kind for each in actions for name, kind in each[1].items()}
            return Reply(self._values.record(node, results, f"the result of {spot}"))
        text = text_of(node)
        silent = SILENT.match(text)
        if silent:
            return Reply(silent=self._length(node, silent[1]) if silent[1] else FOR_GOOD)
        refusals = [refusal for each in actions for refusal in each[0]]
        if text not in (WORKS, *refusals) and steps:
            known = [WORKS, "no answer", "no answer for 2 hours", *refusals]
            self._book.add(
                node, f"{spot} is never answered '{text}'", f"write {', '.join(known)}", "refusal"
            )
        return Reply(refusal="" if text == WORKS else text)

    def _action(self, step: Step, *, undo: bool) -> tuple[tuple[str, ...], dict[str, Kind]]:
        """Refusals and results of what a step does, or of what takes it back."""
        assert isinstance(step.does, Run)
        action = self._words.catalogue.actions.get(step.does.undo if undo else step.does.action)
        return (action.refusals, _kinds(action.result)) if action else ((), {})

    def _length(self, node: Node, text: str) -> str:
        try:
            if not Duration.parse(text).working:
                return text
            told = "nobody answers by the clock, day and night"
        except BadInput as error:
            told = str(error)
        self._book.add(node, told, "write no answer for 2 hours", "duration")
        return FOR_GOOD


def _said(node: Table) -> list[str]:
    return [key for key in node.rows if key in tuple(Does)]


def _kinds(texts: Mapping[str, str]) -> dict[str, Kind]:
    return {name: parse_kind(text) or ANYTHING for name, text in texts.items()}
