"""What a flow is: one of seven verbs per step, every wait with a deadline, every path to an end."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter


class Level(StrEnum):
    """Whose life a flow describes."""

    ORDER = "order"
    FULFILMENT = "fulfilment"
    RETURN = "return"


@dataclass(frozen=True)
class Lateness:
    """`after` is a duration in words; `go` the step or end it leads to."""

    after: str
    go: str


@dataclass(frozen=True)
class Retry:
    """`first_wait` doubles up to five minutes."""

    tries: int = 5
    first_wait: str = "5s"


@dataclass(frozen=True)
class Renewal:
    """
    What the step holds is held anew when it has only `before` left. Where the bank refuses that, finance
    is asked after `unpaid`.
    """

    before: str
    unpaid: str = "7 days"


@dataclass(frozen=True)
class Run:
    """
    An action of the catalogue. `on_error` maps a named refusal to a step.

    What the catalogue says of the action (`regular`, `undo_regular`, `owner`, `changes`) is compiled in:
    a later catalogue must not change how a running order replays.
    """

    action: str
    timeout: str
    with_: dict[str, str] = field(default_factory=dict)  # argument -> expression
    retry: Retry = field(default_factory=Retry)
    undo: str = ""
    on_error: dict[str, str] = field(default_factory=dict)
    regular: bool = True
    undo_regular: bool = True
    owner: str = "ops"
    changes: str = "nothing"
    may_skip: tuple[str, ...] = ()
    renew: Renewal | None = None
    verb: Literal["run"] = "run"


@dataclass(frozen=True)
class Answer:
    name: str
    label: str
    go: str
    needs: dict[str, str] = field(default_factory=dict)  # field -> kind


@dataclass(frozen=True)
class Ask:
    """A manual step for a role."""

    role: str
    answers: tuple[Answer, ...]
    if_late: Lateness
    due: str = ""
    remind: str = ""
    show: tuple[str, ...] = ()
    scan: str = ""
    priority: str = "5"  # an expression; 1 is the most urgent
    not_same_person_as: str = ""
    verb: Literal["ask"] = "ask"


@dataclass(frozen=True)
class Row:
    if_: str
    go: str


@dataclass(frozen=True)
class Decide:
    rows: tuple[Row, ...]
    otherwise: str
    verb: Literal["decide"] = "decide"


@dataclass(frozen=True)
class WaitFor:
    """An outside event. `choices` maps a value of the event's one choice field to a step."""

    event: str
    if_late: Lateness
    choices: dict[str, str] = field(default_factory=dict)
    verb: Literal["wait_for"] = "wait_for"


@dataclass(frozen=True)
class Tell:
    """A notice, sent beside the flow. `to` is `customer`, `partner` or a role."""

    template: str
    to: str = "customer"
    marketing: bool = False
    verb: Literal["tell"] = "tell"


@dataclass(frozen=True)
class Pause:
    length: str
    verb: Literal["pause"] = "pause"


@dataclass(frozen=True)
class Each:
    """A lane per fulfilment, side by side; `use` is an expression naming each one's flow."""

    use: str
    if_late: Lateness | None = None
    verb: Literal["each"] = "each"


Verb = Run | Ask | Decide | WaitFor | Tell | Pause | Each


@dataclass(frozen=True)
class Step:
    """`then` is always filled in: the next step of the file, unless the step names another."""

    id: str
    title: str
    does: Verb = field(metadata={"discriminator": "verb"})
    then: str = ""
    visits: int = 5


@dataclass(frozen=True)
class End:
    """`state` is one of the end states of the flow's level."""

    id: str
    title: str
    state: str
    undo: bool = False


@dataclass(frozen=True)
class Flow:
    """A compiled definition, immutable, known by the sha256 of its canonical JSON."""

    name: str
    level: Level
    title: str
    steps: tuple[Step, ...]
    ends: tuple[End, ...]
    about: str = ""
    calendar: str = ""
    cancel_until: str = ""
    on_cancel: str = "undo"  # or a step's id
    format: int = 1

    @cached_property
    def by_id(self) -> dict[str, Step | End]:
        places: list[Step | End] = [*self.steps, *self.ends]
        return {place.id: place for place in places}

    def step(self, id: str) -> Step:
        place = self.by_id[id]
        assert isinstance(place, Step)
        return place

    @property
    def first(self) -> str:
        return self.steps[0].id

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(dumps(self).encode()).hexdigest()


_FLOW: TypeAdapter[Flow] = TypeAdapter(Flow)


# Words that came after the first definitions were published: left out where a step does not say them, so
# that every earlier definition keeps its hash.
LATER_WORDS = ("renew",)


def dumps(flow: Flow) -> str:
    """The canonical JSON: sorted keys, no spaces, every default spelt out but those of later words."""
    tree: Any = _FLOW.dump_python(flow, mode="json")
    for step in tree["steps"]:
        for word in LATER_WORDS:
            if step["does"].get(word, True) is None:
                del step["does"][word]
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=64)
def loads(text: str | bytes) -> Flow:
    """One definition is one object, however many orders follow it: nothing of it ever changes."""
    return _FLOW.validate_json(text)
