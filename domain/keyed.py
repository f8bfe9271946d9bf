"""What a program asked for under a key of its own, and what it was answered."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Keyed:
    """`digest` is that of the question; `status` is nought until it was answered."""

    digest: str
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
