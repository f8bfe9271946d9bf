"""Who agreed to be written to about more than their own orders: asked once, taken back with one click."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """`source` says how we know, such as the order at which it was given; both it and `at` are kept."""

    granted: bool
    source: str
    at: datetime
