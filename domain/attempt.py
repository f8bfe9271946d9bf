"""What was asked of a gateway under one key, and what is known of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.money import Money
from domain.step import Call

# Gateways keep a key for a day; an hour less is surely within it.
KEY_IS_GOOD_FOR = timedelta(hours=23)


class AttemptState(StrEnum):
    ASKED = "asked"  # the same key may ask again
    UNKNOWN = "unknown"  # an error is kept under the key: read before asking
    REFUSED = "refused"  # a definite no: the next one takes a new key
    NOT_DONE = "not_done"  # reading showed that nothing was done: the next one takes a new key
    DONE = "done"

    @property
    def is_over(self) -> bool:
        """Nothing can come of it any more."""
        return self in (AttemptState.REFUSED, AttemptState.NOT_DONE)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The `n`th key of `base`; `target` is the gateway object, or the card, asked about."""

    base: str
    n: int
    state: AttemptState
    target: str
    amount: Money
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.base}:v{self.n}"

    def must_read(self, call: Call) -> bool:
        """Whether asking under its key again might do it twice, or only repeat an error."""
        too_old = call.now >= self.at + KEY_IS_GOOD_FOR / call.speed
        return self.state == AttemptState.UNKNOWN or too_old


def part_of(call: str, part: str) -> str:
    """The base of one of several questions of a call."""
    return f"{call}/{part}"


def call_of(key: str) -> str:
    """The key of the call that asked under `key`."""
    return base_of(key)[0].partition("/")[0]


def op_of(key: str) -> str:
    """What a call did: `payment.capture` of `1001:payment.capture:F1.1`."""
    return (*key.split(":"), "", "")[1]


def seq_of(key: str) -> str:
    """Whose call it was: `F1` of `1001:payment.capture:F1.1`, `O` of the order's own."""
    return (*call_of(key).split(":"), "", "")[2].rpartition(".")[0]


def base_of(key: str) -> tuple[str, int]:
    """A gateway key without its `:v{n}`, and the n; 0 where it has none."""
    base, colon, n = key.rpartition(":v")
    return (base, int(n)) if colon and n.isdigit() else (key, 0)
