"""The words a flow may use: actions, events, roles, notices and facts, each with its types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Changes(StrEnum):
    """What an action does to the world, for the money and stock rules of `check`."""

    NOTHING = "nothing"
    AUTHORIZES = "authorizes"
    CAPTURES = "captures"
    REFUNDS = "refunds"
    VOIDS = "voids"
    STOCK = "stock"
    SHIPS = "ships"


@dataclass(frozen=True)
class Action:
    """
    One thing a `run` step may do. `needs` and `result` map a name to a kind; `refusals` are the named
    refusals that `on_error` may route; `undo` names the action that takes it back.
    """

    name: str
    about: str
    levels: frozenset[str] = frozenset({"order", "fulfilment"})
    needs: Mapping[str, str] = field(default_factory=dict)
    result: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    undo: str = ""
    changes: Changes = Changes.NOTHING
    local: bool = False  # our own database: runs as a local activity
    owner: str = "ops"  # the role that gets its incidents


@dataclass(frozen=True)
class Event:
    """`fields` maps a name to a kind; at most one is a `choice [...]`, which `choices` may follow."""

    name: str
    about: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """Everything `check` looks names up in."""

    actions: Mapping[str, Action]
    events: Mapping[str, Event]
    roles: Mapping[str, frozenset[str]]  # role -> permissions
    notices: frozenset[str]
    calendars: frozenset[str]
    flows: Mapping[str, str] = field(default_factory=dict)  # flow -> level
    steps: Mapping[str, str] = field(default_factory=dict)  # step -> a flow that has it
    currencies: frozenset[str] = frozenset()  # of the shop; one of them makes money comparable


# Kinds that values may have, in `needs`, results, events and facts: `text`, `lines`, `grams`,
# `money`, `count`, `number`, `yes_no`, `instant`, `date`, `choice [a, b]`.
