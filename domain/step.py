"""What a step is asked to do, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.facts import Facts
from domain.returns import return_in


@dataclass(frozen=True, slots=True)
class Call:
    """
    One step of one order, asked for once; tries of it share `key`.

    `now` is the workflow's clock, `speed` divides every duration of the outside world (1 in a shop).
    `key` is `{order}:{op}:{seq}`, with the fulfilment and visit in `seq` (`F1.1`).
    """

    order: str
    lane: str  # the order's number, or the id of a fulfilment or return
    step: str
    visit: int
    key: str
    now: datetime
    speed: float = 1.0
    args: dict[str, Any] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)  # {"order": ..., "fulfilment": ... or "return": ...}

    @property
    def fulfilment(self) -> str | None:
        return self.lane if self.lane != self.order and not self.returned else None

    @property
    def returned(self) -> str:
        """The return that this step is of; empty for none."""
        return return_in(self.order, self.lane)

    def after(self, duration: timedelta) -> datetime:
        """The instant `duration` from now, by the order's clock."""
        return self.now + duration / self.speed


@dataclass(frozen=True, slots=True)
class StepResult:
    """
    What a step answers. JSON throughout, no personal data: it stands in the workflow's history.

    `values` are what conditions read under the step's id. `order`, `fulfilment` and `returned`
    update the facts of those levels. `fulfilments` are new or changed fulfilments' facts; a new one gets a
    lane.
    """

    values: dict[str, Any] = field(default_factory=dict)
    order: Facts = field(default_factory=dict)
    fulfilment: Facts = field(default_factory=dict)
    fulfilments: tuple[Facts, ...] = ()
    said: str = ""  # one sentence for the timeline, without personal data
    returned: Facts = field(default_factory=dict)
