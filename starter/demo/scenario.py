"""A scenario: how a sample order ends, and what the people do who see to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from starter.demo.doings import INSPECTOR, Answers, Doing, ShowsCode

# Visit by visit, what is done one after the other; nothing at all where somebody sleeps.
Visits = tuple[tuple[Doing, ...], ...]

PACKED = Answers("packed", {"parcel_weight": "1200"})
# What people do at a step where a scenario says nothing else; at the steps for what is late only on a
# busy machine, where a clock this fast overtakes them.
HABITS: Mapping[str, tuple[Doing, ...]] = {
    "pack": (PACKED,),
    "escalate": (PACKED,),
    "chase": (Answers("wait"),),
    "trace": (Answers("wait"),),
    "arrival": (Answers("arrived", after=timedelta(days=2)),),
    "check": (Answers("right"),),
    "pick": (Answers("ready"),),
    "not_ready": (Answers("ready"),),
    "collect": (ShowsCode(),),
    "last_call": (ShowsCode(),),
    "no_answer": (Answers("wait"),),
    "overdue": (Answers("wait"),),
    "not_picked": (Answers("wait"),),
    "not_shipped": (Answers("wait"),),
    "queue": (Answers("begun"),),
    "not_begun": (Answers("begun"),),
    "make": (Answers("made", after=timedelta(hours=20)),),
    "not_made": (Answers("made"),),
    "inspect": (Answers("packed", {"parcel_weight": "800"}, by=INSPECTOR),),
    "plan": (Answers("planned", {"day": "{tomorrow}"}),),
    "unplanned": (Answers("planned", {"day": "{tomorrow}"}),),
    "deliver": (Answers("delivered", {"received_by": "a neighbour"}),),
    "second_try": (Answers("delivered", {"received_by": "a neighbour"}),),
    "whereabouts": (Answers("delivered", {"received_by": "a neighbour"}),),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """
    The order of `config/samples/{name}.json`, and how it ends.

    `script` says what people do, by step or event, or `F1.step` for one parcel alone. `through` are steps
    it must have come through. `top_speed` bounds the order's own speed, where more would be too fast for
    a machine to keep up with. Of an order that arrived, `comes_back` says what the customer sends back, and
    `returned` how that ends.
    """

    name: str
    title: str
    state: str = "completed"
    payment: str = "captured"
    through: tuple[str, ...] = ()
    script: Mapping[str, Visits] = field(default_factory=dict)
    parcels: int = 1
    top_speed: float | None = None
    comes_back: Doing | None = None
    returned: str = ""

    def doings(self, part: str, place: str, visit: int) -> tuple[Doing, ...]:
        """What is done when `part` comes to a step or event for the `visit`th time, counted from 0."""
        visits = self.script.get(f"{part}.{place}") or self.script.get(place, ())
        return visits[visit] if visit < len(visits) else HABITS.get(place, ())
