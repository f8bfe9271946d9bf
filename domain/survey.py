"""The one question after delivery: how was it? A figure, and a few words for whoever likes to write."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import BadInput

WORST, BEST = 1, 5
MOST_WORDS = 1_000
# One may think again for so long; then the answer stands.
CHANGEABLE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a customer answered about an order: `at` first, `changed_at` last. Personal: `words`."""

    order: str
    score: int
    words: str
    at: datetime
    changed_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it may still be changed."""
        return now < self.at + CHANGEABLE


def check_answer(score: str, words: str) -> tuple[int, str]:
    """:raises BadInput: no figure from 1 to 5, or more words than anybody reads."""
    if score not in {str(each) for each in range(WORST, BEST + 1)}:
        raise BadInput(f"is a figure from {WORST} to {BEST}", "score")
    kept = words.strip()
    if len(kept) > MOST_WORDS or "\x00" in kept:
        raise BadInput(f"is not a text of up to {MOST_WORDS} characters", "words")
    return int(score), kept
