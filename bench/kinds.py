"""What is measured, one beside the other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`workflow` is empty for our own orders; `tuned` is the server as `orders up` starts it."""

    letter: str
    title: str
    workflow: str
    tuned: bool


DEFAULT = Kind("a", "by hand, default server", "ByHand", tuned=False)
BY_HAND = Kind("b", "by hand, our server", "ByHand", tuned=True)
OURS = Kind("c", "orderkeeper", "", tuned=True)
FLOOR = Kind("d", "floor", "Floor", tuned=True)
KINDS = (DEFAULT, BY_HAND, OURS, FLOOR)
