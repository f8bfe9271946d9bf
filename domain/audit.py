"""The audit log: who did what to what, when and why, each entry sealed into the next."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class DeedKind(StrEnum):
    """What an entry of the audit log is about."""

    ACT = "act"  # asked of an order or a return; `subject` is the act
    REFUSED = "refused"  # an act, by its flow or at the door
    RETURN = "return"  # a return opened
    NOTE = "note"
    STOCK = "stock"  # booked by a person
    ACCOUNT = "account"
    FLOW = "flow"  # a version published
    REPAIR = "repair"  # what `orders reconcile --repair` did
    SIGN_IN = "sign-in"  # good or refused
    FORBIDDEN = "forbidden"  # a page or form that their roles do not include
    ERASE = "erase"  # a customer forgotten
    READ = "read"  # books or personal data handed out; `subject` is which


@dataclass(frozen=True, slots=True)
class Deed:
    """
    One entry. `what` holds nothing personal, as it can never be taken out again.

    Personal, and erasable: `by`, `why` and `whom` (the person that it was done to).
    """

    at: datetime
    kind: DeedKind
    subject: str
    what: str = ""
    order: str = ""
    role: str = ""
    by: str = ""
    why: str = ""
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain: kept outside, it shows whether entries were cut off since."""

    n: int = 0
    hash: str = ""

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"


def seal(deed: Deed, salt: str) -> str:
    """What stands in the chain for the words that may be erased; without the salt nobody can guess them."""
    return _digest(salt, deed.by, deed.why, deed.whom)


def link(before: Head, deed: Deed, sealed: str) -> Head:
    """The entry's own link: it holds the one before it, so that none can be changed, taken or swapped."""
    n = before.n + 1
    at = deed.at.astimezone(UTC).isoformat(timespec="microseconds")
    written = at, deed.kind.value, deed.order, deed.subject, deed.what, deed.role, sealed
    return Head(n, _digest(before.hash, str(n), *written))


def _digest(*parts: str) -> str:
    # JSON, as no text in it can pass for the end of a part or of a line.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
