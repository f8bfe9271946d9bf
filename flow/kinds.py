"""The kinds of values that facts, answers, events and results may have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flow.catalogue import Action, Event
from flow.model import Ask

CHOICE = re.compile(r"choice \[([^\[\]]*)\]\Z")
PLAIN = ("text", "lines", "grams", "money", "count", "number", "yes_no", "instant", "date")
NUMBERS = frozenset({"money", "number", "count", "grams"})
WHOLE = frozenset({"count", "grams"})
WORDS = frozenset({"text", "choice"})


@dataclass(frozen=True)
class Kind:
    """
    `name` is one of `PLAIN`, or `choice`, `record` (of `fields`), `private` (free text that stays in our
    own books) or `anything` (what a step with findings answers). The `fields` of `lines` are each line's.
    """

    name: str
    options: tuple[str, ...] = ()
    fields: Mapping[str, "Kind"] = field(default_factory=dict)
    optional: bool = False
    about: str = ""
    unit: str = ""

    def __str__(self) -> str:
        if self.name == "choice":
            return f"choice [{', '.join(self.options)}]"
        return SPOKEN.get(self.name, self.name)


SPOKEN = {"yes_no": "true or false", "private": "free text", "record": "a group of facts"}
ANYTHING = Kind("anything")
YES_NO = Kind("yes_no")
COUNT = Kind("count")
NUMBER = Kind("number")
TEXT = Kind("text")
LINES = Kind(
    "lines",
    fields={
        "sku": Kind("text", about="the article"),
        "quantity": Kind("number", unit="units", about="how many of it"),
    },
)


def parse_kind(text: str) -> Kind | None:
    """The kind a flow or event file means by `text`; None when it means none."""
    choice = CHOICE.match(text)
    if choice:
        options = tuple(option.strip() for option in choice[1].split(","))
        return Kind("choice", options) if all(options) and len(set(options)) == len(options) else None
    if text == "lines":
        return LINES
    return Kind(text) if text in PLAIN else None


def results_of_action(action: Action) -> Kind:
    return _record(action.result)


def results_of_event(event: Event) -> Kind:
    return _record(event.fields, hide_text=True)


def results_of_ask(ask: Ask) -> Kind:
    """What the answers hold together; which of it is there depends on the answer given."""
    needs = {name: kind for answer in ask.answers for name, kind in answer.needs.items()}
    answered = Kind("choice", tuple(answer.name for answer in ask.answers), about="the answer given")
    return Kind("record", fields={"answer": answered, **_record(needs, hide_text=True).fields})


RESULTS_OF_EACH = Kind(
    "record",
    fields={
        "fulfilled": Kind("count", unit="fulfilments", about="that came to an end fulfilled"),
        "cancelled": Kind("count", unit="fulfilments", about="that were cancelled"),
        "shipped": Kind("count", unit="fulfilments", about="that left the house"),
        "total": Kind("count", unit="fulfilments", about="all of them"),
    },
)


def _record(kinds: Mapping[str, str], *, hide_text: bool = False) -> Kind:
    """Free text typed by people never reaches a workflow, so no condition can read it."""
    fields = {name: parse_kind(kind) or ANYTHING for name, kind in kinds.items()}
    if hide_text:
        fields = {
            name: replace(kind, name="private") if kind.name == "text" else kind
            for name, kind in fields.items()
        }
    return Kind("record", fields=fields)
