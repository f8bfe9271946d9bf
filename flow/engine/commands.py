"""What the engine asks its driver to do."""

from dataclasses import dataclass
from typing import Any

from domain.notice import Notice


@dataclass(frozen=True)
class LoadFlow:
    """Answered by `Engine.flow_loaded`."""

    lane: str
    sha256: str


@dataclass(frozen=True)
class Perform:
    """Answered by `Engine.performed`, `refused` or `gave_up`. Durations are in words."""

    lane: str
    step: str
    visit: int
    key: str
    action: str
    title: str
    args: dict[str, Any]
    facts: dict[str, Any]
    timeout: str
    tries: int
    first_wait: str
    local: bool


@dataclass(frozen=True)
class Send:
    """Answered by `Engine.told`."""

    notice: Notice


Command = LoadFlow | Perform | Send
