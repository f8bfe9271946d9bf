"""The page of the journal that is being written: what happened since the driver last took it."""

from dataclasses import dataclass, field

from domain.act import ActResult
from domain.journal import (
    Entry,
    IncidentClosed,
    IncidentOpened,
    WaitClosed,
    WaitMoved,
    WaitOpened,
)


@dataclass
class Page:
    entries: list[Entry] = field(default_factory=list)
    opened: list[WaitOpened] = field(default_factory=list)
    closed: list[WaitClosed] = field(default_factory=list)
    moved: list[WaitMoved] = field(default_factory=list)
    rewritten: list[WaitOpened] = field(default_factory=list)
    flows: dict[str, str] = field(default_factory=dict)
    incidents_opened: list[IncidentOpened] = field(default_factory=list)
    incidents_closed: list[IncidentClosed] = field(default_factory=list)
    acts: dict[str, ActResult] = field(default_factory=dict)
    readdressed: list[str] = field(default_factory=list)  # acts that hold a new address
    kept_events: list[str] = field(default_factory=list)
    lanes: dict[str, None] = field(default_factory=dict)  # those that changed, in order

    @property
    def blank(self) -> bool:
        return not (self.entries or self.opened or self.closed or self.acts or self.lanes)
