"""What is stored beside an order when it is placed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Placement:
    """What is stored beside an order when it is placed."""

    flow: str  # the order's own flow
    flows: dict[str, str]  # every flow it may use -> sha256
    holds: dict[str, str] = field(default_factory=dict)  # kind -> why, from the start
    body: str = ""  # canonical JSON of what was placed: same number, same body, same order
    speed: float = 1.0
    by: str = ""
