"""An order of the past, and what happened to it when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.act import ActKind
from domain.facts import Facts


@dataclass(frozen=True, slots=True)
class Dated:
    """
    Something that somebody did at a time. `target` is the step that was answered, or the event, or the kind
    of hold; `part` is `F1` and so on, or empty for whichever waits for it.
    """

    at: datetime
    kind: ActKind
    target: str = ""
    answer: str = ""
    part: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """`order` are whole facts, as the order stood at `starts`. It was promised to leave by `ship_by`."""

    order: Facts
    starts: datetime
    events: tuple[Dated, ...] = ()
    ship_by: datetime | None = None

    @property
    def number(self) -> str:
        return str(self.order["number"])
