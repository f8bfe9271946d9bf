"""What staff ask of their inbox, and what it says before anything is opened."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """
    Open tasks of these `roles`. `scanned` ones name goods to scan; `free_for` leaves out what others
    hold; `code` is what was scanned: a parcel, an order or a task.
    """

    roles: tuple[str, ...]
    scanned: bool = False
    free_for: str = ""
    code: str = ""
    limit: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks of a role are open, and how many of them overdue."""

    role: str
    open: int
    late: int
